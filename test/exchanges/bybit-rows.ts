/** Executions and closing records as Bybit lists them, around one moment. */
import { list } from './bybit-setup.ts';

export const MINUTE_MS = 60_000;
export const T = Date.now() - 30 * MINUTE_MS;
export const at = (minutes: number): string => String(T + minutes * MINUTE_MS);

let trades = 0;
/** An execution; `closedSize` as Bybit says it. */
export const execution = (side: 'Buy' | 'Sell', execQty: string, execPrice: string, change: object = {}) => ({
  symbol: 'BTCUSDT',
  execId: `e${(trades += 1)}`,
  orderId: `o${trades}`,
  orderLinkId: '',
  side,
  execType: 'Trade',
  createType: 'CreateByUser',
  execPrice,
  execQty,
  execFee: '0.1',
  execTime: at(0),
  closedSize: '0',
  seq: trades,
  ...change,
});
export const funding = (execFee: string, change: object = {}) =>
  execution('Buy', '0.05', '50000', { execType: 'Funding', orderType: 'UNKNOWN', execFee, ...change });
export const closing = (orderId: string, closedSize: string, closedPnl: string, change: object = {}) => ({
  symbol: 'BTCUSDT',
  orderId,
  side: 'Sell',
  closedSize,
  closedPnl,
  avgEntryPrice: '50000',
  avgExitPrice: '51000',
  createdTime: at(2),
  updatedTime: at(2),
  ...change,
});
/** As Bybit lists: the newest first. */
export const newestFirst = (...rows: object[]) => list(rows.toReversed());
