/** Rows of the books as the control interface shows them: the truth, without lag or fault. */
import { div, isZero, toPlaces } from '../../domain/decimal.ts';
import type {
  AccountView,
  Books as BooksView,
  FillRow,
  MarketView,
  OrderRow,
  PositionHistoryRow,
  PositionRow,
} from '../control/types.ts';
import type { Books } from './books.ts';
import { averageClosePrice, netProfit, unrealizedProfit } from './ledger.ts';
import { fundsOf, initialMargin, liquidationPrice, marketOf, positionsOf } from './margin.ts';
import type { Account, ClosedPosition, Fill, Market, Order, Position } from './model.ts';

const PLACES = 8;

export function viewBooks(books: Books, account: Account): BooksView {
  const mine = <T extends { readonly account: string }>(row: T) => row.account === account.name;
  const funds = fundsOf(books, account);
  return {
    account: viewAccount(account),
    serverTimeMs: books.now(),
    balance: toPlaces(funds.balance, PLACES),
    equity: toPlaces(funds.equity, PLACES),
    usedMargin: funds.used,
    availableMargin: toPlaces(funds.available, PLACES),
    positions: positionsOf(books, account.name).map((position) => viewPosition(books, position)),
    orders: [...books.orders.values()].filter(mine).map(viewOrder),
    fills: books.fills.filter(mine).map(viewFill),
    positionHistory: books.closed.filter(mine).map(viewClosed),
    income: books.income
      .filter(mine)
      .map(({ incomeId, symbol, kind, amount, atMs }) => ({ incomeId, symbol, kind, amount, atMs })),
  };
}

export const viewAccount = ({
  name,
  uid,
  apiKey,
  balance,
  hedgeMode,
  permissions,
}: Account): AccountView => ({
  name,
  uid,
  apiKey,
  balance: toPlaces(balance, PLACES),
  hedgeMode,
  permissions,
});

export function viewMarket(market: Market): MarketView {
  const { last, mark, index, lastQuantity: _, markPinned: __, ...spec } = market;
  return { ...spec, lastPrice: last, markPrice: mark, indexPrice: index };
}

function viewPosition(books: Books, position: Position): PositionRow {
  const market = marketOf(books, position.symbol);
  const {
    positionId,
    symbol,
    leg,
    side,
    quantity,
    leverage,
    isolated,
    openedAtMs,
    updatedAtMs,
    realizedPnl,
    commission,
    funding,
  } = position;
  return {
    positionId,
    symbol,
    leg,
    side,
    quantity,
    entryPrice: toPlaces(position.entryPrice, PLACES),
    markPrice: market.mark,
    unrealizedPnl: toPlaces(unrealizedProfit(position, market.mark), PLACES),
    realizedPnl: toPlaces(realizedPnl, PLACES),
    commission,
    funding,
    leverage,
    isolated,
    margin: initialMargin(position),
    liquidationPrice: liquidationPrice(books, position),
    openedAtMs,
    updatedAtMs,
  };
}

export function viewOrder(order: Order): OrderRow {
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    leg: order.leg,
    side: order.side,
    type: order.label,
    state: order.state,
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    averagePrice: isZero(order.filledQuantity)
      ? null
      : toPlaces(div(order.filledCost, order.filledQuantity), PLACES),
    price: order.price,
    stopPrice: order.trigger?.price ?? null,
    triggerSource: order.trigger?.source ?? order.trail?.source ?? null,
    triggeredAtMs: order.triggeredAtMs,
    timeInForce: order.timeInForce,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    origin: order.origin,
    parentOrderId: order.parentOrderId,
    endReason: order.endReason,
    commission: order.commission,
    realizedPnl: toPlaces(order.realizedPnl, PLACES),
    positionId: order.positionId,
    createdAtMs: order.createdAtMs,
    updatedAtMs: order.updatedAtMs,
  };
}

function viewFill(fill: Fill): FillRow {
  const { fillId, orderId, positionId, symbol, leg, side, quantity, price } = fill;
  const { commission, closing, maker, origin, atMs } = fill;
  const realizedPnl = toPlaces(fill.realizedPnl, PLACES);
  return {
    ...{ fillId, orderId, positionId, symbol, leg, side, quantity, price },
    ...{ commission, realizedPnl, closing, maker, origin, atMs },
  };
}

function viewClosed(position: ClosedPosition): PositionHistoryRow {
  const {
    positionId,
    symbol,
    leg,
    side,
    leverage,
    commission,
    funding,
    openedAtMs,
    closedAtMs,
    closedByOrderId,
    closedBy,
  } = position;
  return {
    positionId,
    symbol,
    leg,
    side,
    quantity: position.openedQuantity,
    closedQuantity: position.closedQuantity,
    averagePrice: toPlaces(position.entryPrice, PLACES),
    averageClosePrice: toPlaces(averageClosePrice(position), PLACES),
    realizedPnl: toPlaces(position.realizedPnl, PLACES),
    netPnl: toPlaces(netProfit(position), PLACES),
    commission,
    funding,
    leverage,
    openedAtMs,
    closedAtMs,
    closedByOrderId,
    closedBy,
  };
}
