/** The account's cash, change by change: trades, funding and transfers, each with the balance after it. */
import { add, isZero, neg, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { marketOf } from '../../book/margin.ts';
import type { Account, Fill, Income } from '../../book/model.ts';
import { baseOf, millis, money, sideOf, sideOfPosition, symbolOf } from './format.ts';
import { uuidOf } from './ids.ts';
import { orderIdOf } from './order-shapes.ts';

export type LogRow = {
  readonly id: string;
  readonly type: string;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly atMs: number;
  readonly change: Decimal;
  readonly fill?: Fill;
  readonly row: object;
};

/** The latest first, each with the balance and the size of its leg after it. */
export function transactionLog(books: Books, account: Account): LogRow[] {
  const trades = books.fills
    .filter((fill) => fill.account === account.name)
    .map((fill) => tradeRow(books, account, fill));
  const others = books.income
    .filter((row) => row.account === account.name && row.kind in OTHER_TYPES)
    .map((row) => incomeRow(account, row));
  const rows = [...trades, ...others].toSorted((a, b) => Number(a.id) - Number(b.id));
  const sizes = new Map<string, Decimal>();
  let balance: Decimal = ZERO;
  return rows
    .map((entry) => {
      balance = add(balance, entry.change);
      const size = entry.fill ? grown(sizes, entry.fill) : undefined;
      return { ...entry, row: { ...entry.row, cashBalance: money(balance), ...(size && { size }) } };
    })
    .toReversed();
}

/** What the leg of a fill holds after it; negative for a short. */
function grown(sizes: Map<string, Decimal>, fill: Fill): Decimal {
  const key = `${fill.symbol}|${fill.leg}`;
  const size = add(sizes.get(key) ?? ZERO, fill.side === 'buy' ? fill.quantity : neg(fill.quantity));
  sizes.set(key, size);
  return size;
}

/** Income that is no part of a trade. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  FUNDING_FEE: 'SETTLEMENT',
  TRANSFER: 'TRANSFER_IN',
  INSURANCE_CLEAR: 'LIQUIDATION',
};

const common = (account: Account, id: string, symbol: string, atMs: number) => ({
  transSubType: '',
  id: `${account.uid}_${symbolOf(symbol)}_${id}`,
  symbol: symbolOf(symbol),
  transactionTime: millis(atMs),
  bonusChange: '',
  currency: 'USDT',
  category: symbol === '' ? '' : 'linear',
  extraFees: '',
});

function tradeRow(books: Books, account: Account, fill: Fill): LogRow {
  const market = marketOf(books, fill.symbol);
  const change = add(fill.realizedPnl, fill.commission);
  const row = {
    ...common(account, fill.fillId, fill.symbol, fill.atMs),
    side: sideOf(fill.side),
    funding: '',
    orderLinkId: books.orders.get(fill.orderId)?.clientOrderId ?? '',
    orderId: orderIdOf(fill),
    fee: money(neg(fill.commission)),
    change: money(change),
    cashFlow: money(fill.realizedPnl),
    type: fill.origin === 'liquidation' ? 'LIQUIDATION' : fill.origin === 'adl' ? 'ADL' : 'TRADE',
    feeRate: fill.maker ? market.makerFee : market.takerFee,
    qty: fill.quantity,
    tradePrice: fill.price,
    tradeId: uuidOf('fill', fill.fillId),
  };
  return {
    id: fill.fillId,
    type: row.type,
    symbol: fill.symbol,
    baseCoin: baseOf(fill.symbol),
    atMs: fill.atMs,
    change,
    fill,
    row,
  };
}

const signedSize = (settled: Income['settled']): Decimal =>
  settled?.side === 'short' ? neg(settled.quantity) : (settled?.quantity ?? '0');

function incomeRow(account: Account, income: Income): LogRow {
  const type = OTHER_TYPES[income.kind] ?? income.kind;
  const funding = type === 'SETTLEMENT';
  const { settled } = income;
  const row = {
    ...common(account, income.incomeId, income.symbol, income.atMs),
    side: settled ? sideOfPosition(settled.side) : 'None',
    funding: funding ? money(income.amount) : '',
    orderLinkId: '',
    orderId: funding ? uuidOf('order', income.incomeId) : '',
    fee: '0',
    change: money(income.amount),
    cashFlow: funding || isZero(income.amount) ? '0' : money(income.amount),
    type,
    feeRate: settled?.rate ?? '',
    size: signedSize(settled),
    qty: settled?.quantity ?? '0',
    tradePrice: settled?.markPrice ?? '',
    tradeId: funding ? uuidOf('fill', income.incomeId) : '',
  };
  return {
    id: income.incomeId,
    type,
    symbol: income.symbol,
    baseCoin: baseOf(income.symbol),
    atMs: income.atMs,
    change: income.amount,
    row,
  };
}
