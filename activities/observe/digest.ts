/**
 * What of a leg matters, as one string: two readings with the same digest need no second signal.
 *
 * In it: side, quantity, average price, id and beginning of the position, as another one may look just
 * like it; status, quantity, filled quantity, price and trigger of every open order. Not in it: what moves
 * by itself (mark price, unrealised profit, liquidation price, a date of change, which funding moves for
 * all positions at once) and what never changes under one order id. Figures are compared as decimals, so
 * `1.0` is `1`. Pure.
 */
import { parseDecimal } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { ExchangeOrder, ExchangePosition, LegSnapshot } from '../../domain/exchange-truth.ts';

export type Digest = string;

/** No position and no order. */
export const ABSENT: Digest = 'absent';

export function digestOf({ position, orders }: Pick<LegSnapshot, 'position' | 'orders'>): Digest {
  if (!position && orders.length === 0) return ABSENT;
  const parts = [position ? positionDigest(position) : null, orders.map(orderDigest).sort()];
  return parts.map((part) => JSON.stringify(part)).join(BETWEEN);
}

/** JSON has none inside. */
const BETWEEN = '\n';

/** Whether two are of the same position, and only its orders are others. */
export function samePosition(a: Digest, b: Digest): boolean {
  const [before, after] = [a, b].map((digest) => digest.split(BETWEEN, 1)[0]);
  return before === after && before !== ABSENT && before !== 'null';
}

/** Dates come from the exchange's clock, whose distance to ours is measured anew now and then. */
const DATING_MS = 10_000;

const dated = (atMs: number | undefined): number | null =>
  atMs === undefined ? null : Math.round(atMs / DATING_MS);

const positionDigest = ({ side, quantity, entryPrice, exchangePositionId, openedAtMs }: ExchangePosition) => [
  side,
  plain(quantity),
  plain(entryPrice),
  exchangePositionId ?? null,
  dated(openedAtMs),
];

const orderDigest = ({
  orderId,
  status,
  quantity,
  filledQuantity,
  price,
  triggerPrice,
}: ExchangeOrder): string =>
  JSON.stringify([
    orderId,
    status,
    plain(quantity),
    plain(filledQuantity),
    plain(price),
    plain(triggerPrice),
  ]);

const plain = (value: Decimal | undefined): Decimal | null =>
  value === undefined ? null : (parseDecimal(value) ?? value);
