/** Rows of the books in the shapes that BingX answers with. Recorded bodies are the model, see the tests. */
import { add, div, eq, isPositive, isZero, mul, sub, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { averageClosePrice, netProfit, unrealizedProfit } from '../../book/ledger.ts';
import { fundsOf, initialMargin, liquidationPrice, maintenanceOf, marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import { closesOnly, isDormant, isOpen } from '../../book/model.ts';
import type { Account, Attachment, ClosedPosition, Fill, Order, Position } from '../../book/model.ts';
import type { PriceSource } from '../../control/types.ts';
import { bareDecimal, bareInteger } from '../../json.ts';

const MONEY_PLACES = 4;
const AVERAGE_PLACES = 8;

export const workingTypeOf = (source: PriceSource): string =>
  ({ mark: 'MARK_PRICE', last: 'CONTRACT_PRICE', index: 'INDEX_PRICE' })[source];

export const positionSideOf = (order: Pick<Order, 'leg'>): string => (order.leg === 'net' ? 'BOTH' : order.leg.toUpperCase());

/** The decimals of a step: `"0.01"` has 2. */
export const placesOf = (step: Decimal): number => (step.split('.')[1] ?? '').replace(/0+$/, '').length;

export const money = (value: Decimal): Decimal => toPlaces(value, MONEY_PLACES);

export const averagePrice = (order: Order): Decimal =>
  isZero(order.filledQuantity) ? ZERO : toPlaces(div(order.filledCost, order.filledQuantity), AVERAGE_PLACES);

/** The answer to an accepted order: by the recording without status, filled and average. */
export function placedOrder(order: Order): object {
  const [stopLoss, takeProfit] = (['stop', 'target'] as const).map((role) => order.attachments.find((one) => one.role === role));
  return {
    orderId: bareInteger(order.orderId), orderID: order.orderId, symbol: order.symbol, positionSide: positionSideOf(order),
    side: order.side.toUpperCase(), type: order.label, price: bareDecimal(order.price ?? ZERO),
    quantity: bareDecimal(order.quantity), stopPrice: bareDecimal(order.trigger?.price ?? ZERO),
    workingType: workingTypeOf(order.trigger?.source ?? 'mark'), clientOrderID: order.clientOrderId ?? '',
    clientOrderId: order.clientOrderId ?? '', timeInForce: order.timeInForce, priceRate: bareDecimal(order.trail?.rate ?? ZERO),
    stopLoss: attachedText(stopLoss, order), takeProfit: attachedText(takeProfit, order), reduceOnly: order.reduceOnly,
    activationPrice: bareDecimal(order.trail?.activation ?? ZERO), closePosition: order.closePosition ? 'true' : '', stopGuaranteed: '',
  };
}

function attachedText(attachment: Attachment | undefined, order: Order): string {
  if (!attachment) return '';
  const { triggerPrice, source, label } = attachment;
  return JSON.stringify({ stopPrice: Number(triggerPrice), workingType: workingTypeOf(source), type: label, quantity: Number(order.quantity) });
}

/** REST words: `PENDING` is a live order, `NEW` one that waits for its trigger, `CANCELLED` with two L. */
export function statusOf(order: Order): string {
  switch (order.state) {
    case 'new': return isDormant(order) ? 'NEW' : 'PENDING';
    case 'partially_filled': return 'PARTIALLY_FILLED';
    case 'filled': return 'FILLED';
    case 'expired': return 'EXPIRED';
    case 'cancelled':
    case 'vanished': return 'CANCELLED';
    default: return order.state satisfies never;
  }
}

/** An order as the queries answer it. */
export function queriedOrder(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  const average = averagePrice(order);
  return {
    symbol: order.symbol, orderId: bareInteger(order.orderId), orderID: order.orderId, side: order.side.toUpperCase(),
    positionSide: positionSideOf(order), type: order.label, origQty: order.quantity,
    price: order.price ?? (order.trigger ? ZERO : average), executedQty: order.filledQuantity,
    avgPrice: eq(average, ZERO) ? toFixed(ZERO, placesOf(market.tickSize)) : average,
    cumQuote: isZero(order.filledQuantity) ? '' : toPlaces(order.filledCost, 0),
    stopPrice: order.trigger ? toFixed(order.trigger.price, placesOf(market.tickSize)) : '',
    profit: isZero(order.filledQuantity) ? '' : toFixed(money(order.realizedPnl), MONEY_PLACES),
    commission: isZero(order.filledQuantity) ? '' : toPlaces(order.commission, 6),
    status: statusOf(order), time: order.createdAtMs, updateTime: order.updatedAtMs, clientOrderId: order.clientOrderId ?? '',
    leverage: `${order.leverage}X`, takeProfit: attachedDetail(order, 'target'), stopLoss: attachedDetail(order, 'stop'),
    advanceAttr: 0, positionID: order.positionId === null ? 0 : bareInteger(order.positionId), takeProfitEntrustPrice: 0,
    stopLossEntrustPrice: 0, orderType: '', workingType: workingTypeOf(order.trigger?.source ?? 'mark'),
    onlyOnePosition: order.leg === 'net', reduceOnly: closesOnly(order), postOnly: order.timeInForce === 'PostOnly',
    closePosition: order.closePosition ? 'true' : '', stopGuaranteed: 'false', triggerOrderId: 0,
    trailingStopRate: bareDecimal(order.trail?.rate ?? ZERO), trailingStopDistance: bareDecimal(order.trail?.distance ?? ZERO),
  };
}

function attachedDetail(order: Order, role: Attachment['role']): object {
  const found = order.attachments.find((one) => one.role === role);
  return {
    type: found?.label ?? '', quantity: found ? bareDecimal(order.quantity) : 0, stopPrice: found ? bareDecimal(found.triggerPrice) : 0,
    price: found?.limitPrice ? bareDecimal(found.limitPrice) : 0, workingType: found ? workingTypeOf(found.source) : '', stopGuaranteed: '',
  };
}

/** Pads with zeros, as BingX does for prices. */
export function toFixed(value: Decimal, places: number): Decimal {
  const [whole = '0', fraction = ''] = toPlaces(value, places).split('.');
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
}

/** `realisedProfit` of an open position includes commission and funding, as recorded; in the history it is gross. */
export function openPosition(books: Books, position: Position): object {
  const market = marketOf(books, position.symbol);
  const unrealized = unrealizedProfit(position, market.mark);
  const margin = initialMargin(position);
  const reserved = reservedBy(books, position);
  return {
    positionId: position.positionId, symbol: position.symbol, currency: 'USDT', positionAmt: position.quantity,
    availableAmt: isPositive(sub(position.quantity, reserved)) ? sub(position.quantity, reserved) : ZERO,
    positionSide: position.side.toUpperCase(), isolated: position.isolated, avgPrice: toPlaces(position.entryPrice, AVERAGE_PLACES),
    initialMargin: toFixed(margin, MONEY_PLACES), margin: toFixed(add(margin, unrealized), MONEY_PLACES), leverage: position.leverage,
    unrealizedProfit: toFixed(unrealized, MONEY_PLACES), realisedProfit: toFixed(netProfit(position), MONEY_PLACES),
    liquidationPrice: bareDecimal(toPlaces(liquidationPrice(books, position) ?? ZERO, placesOf(market.tickSize))),
    pnlRatio: toFixed(isZero(margin) ? ZERO : div(unrealized, margin), MONEY_PLACES), maxMarginReduction: '0.0000',
    riskRate: toFixed(isZero(margin) ? ZERO : div(maintenanceOf(position, market), margin), MONEY_PLACES),
    markPrice: market.mark, positionValue: toFixed(mul(position.quantity, market.mark), MONEY_PLACES),
    onlyOnePosition: position.leg === 'net', createTime: position.openedAtMs, updateTime: position.updatedAtMs,
  };
}

/** Bound by resting limit orders that close. */
function reservedBy(books: Books, position: Position): Decimal {
  let reserved = ZERO;
  for (const order of books.open.values()) {
    const same = order.account === position.account && order.symbol === position.symbol && order.leg === position.leg;
    if (same && isOpen(order) && !isDormant(order) && order.reduceOnly) reserved = add(reserved, sub(order.quantity, order.filledQuantity));
  }
  return reserved;
}

export function closedPosition(position: ClosedPosition): object {
  return {
    positionId: position.positionId, symbol: position.symbol, isolated: position.isolated, positionSide: position.side.toUpperCase(),
    openTime: position.openedAtMs, updateTime: position.closedAtMs, avgPrice: toPlaces(position.entryPrice, AVERAGE_PLACES),
    avgClosePrice: toPlaces(averageClosePrice(position), AVERAGE_PLACES), realisedProfit: money(position.realizedPnl),
    netProfit: money(netProfit(position)), positionAmt: position.openedQuantity, closePositionAmt: position.closedQuantity,
    leverage: position.leverage, closeAllPositions: true, positionCommission: position.commission, totalFunding: position.funding,
  };
}

export function balanceRow(books: Books, account: Account): object {
  const funds = fundsOf(books, account);
  const realized = books.income.filter((row) => row.account === account.name && row.kind === 'REALIZED_PNL').reduce((sum, row) => add(sum, row.amount), ZERO);
  return {
    userId: account.uid, asset: 'USDT', balance: toFixed(funds.balance, MONEY_PLACES), equity: toFixed(funds.equity, MONEY_PLACES),
    unrealizedProfit: toFixed(funds.unrealized, MONEY_PLACES), realisedProfit: toFixed(realized, MONEY_PLACES),
    availableMargin: toFixed(funds.available, MONEY_PLACES), usedMargin: toFixed(funds.used, MONEY_PLACES),
    freezedMargin: toFixed(funds.frozen, MONEY_PLACES), shortUid: account.uid,
  };
}

/** Time with BingX's offset of eight hours. */
function chinaTime(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().replace('Z', '+0800');
}

/** One fill. Both sets of names that BingX documents: `volume`/`filledTime` (recorded) and `qty`/`time` (newer). */
export function filledOrder(fill: Fill): object {
  return {
    filledTm: new Date(fill.atMs).toISOString(), volume: fill.quantity, price: fill.price, amount: toFixed(mul(fill.quantity, fill.price), MONEY_PLACES),
    commission: fill.commission, currency: 'USDT', orderId: fill.orderId, liquidatedPrice: fill.origin === 'liquidation' ? fill.price : '0.00',
    liquidatedMarginRatio: '0.00', filledTime: chinaTime(fill.atMs), clientOrderID: '', symbol: fill.symbol, side: fill.side.toUpperCase(),
    positionSide: positionSideOf(fill), positionID: bareInteger(fill.positionId), tradeId: fill.fillId, qty: fill.quantity,
    quoteQty: toFixed(mul(fill.quantity, fill.price), MONEY_PLACES), realisedPNL: toFixed(fill.realizedPnl, 8), realizedPnl: toFixed(fill.realizedPnl, 8),
    fee: fill.commission, feeAsset: 'USDT', role: fill.maker ? 'maker' : 'taker', isMaker: fill.maker, isBuyer: fill.side === 'buy', time: fill.atMs,
  };
}
