/** Positions, balance and fills in the shapes that BingX answers with. */
import { add, div, isPositive, isZero, mul, sub, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { averageClosePrice, netProfit, unrealizedProfit } from '../../book/ledger.ts';
import { fundsOf, initialMargin, liquidationPrice, maintenanceOf, marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import { isDormant, isOpen } from '../../book/model.ts';
import { perRevision } from '../../book/per-revision.ts';
import type { Account, ClosedPosition, Fill, Position } from '../../book/model.ts';
import { bareDecimal, bareInteger } from '../../json.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { AVERAGE_PLACES, money, MONEY_PLACES, positionSideOf } from './format.ts';

/** `realisedProfit` of an open position includes commission and funding, as recorded; in the history it is gross. */
export function openPosition(books: Books, position: Position): object {
  const market = marketOf(books, position.symbol);
  const unrealized = unrealizedProfit(position, market.mark);
  const margin = initialMargin(position);
  const bound = reservedBy(books, position);
  return {
    positionId: position.positionId,
    symbol: position.symbol,
    currency: 'USDT',
    positionAmt: position.quantity,
    availableAmt: isPositive(sub(position.quantity, bound)) ? sub(position.quantity, bound) : ZERO,
    positionSide: position.side.toUpperCase(),
    isolated: position.isolated,
    avgPrice: toPlaces(position.entryPrice, AVERAGE_PLACES),
    initialMargin: toFixed(margin, MONEY_PLACES),
    margin: toFixed(add(margin, unrealized), MONEY_PLACES),
    leverage: position.leverage,
    unrealizedProfit: toFixed(unrealized, MONEY_PLACES),
    realisedProfit: toFixed(netProfit(position), MONEY_PLACES),
    liquidationPrice: bareDecimal(
      toPlaces(liquidationPrice(books, position) ?? ZERO, placesOf(market.tickSize)),
    ),
    pnlRatio: toFixed(isZero(margin) ? ZERO : div(unrealized, margin), MONEY_PLACES),
    maxMarginReduction: '0.0000',
    riskRate: toFixed(isZero(margin) ? ZERO : div(maintenanceOf(position, market), margin), MONEY_PLACES),
    markPrice: market.mark,
    positionValue: toFixed(mul(position.quantity, market.mark), MONEY_PLACES),
    onlyOnePosition: position.leg === 'net',
    createTime: position.openedAtMs,
    updateTime: position.updatedAtMs,
  };
}

/** Bound by resting limit orders that close. */
function reservedBy(books: Books, position: Position): Decimal {
  return reserved(books, position.account).get(`${position.symbol} ${position.leg}`) ?? ZERO;
}

const reserved = perRevision((books: Books, account: string): ReadonlyMap<string, Decimal> => {
  const byLeg = new Map<string, Decimal>();
  for (const order of books.open.values()) {
    if (order.account !== account || !isOpen(order) || isDormant(order) || !order.reduceOnly) continue;
    const leg = `${order.symbol} ${order.leg}`;
    byLeg.set(leg, add(byLeg.get(leg) ?? ZERO, sub(order.quantity, order.filledQuantity)));
  }
  return byLeg;
});

export function closedPosition(position: ClosedPosition): object {
  return {
    positionId: position.positionId,
    symbol: position.symbol,
    isolated: position.isolated,
    positionSide: position.side.toUpperCase(),
    openTime: position.openedAtMs,
    updateTime: position.closedAtMs,
    avgPrice: toPlaces(position.entryPrice, AVERAGE_PLACES),
    avgClosePrice: toPlaces(averageClosePrice(position), AVERAGE_PLACES),
    realisedProfit: money(position.realizedPnl),
    netProfit: money(netProfit(position)),
    positionAmt: position.openedQuantity,
    closePositionAmt: position.closedQuantity,
    leverage: position.leverage,
    closeAllPositions: true,
    positionCommission: position.commission,
    totalFunding: position.funding,
  };
}

export function balanceRow(books: Books, account: Account): object {
  const funds = fundsOf(books, account);
  return {
    userId: account.uid,
    asset: 'USDT',
    balance: toFixed(funds.balance, MONEY_PLACES),
    equity: toFixed(funds.equity, MONEY_PLACES),
    unrealizedProfit: toFixed(funds.unrealized, MONEY_PLACES),
    realisedProfit: toFixed(account.realizedPnl, MONEY_PLACES),
    availableMargin: toFixed(funds.available, MONEY_PLACES),
    usedMargin: toFixed(funds.used, MONEY_PLACES),
    freezedMargin: toFixed(funds.frozen, MONEY_PLACES),
    shortUid: account.uid,
  };
}

/** Time with BingX's offset of eight hours. */
function chinaTime(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().replace('Z', '+0800');
}

/** One fill. Both sets of names that BingX documents: `volume`/`filledTime` (recorded) and `qty`/`time` (newer). */
export function filledOrder(fill: Fill): object {
  return {
    filledTm: new Date(fill.atMs).toISOString(),
    volume: fill.quantity,
    price: fill.price,
    amount: toFixed(mul(fill.quantity, fill.price), MONEY_PLACES),
    commission: fill.commission,
    currency: 'USDT',
    orderId: fill.orderId,
    liquidatedPrice: fill.origin === 'liquidation' ? fill.price : '0.00',
    liquidatedMarginRatio: '0.00',
    filledTime: chinaTime(fill.atMs),
    clientOrderID: '',
    symbol: fill.symbol,
    side: fill.side.toUpperCase(),
    positionSide: positionSideOf(fill),
    positionID: bareInteger(fill.positionId),
    tradeId: fill.fillId,
    qty: fill.quantity,
    quoteQty: toFixed(mul(fill.quantity, fill.price), MONEY_PLACES),
    realisedPNL: toFixed(fill.realizedPnl, 8),
    realizedPnl: toFixed(fill.realizedPnl, 8),
    fee: fill.commission,
    feeAsset: 'USDT',
    role: fill.maker ? 'maker' : 'taker',
    isMaker: fill.maker,
    isBuyer: fill.side === 'buy',
    time: fill.atMs,
  };
}
