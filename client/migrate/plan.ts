/**
 * What becomes of an older bot's records, compared with the exchange and with what is kept here: first for
 * what is open, as that can be lost. Pure.
 *
 * - The exchange is right about what is open: a position is taken over at its figures.
 * - A record belongs to one position; what fits none, or several, is told and nothing is done for it.
 * - What is kept or written down already is left as it is: carried out twice, the plan is empty.
 */
import type { ExchangePosition } from '../../domain/exchange-truth.ts';
import { isSameEntryPrice, isSameQuantity } from '../../domain/reconcile/likeness.ts';
import { matchRecord } from '../../domain/audit/record-match.ts';
import type { MarketRules } from '../../domain/terms.ts';
import { closedItem, recordItem } from './plan-items.ts';
import { keptItem } from './plan-kept.ts';
import type { MigrationItem, MigrationSides } from './migration.ts';
import { quantityOf, recordsOf } from './match-open.ts';
import type { BotRecord } from './record.ts';
import { wishOf } from './wish.ts';

export function planMigration(records: readonly BotRecord[], sides: MigrationSides): MigrationItem[] {
  const elsewhere = records.filter(({ exchange }) => exchange !== null && !isSameExchange(exchange, sides));
  const here = records.filter((record) => !elsewhere.includes(record));
  const ended = here.filter((record) => record.ended);
  const left = new Set(here.filter((record) => !record.ended));
  const closed = new Set([...left].filter((record) => isClosed(record, sides)));
  const open = sides.snapshot.positions.map((position) => {
    const market = sides.rules.get(position.symbol);
    const own = market ? recordsOf(position, [...left], sides.snapshot, market, closed) : [];
    for (const record of own) left.delete(record);
    return openItem(position, own, sides, market);
  });
  return [
    ...open,
    ...[...left].map((record) => closedItem(record, sides)),
    ...ended.map((record) => recordItem('ended', record, 'its record says that it is over')),
    ...elsewhere.map((record) =>
      recordItem(
        'elsewhere',
        record,
        `it is of ${record.exchange}: run it with the account of that exchange`,
      ),
    ),
  ];
}

/** Bots name an exchange by its product, too: `binanceusdm`, `bybit_linear`. */
const isSameExchange = (named: string, { exchange }: MigrationSides): boolean =>
  named.startsWith(exchange) || exchange.startsWith(named);

function isClosed(record: BotRecord, { histories, rules }: MigrationSides): boolean {
  const market = rules.get(record.symbol);
  const rows = histories.get(record.symbol);
  return market !== undefined && rows !== undefined && matchRecord(record, rows, market).match === 'one';
}

function openItem(
  position: ExchangePosition,
  records: readonly BotRecord[],
  sides: MigrationSides,
  market: MarketRules | undefined,
): MigrationItem {
  const { symbol, leg, side, quantity } = position;
  const common = { symbol, leg, side, quantity, records: records.map(({ place }) => place) };
  const remarks = records.flatMap((record) => record.remarks);
  const keeper = sides.kept.find((each) => each.symbol === symbol && each.leg === leg);
  if (!market || records.length === 0) {
    if (keeper) return { ...common, step: 'kept', text: `kept by ${keeper.workflowId}`, remarks };
    const text = 'no record tells of it: it is left to the adoption policy';
    return { ...common, step: 'left', text, remarks };
  }
  const { request, remarks: more } = wishOf(records, position, sides.snapshot, market);
  if (keeper) return keptItem({ ...common, remarks }, request, keeper, sides);
  return {
    ...common,
    step: 'take_over',
    text: `${side} ${quantity} at ${position.entryPrice ?? 'an unknown price'}`,
    remarks: [...differences(position, records, market), ...more, ...remarks],
    request,
  };
}

/** What the records say otherwise than the exchange. */
function differences(
  position: ExchangePosition,
  records: readonly BotRecord[],
  market: MarketRules,
): string[] {
  const told = quantityOf(records);
  const [first] = records;
  const price = records.length === 1 && first ? first.entryPrice : null;
  return [
    ...(told !== undefined && !isSameQuantity(told, position.quantity, market)
      ? [`its record says ${told}: the exchange's ${position.quantity} is what counts`]
      : []),
    ...(price !== null &&
    position.entryPrice !== undefined &&
    !isSameEntryPrice(price, position.entryPrice, market)
      ? [`its record says it was opened at ${price}: the exchange's ${position.entryPrice} is what counts`]
      : []),
  ];
}
