/** Book events as the private stream pushes them. Ids go as strings: clients round bare ones. */
import { neg, ZERO } from '../../../domain/decimal.ts';
import { unrealizedProfit } from '../../book/ledger.ts';
import { leverageOf, marketOf, initialMargin } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import type { Account, BookEvent, LegState, Market, Order } from '../../book/model.ts';
import { toFixed } from '../../figures.ts';
import { positionSideOf, workingTypeOf } from './format.ts';
import { averagePrice } from './order-shapes.ts';

const PLACES = 8;

type OrderEvent = Extract<BookEvent, { kind: 'order' }>;
type AccountEvent = Extract<BookEvent, { kind: 'account' }>;

/** The account a private event belongs to, and its message; `undefined` for public events. */
export function privatePush(
  books: Books,
  event: BookEvent,
  nowMs: number,
): { account: string; message: object } | undefined {
  switch (event.kind) {
    case 'order':
      // BingX tells of a triggered order only when it trades.
      return event.execution === 'TRIGGERED'
        ? undefined
        : { account: event.order.account, message: orderPush(event, nowMs) };
    case 'account':
      return { account: event.account.name, message: accountPush(books, event, nowMs) };
    case 'config':
      return {
        account: event.account.name,
        message: configPush('ACCOUNT_CONFIG_UPDATE', event.account, marketOf(books, event.symbol), nowMs),
      };
    case 'price':
      return undefined;
    default:
      return event satisfies never;
  }
}

function orderPush(event: OrderEvent, nowMs: number): object {
  const { order, fill } = event;
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: nowMs,
    T: order.updatedAtMs,
    o: {
      s: order.symbol,
      c: order.clientOrderId ?? '',
      i: order.orderId,
      S: order.side.toUpperCase(),
      o: order.label,
      q: toFixed(order.quantity, PLACES),
      p: toFixed(order.price ?? ZERO, PLACES),
      sp: toFixed(order.trigger?.price ?? ZERO, PLACES),
      ap: toFixed(averagePrice(order), PLACES),
      x: pushedExecution(event),
      X: pushedStatus(order),
      l: toFixed(fill?.quantity ?? ZERO, PLACES),
      L: toFixed(fill?.price ?? ZERO, PLACES),
      z: toFixed(order.filledQuantity, PLACES),
      n: toFixed(fill?.commission ?? ZERO, PLACES),
      N: 'USDT',
      T: fill?.atMs ?? 0,
      t: fill?.fillId ?? '0',
      wt: workingTypeOf(order.trigger?.source ?? 'mark'),
      ps: positionSideOf(order),
      rp: toFixed(fill?.realizedPnl ?? ZERO, PLACES),
      ro: order.reduceOnly,
      m: fill?.maker ?? false,
      f: order.timeInForce,
    },
  };
}

/** A change of the quantity is announced as a new order; BingX has no word for it. */
const pushedExecution = ({ execution }: OrderEvent): string => (execution === 'AMENDED' ? 'NEW' : execution);

/** Push words differ from REST words: `CANCELED` with one L, and no `PENDING`. */
function pushedStatus(order: Order): string {
  switch (order.state) {
    case 'new':
      return 'NEW';
    case 'partially_filled':
      return 'PARTIALLY_FILLED';
    case 'filled':
      return 'FILLED';
    case 'expired':
      return 'EXPIRED';
    case 'triggered':
    case 'cancelled':
    case 'vanished':
      return 'CANCELED';
    default:
      return order.state satisfies never;
  }
}

function accountPush(books: Books, event: AccountEvent, nowMs: number): object {
  const wallet = toFixed(event.account.balance, PLACES);
  return {
    e: 'ACCOUNT_UPDATE',
    E: nowMs,
    T: nowMs,
    a: {
      m: event.reason,
      B: [{ a: 'USDT', wb: wallet, cw: wallet, bc: toFixed(event.change, PLACES) }],
      P: event.legs.map((state) => pushedLeg(books, event.account, state)),
    },
  };
}

/** In one-way mode the amount of a short is negative, in hedge mode the side tells. */
function pushedLeg(books: Books, account: Account, { symbol, leg, position }: LegState): object {
  const quantity = position?.quantity ?? ZERO;
  const isolated = position?.isolated ?? account.isolated[symbol] ?? false;
  return {
    s: symbol,
    pa: toFixed(leg === 'net' && position?.side === 'short' ? neg(quantity) : quantity, PLACES),
    ep: toFixed(position?.entryPrice ?? ZERO, PLACES),
    up: toFixed(position ? unrealizedProfit(position, marketOf(books, symbol).mark) : ZERO, PLACES),
    mt: isolated ? 'isolated' : 'cross',
    iw: toFixed(position && isolated ? initialMargin(position) : ZERO, PLACES),
    ps: leg === 'net' ? 'BOTH' : leg.toUpperCase(),
  };
}

/** `SNAPSHOT` on connection and every five seconds, `ACCOUNT_CONFIG_UPDATE` after a change. */
export function configPush(
  e: 'SNAPSHOT' | 'ACCOUNT_CONFIG_UPDATE',
  account: Account,
  market: Market,
  nowMs: number,
): object {
  return {
    e,
    E: nowMs,
    ac: {
      s: market.symbol,
      l: leverageOf(account, market, 'long'),
      S: leverageOf(account, market, 'short'),
      mt: account.isolated[market.symbol] ? 'isolated' : 'cross',
    },
  };
}

export const expiredPush = (listenKey: string, nowMs: number): object => ({
  e: 'listenKeyExpired',
  E: nowMs,
  listenKey,
});
