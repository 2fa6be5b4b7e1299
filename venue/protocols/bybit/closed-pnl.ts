/**
 * Closed profit as Bybit books it: one record for each order that closed something, with the share of the
 * fees that opening the closed part had cost.
 *
 * Invariant: the records of an epoch add up to the position's net profit without its funding.
 */
import { add, div, isPositive, mul, neg, sub, sum, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import type { Fill, Order } from '../../book/model.ts';
import { execTypeOf } from './executions.ts';
import { millis, money, sideOf, symbolOf } from './format.ts';
import { orderIdOf, priceOf, quantityOf } from './order-shapes.ts';

export type ClosingOrder = { readonly order: Order; readonly fills: readonly Fill[]; readonly atMs: number };

/** The account's closing orders, the latest first. */
export function closingOrders(books: Books, account: string): ClosingOrder[] {
  const byOrder = new Map<string, Fill[]>();
  for (const fill of books.fills) {
    if (fill.account !== account || !fill.closing) continue;
    const fills = byOrder.get(fill.orderId) ?? [];
    fills.push(fill);
    byOrder.set(fill.orderId, fills);
  }
  return [...byOrder]
    .flatMap(([orderId, fills]) => {
      const order = books.orders.get(orderId);
      return order ? [{ order, fills, atMs: fills.at(-1)?.atMs ?? order.updatedAtMs }] : [];
    })
    .toReversed()
    .toSorted((a, b) => b.atMs - a.atMs);
}

export function closedPnlRow(books: Books, { order, fills, atMs }: ClosingOrder): object {
  const closed = sum(fills.map((fill) => fill.quantity));
  const exitValue = sum(fills.map((fill) => mul(fill.quantity, fill.price)));
  const gross = sum(fills.map((fill) => fill.realizedPnl));
  // A sale closes a long: what it brought beyond its profit is what it had cost.
  const entryValue = order.side === 'sell' ? sub(exitValue, gross) : add(exitValue, gross);
  const closeFee = neg(sum(fills.map((fill) => fill.commission)));
  const openFee = sum(fills.map((fill) => openFeeOf(books, fill)));
  const [first] = fills;
  return {
    symbol: symbolOf(order.symbol),
    orderType: order.execution === 'market' ? 'Market' : 'Limit',
    leverage: String(order.leverage),
    updatedTime: millis(atMs),
    side: sideOf(order.side),
    orderId: orderIdOf(order),
    closedPnl: money(sub(gross, add(openFee, closeFee))),
    openFee: money(openFee),
    closeFee: money(closeFee),
    avgEntryPrice: average(entryValue, closed),
    qty: quantityOf(books, order),
    cumEntryValue: money(entryValue),
    createdTime: millis(order.createdAtMs),
    orderPrice: priceOf(books, order),
    closedSize: closed,
    avgExitPrice: average(exitValue, closed),
    execType: first ? execTypeOf(first) : 'Trade',
    fillCount: String(fills.length),
    cumExitValue: money(exitValue),
  };
}

const average = (value: Decimal, quantity: Decimal): Decimal =>
  isPositive(quantity) ? toPlaces(div(value, quantity), 8) : ZERO;

/** The share of the epoch's opening fees that a closing fill takes away, by quantity. */
function openFeeOf(books: Books, closing: Fill): Decimal {
  let held: Decimal = ZERO;
  let fees: Decimal = ZERO;
  for (const fill of books.fills) {
    if (fill.account !== closing.account || fill.positionId !== closing.positionId) continue;
    if (!fill.closing) {
      held = add(held, fill.quantity);
      fees = sub(fees, fill.commission);
      continue;
    }
    const share = mul(fees, div(fill.quantity, held));
    if (fill.fillId === closing.fillId) return share;
    held = sub(held, fill.quantity);
    fees = sub(fees, share);
  }
  return ZERO;
}
