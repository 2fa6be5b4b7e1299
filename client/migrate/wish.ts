/**
 * What is asked for when a position is taken over: stop and target as the records have them, where they
 * agree and can still rest; else whatever is at the exchange decides, or the configuration.
 */
import type { AdoptRequest } from '../../contract/messages.ts';
import { eq, isMultiple, type Decimal } from '../../domain/decimal.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { protectionPrice } from '../../domain/position/protective-prices.ts';
import { checkSide } from '../../domain/rules.ts';
import type { MarketRules } from '../../domain/terms.ts';
import { liveOrders } from './match-open.ts';
import type { BotRecord } from './record.ts';

type Role = 'stop' | 'target';
const FIELDS = { stop: 'stopLoss', target: 'takeProfit' } as const;
const ORDER_FIELDS = { stop: 'stopOrderId', target: 'targetOrderId' } as const;
const WORDS = { stop: 'stop', target: 'target' } as const;

export type Wish = { request: AdoptRequest; remarks: string[] };

export function wishOf(
  records: readonly BotRecord[],
  position: ExchangePosition,
  snapshot: AccountSnapshot,
  market: MarketRules,
): Wish {
  const { symbol, leg } = position;
  const remarks: string[] = [];
  const level = (role: Role): Decimal | undefined => {
    const found = levelOf(role, records, position, snapshot, market);
    if (found && 'remark' in found) remarks.push(found.remark);
    return found && 'price' in found ? found.price : undefined;
  };
  const stopLoss = level('stop');
  const takeProfit = level('target');
  const first = oldest(records);
  const request: AdoptRequest = {
    symbol,
    leg,
    policy: 'manage',
    ...(stopLoss !== undefined && { stopLoss: { price: stopLoss } }),
    ...(takeProfit !== undefined && { takeProfit: { price: takeProfit } }),
    ...(first && first.entryOrderId !== null && { entryOrderId: first.entryOrderId }),
    ...(first && first.openedAtMs !== null && { openedAtMs: first.openedAtMs }),
  };
  return { request: { ...request, requestId: nameOf(request, position) }, remarks };
}

/** The same position taken over again is the same request. */
const nameOf = (
  { symbol, leg, entryOrderId }: AdoptRequest,
  { exchangePositionId, quantity, entryPrice }: ExchangePosition,
): string =>
  ['migrate', symbol, leg, exchangePositionId ?? `${entryOrderId ?? ''}/${quantity}@${entryPrice ?? ''}`]
    .join('/')
    .slice(0, 100);

const oldest = (records: readonly BotRecord[]): BotRecord | undefined =>
  records.toSorted((a, b) => (a.openedAtMs ?? Infinity) - (b.openedAtMs ?? Infinity))[0];

type Level = { price: Decimal } | { price: Decimal; remark: string } | { remark: string } | undefined;

function levelOf(
  role: Role,
  records: readonly BotRecord[],
  position: ExchangePosition,
  snapshot: AccountSnapshot,
  market: MarketRules,
): Level {
  const resting = restingOf(role, records, position, snapshot);
  const wanted = [...new Set(records.flatMap((record) => record[FIELDS[role]] ?? []))];
  const [price, ...others] = wanted;
  // Nobody has to ask for what rests: taking the position over takes it along.
  if (price === undefined) return undefined;
  if (others.length > 0)
    return { remark: `its records name several ${WORDS[role]}s (${wanted.join(', ')}): ${decides(resting)}` };
  if (resting?.triggerPrice !== undefined && !eq(resting.triggerPrice, price))
    return {
      remark: `the ${WORDS[role]} of the record rests at ${resting.triggerPrice}, not at ${price}: it stays there`,
    };
  const context = { side: position.side, entry: null, tickSize: market.tickSize };
  const rounded = protectionPrice({ price }, role, context) ?? price;
  const past =
    position.markPrice === undefined ? null : checkSide(role, rounded, position.markPrice, position.side);
  if (past) return { remark: `${past.text}: ${decides(resting)}` };
  if (isMultiple(price, market.tickSize)) return { price };
  return { price: rounded, remark: `its ${WORDS[role]} ${price} is rounded to ${rounded}` };
}

const decides = (resting: ExchangeOrder | undefined): string =>
  resting ? 'the order that rests stays' : "what rests at the exchange decides, or the account's settings";

/** The record's own order of this role, where it rests. */
function restingOf(
  role: Role,
  records: readonly BotRecord[],
  position: ExchangePosition,
  snapshot: AccountSnapshot,
): ExchangeOrder | undefined {
  return records
    .flatMap((record) =>
      liveOrders(record, position, snapshot).filter(({ orderId }) => orderId === record[ORDER_FIELDS[role]]),
    )
    .at(0);
}
