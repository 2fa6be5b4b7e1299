/** What happens on an exchange besides the API: trades by hand, liquidation, deleveraging, lost orders. */
import { isPositive, min } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { LegRef, ManualTrade, OrderSide } from '../control/types.ts';
import type { Books } from './books.ts';
import { endOrder } from './cancel.ts';
import { executeOrder } from './fill.ts';
import { forceClose } from './liquidation.ts';
import { leverageOf, marketOf } from './margin.ts';
import { closingSide, directionOf, isOpen, legKey, openingSide } from './model.ts';
import type { Order, Position } from './model.ts';
import { newOrder } from './new-order.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { takerPrice } from './work.ts';

/** The orders it made: one, or two for a flip. */
export function tradeByHand(books: Books, trade: ManualTrade): Order[] | Refusal {
  return books.transact(() => {
    const account = books.accounts.get(trade.account);
    if (!account) return refuse('bad-request', `no account ${trade.account}`);
    if (!books.markets.has(trade.symbol)) return refuse('unknown-symbol', `no market ${trade.symbol}`);
    if (account.hedgeMode === (trade.leg === 'net'))
      return refuse('wrong-position-mode', `account ${trade.account} has no leg ${trade.leg}`);
    const position = books.positions.get(legKey(trade.account, trade.symbol, trade.leg));
    switch (trade.action) {
      case 'open':
      case 'add':
        return enlarge(books, trade, position);
      case 'reduce':
      case 'close':
        return lessen(books, trade, position);
      case 'flip':
        return flip(books, trade, position);
      default:
        return refuse('bad-request', `no action ${String(trade.action)}`);
    }
  });
}

function enlarge(books: Books, trade: ManualTrade, position: Position | undefined): Order[] | Refusal {
  const direction = trade.leg === 'net' ? (position?.side ?? trade.direction) : trade.leg;
  if (!direction) return refuse('bad-request', 'give a direction: long or short');
  if (trade.quantity === undefined || !isPositive(trade.quantity))
    return refuse('bad-quantity', 'give a quantity greater than 0');
  return [tradeNow(books, trade, openingSide(direction), trade.quantity, false)];
}

function lessen(books: Books, trade: ManualTrade, position: Position | undefined): Order[] | Refusal {
  if (!position) return refuse('nothing-to-close', `no position on ${trade.symbol} ${trade.leg}`);
  const quantity = trade.action === 'close' ? position.quantity : trade.quantity;
  if (quantity === undefined || !isPositive(quantity))
    return refuse('bad-quantity', 'give a quantity greater than 0');
  return [tradeNow(books, trade, closingSide(position.side), min(quantity, position.quantity), true)];
}

/** In hedge mode the other leg opens. */
function flip(books: Books, trade: ManualTrade, position: Position | undefined): Order[] | Refusal {
  if (!position) return refuse('nothing-to-close', `no position on ${trade.symbol} ${trade.leg}`);
  const side = closingSide(position.side);
  const closed = tradeNow(books, trade, side, position.quantity, true);
  const leg = trade.leg === 'net' ? 'net' : directionOf(side);
  return [closed, tradeNow(books, { ...trade, leg }, side, trade.quantity ?? position.quantity, false)];
}

function tradeNow(
  books: Books,
  trade: ManualTrade,
  side: OrderSide,
  quantity: Decimal,
  reduceOnly: boolean,
): Order {
  const account = books.accounts.get(trade.account);
  const market = marketOf(books, trade.symbol);
  if (!account) throw new Error(`no account ${trade.account}`);
  const order = newOrder(books, {
    account: trade.account,
    symbol: trade.symbol,
    leg: trade.leg,
    side,
    label: 'MARKET',
    execution: 'market',
    quantity,
    leverage: leverageOf(account, market, directionOf(side)),
    reduceOnly,
    origin: 'manual',
  });
  books.put.order(order);
  books.emit({ kind: 'order', execution: 'NEW', order, fill: null });
  return executeOrder(books, order, {
    quantity,
    price: trade.price ?? takerPrice(books, market, side),
    maker: false,
  });
}

/** The order is gone without a trace for the client. */
export function vanishOrder(books: Books, account: string, orderId: string): Order | Refusal {
  return books.transact(() => {
    const order = books.orders.get(orderId);
    if (order?.account !== account || !isOpen(order))
      return refuse('order-not-found', `no open order ${orderId}`);
    return endOrder(books, order, 'vanished', 'by-control');
  });
}

/** The exchange closes a leg, or a part of it, at the mark price. */
export function closeByExchange(
  books: Books,
  ref: LegRef,
  origin: 'liquidation' | 'adl',
  quantity?: Decimal,
): Order | Refusal {
  return books.transact(() => {
    const position = books.positions.get(legKey(ref.account, ref.symbol, ref.leg));
    if (!position) return refuse('nothing-to-close', `no position on ${ref.symbol} ${ref.leg}`);
    return forceClose(
      books,
      position,
      origin,
      quantity === undefined ? position.quantity : min(quantity, position.quantity),
    );
  });
}
