/**
 * One record of an older bot, from whatever it calls its fields. A record of which the symbol, side,
 * quantity or entry price cannot be read is not taken at all; anything else that cannot is left out and
 * told among its remarks.
 */
import { abs, gt, isZero, lt, mul, type Decimal } from '../../domain/decimal.ts';
import type { Side } from '../../domain/terms.ts';
import { fieldsOf, type Field, type FieldName } from './names.ts';
import type { BotRecord, Unreadable } from './record.ts';
import { amountIn, idIn, isLongId, isOver, priceIn, sideIn, symbolIn, timeIn } from './values.ts';

export type Reading = { record: BotRecord } | { unreadable: Unreadable };

/** How far from the entry price a protective price can be and still be one. */
const FARTHEST = '10';

/** @param utcOffset for times that name no zone */
export function readRecord(fields: object, place: string, utcOffset?: string): Reading {
  const reader = createReader(fieldsOf(fields));
  const symbol = reader.need('symbol', symbolIn, 'is no symbol with its quote currency, such as BTC-USDT');
  const written = reader.may('side', sideIn, 'is neither long nor short');
  const amount = reader.may('quantity', amountIn, 'is no quantity');
  const entryPrice = reader.may('entryPrice', priceIn, 'is no price') ?? null;
  if (symbol === undefined || reader.problems.length > 0)
    return { unreadable: { place, why: reader.problems.join('; ') } };
  const side: Side | null = written ?? amount?.side ?? null;
  const times = readTimes(reader, utcOffset);
  const { entryOrderId, exchangePositionId } = readIds(reader);
  const isEmpty = amount !== undefined && isZero(amount.quantity);
  return {
    record: {
      place,
      symbol,
      exchange: exchangeOf(reader),
      side,
      quantity: amount === undefined || isEmpty ? null : abs(amount.quantity),
      entryPrice,
      ...times,
      entryOrderId,
      exchangePositionId,
      stopLoss: protective(reader, 'stopLoss', entryPrice),
      takeProfit: protective(reader, 'takeProfit', entryPrice),
      stopOrderId: reader.id('stopOrderId'),
      targetOrderId: reader.id('targetOrderId'),
      ended: isEmpty || isEnded(reader),
      remarks: reader.remarks,
    },
  };
}

type Reader = ReturnType<typeof createReader>;

function createReader(field: (name: FieldName) => Field | undefined) {
  const problems: string[] = [];
  const remarks: string[] = [];
  const read = <T>(found: Field, as: (value: unknown) => T | undefined, fault: string): T | undefined => {
    const value = as(found.value);
    if (value === undefined) problems.push(`${found.name} ${text(found.value)} ${fault}`);
    return value;
  };
  return {
    problems,
    remarks,
    field,
    need: <T>(name: FieldName, as: (value: unknown) => T | undefined, fault: string): T | undefined => {
      const found = field(name);
      if (found) return read(found, as, fault);
      problems.push(`it has no ${name}`);
      return undefined;
    },
    may: <T>(name: FieldName, as: (value: unknown) => T | undefined, fault: string): T | undefined => {
      const found = field(name);
      return found && read(found, as, fault);
    },
    id: (name: FieldName): string | null => {
      const found = field(name);
      const value = found && idIn(found.value);
      if (found && value === undefined) remarks.push(`${found.name} ${text(found.value)} is no id`);
      return value ?? null;
    },
  };
}

const text = (value: unknown): string => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));

function readTimes(
  { field, remarks }: Reader,
  utcOffset: string | undefined,
): Pick<BotRecord, 'entryAtMs' | 'openedAtMs'> {
  const read = (name: FieldName): number | null => {
    const found = field(name);
    if (!found) return null;
    const reading = timeIn(found.value, utcOffset);
    if ('atMs' in reading) return reading.atMs;
    remarks.push(`${found.name} ${reading.problem}`);
    return null;
  };
  const openedAtMs = read('entryAt');
  return { openedAtMs, entryAtMs: openedAtMs ?? (field('entryAt') ? null : read('madeAt')) };
}

/** What is the same as an order's id was taken for the position's by mistake. */
function readIds(reader: Reader): Pick<BotRecord, 'entryOrderId' | 'exchangePositionId'> {
  const entryOrderId = reader.id('entryOrderId');
  const own = reader.id('positionId');
  const named = reader.id('exchangePositionId') ?? (own !== null && isLongId(own) ? own : null);
  if (named === null || named !== entryOrderId) return { entryOrderId, exchangePositionId: named };
  reader.remarks.push(`position id ${named} is the order's, so it is not taken for the position's`);
  return { entryOrderId, exchangePositionId: null };
}

function protective(
  { field, remarks }: Reader,
  name: 'stopLoss' | 'takeProfit',
  entryPrice: Decimal | null,
): Decimal | null {
  const found = field(name);
  if (!found) return null;
  const price = priceIn(found.value);
  if (price === null) return null;
  const isLikely =
    price !== undefined &&
    (entryPrice === null || (lt(price, mul(entryPrice, FARTHEST)) && gt(mul(price, FARTHEST), entryPrice)));
  if (isLikely) return price;
  remarks.push(
    `${found.name} ${text(found.value)} is no price${entryPrice === null ? '' : ` near ${entryPrice}`}`,
  );
  return null;
}

function exchangeOf({ field }: Reader): string | null {
  const found = field('exchange')?.value;
  return typeof found === 'string' ? found.trim().toLowerCase() : null;
}

function isEnded({ field }: Reader): boolean {
  const status = field('status');
  return status === undefined ? field('exitAt') !== undefined : isOver(status.value);
}
