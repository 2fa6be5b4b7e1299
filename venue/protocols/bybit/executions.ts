/** Executions: trades, forced closes and funding, newest first. */
import { add, isPositive, mul, neg, sub, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { marketOf } from '../../book/margin.ts';
import type { Fill, Income, Market } from '../../book/model.ts';
import type { Origin } from '../../control/types.ts';
import { millis, money, sideOf, sideOfPosition, symbolOf } from './format.ts';
import { uuidOf } from './ids.ts';
import { createTypeOf, stopOrderTypeOf } from './labels.ts';
import { orderIdOf, priceOf, quantityOf } from './order-shapes.ts';

const EXEC_TYPES: Readonly<Record<Origin, string>> = {
  api: 'Trade',
  attached: 'Trade',
  manual: 'Trade',
  liquidation: 'BustTrade',
  adl: 'AdlTrade',
};

export const execTypeOf = (fill: Pick<Fill, 'origin'>): string => EXEC_TYPES[fill.origin];

/** Grows with every fill of the venue; positions carry that of their last one. */
export const seqOf = (fill: Pick<Fill, 'fillId'>): number => Number(fill.fillId);

export function tradeExecution(books: Books, fill: Fill): object {
  const order = books.orders.get(fill.orderId);
  const market = marketOf(books, fill.symbol);
  const value = money(mul(fill.quantity, fill.price));
  const leaves = order ? sub(quantityOf(books, order), filledUpTo(books, fill)) : ZERO;
  return {
    ...emptyParts,
    symbol: symbolOf(fill.symbol),
    orderType: order?.execution === 'limit' ? 'Limit' : 'Market',
    orderLinkId: order?.clientOrderId ?? '',
    side: sideOf(fill.side),
    orderId: orderIdOf(fill),
    stopOrderType: (order && stopOrderTypeOf(order)) ?? 'UNKNOWN',
    createType: order ? createTypeOf(order) : 'CreateByUser',
    leavesQty: isPositive(leaves) ? leaves : ZERO,
    execTime: millis(fill.atMs),
    feeCurrency: 'USDT',
    isMaker: fill.maker,
    execFee: money(neg(fill.commission)),
    feeRate: fill.maker ? market.makerFee : market.takerFee,
    execId: uuidOf('fill', fill.fillId),
    markPrice: market.mark,
    execPrice: fill.price,
    orderQty: order ? quantityOf(books, order) : fill.quantity,
    orderPrice: order ? priceOf(books, order) : ZERO,
    execValue: value,
    execType: execTypeOf(fill),
    execQty: fill.quantity,
    closedSize: fill.closing ? fill.quantity : '0',
    seq: seqOf(fill),
  };
}

const emptyParts = {
  underlyingPrice: '',
  indexPrice: '',
  tradeIv: '',
  blockTradeId: '',
  markIv: '',
  extraFees: '',
  execFeeV2: '',
};

const filledUpTo = (books: Books, fill: Fill): Decimal =>
  books.fills
    .filter((other) => other.orderId === fill.orderId && seqOf(other) <= seqOf(fill))
    .reduce((total, other) => add(total, other.quantity), ZERO);

/** What an older venue's books don't tell. */
const unknown = ({ mark, fundingRate }: Market): NonNullable<Income['settled']> => ({
  leg: 'net',
  side: 'long',
  quantity: ZERO,
  markPrice: mark,
  rate: fundingRate,
});

/** A settlement of what was held then. Positive fees are paid. */
export function fundingExecution(books: Books, income: Income): object {
  const market = marketOf(books, income.symbol);
  const { side, quantity, markPrice, rate } = income.settled ?? unknown(market);
  return {
    ...emptyParts,
    symbol: symbolOf(income.symbol),
    orderType: 'UNKNOWN',
    orderLinkId: '',
    side: sideOfPosition(side),
    orderId: uuidOf('order', income.incomeId),
    stopOrderType: 'UNKNOWN',
    createType: '',
    leavesQty: '0',
    execTime: millis(income.atMs),
    feeCurrency: 'USDT',
    isMaker: false,
    execFee: money(neg(income.amount)),
    feeRate: side === 'long' ? rate : neg(rate),
    execId: uuidOf('fill', income.incomeId),
    markPrice,
    execPrice: markPrice,
    orderQty: '0',
    orderPrice: '0',
    execValue: money(mul(quantity, markPrice)),
    execType: 'Funding',
    execQty: quantity,
    closedSize: '0',
    seq: Number(income.incomeId),
  };
}
