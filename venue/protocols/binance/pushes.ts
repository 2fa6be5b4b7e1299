/** Book events as the user data stream pushes them. */
import { toPlaces } from '../../../domain/decimal.ts';
import { unrealizedProfit } from '../../book/ledger.ts';
import { initialMargin, leverageOf, marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import type { Account, BookEvent, LegState } from '../../book/model.ts';
import { breakEvenPrice, signedQuantity } from './account-shapes.ts';
import { money, positionSideOf, symbolOf } from './format.ts';
import { orderPushes } from './order-pushes.ts';

type AccountEvent = Extract<BookEvent, { kind: 'account' }>;

/** What concerns one account. */
export type PrivateEvent = Exclude<BookEvent, { kind: 'price' }>;

export const ownerOf = (event: PrivateEvent): string =>
  event.kind === 'order' ? event.order.account : event.account.name;

/** The messages of an event, in order. */
export function privatePushes(books: Books, event: PrivateEvent, nowMs: number): object[] {
  switch (event.kind) {
    case 'order':
      return orderPushes(books, event, nowMs);
    case 'account':
      return [accountPush(books, event, nowMs)];
    case 'config':
      return [configPush(books, event.account, event.symbol, nowMs)];
    default:
      return event satisfies never;
  }
}

/** `bc` leaves profit and commission out, so that a trade changes it by nothing. */
function accountPush(books: Books, event: AccountEvent, nowMs: number): object {
  const wallet = money(event.account.balance);
  const change = event.reason === 'ORDER' ? '0' : toPlaces(event.change, 8);
  return {
    e: 'ACCOUNT_UPDATE',
    E: nowMs,
    T: nowMs,
    a: {
      m: event.reason,
      B: [{ a: 'USDT', wb: wallet, cw: wallet, bc: change }],
      P: event.legs.map((state) => pushedLeg(books, event.account, state)),
    },
  };
}

function pushedLeg(books: Books, account: Account, { symbol, leg, position }: LegState): object {
  const isolated = position?.isolated ?? account.isolated[symbol] ?? false;
  return {
    s: symbolOf(symbol),
    pa: signedQuantity(position),
    ep: position ? toPlaces(position.entryPrice, 8) : '0',
    bep: position ? breakEvenPrice(position) : '0',
    cr: position ? toPlaces(position.realizedPnl, 8) : '0',
    up: position ? toPlaces(unrealizedProfit(position, marketOf(books, symbol).mark), 8) : '0',
    mt: isolated ? 'isolated' : 'cross',
    iw: position && isolated ? toPlaces(initialMargin(position), 8) : '0',
    ps: positionSideOf(leg),
  };
}

const configPush = (books: Books, account: Account, symbol: string, nowMs: number): object => ({
  e: 'ACCOUNT_CONFIG_UPDATE',
  E: nowMs,
  T: nowMs,
  ac: { s: symbolOf(symbol), l: leverageOf(account, marketOf(books, symbol), 'long') },
});

/** The time is text here, as documented. */
export const expiredPush = (listenKey: string, nowMs: number): object => ({
  e: 'listenKeyExpired',
  E: String(nowMs),
  listenKey,
});
