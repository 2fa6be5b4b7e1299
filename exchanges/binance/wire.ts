/**
 * The bodies of Binance's USDT-M answers, as they are documented. Every number arrives as a string with
 * all its digits (see `ccxt/exact-json.ts`). Lists come bare, without an envelope.
 */
import { z } from 'zod';
import {
  epochMs,
  epochMsIfAny,
  figure,
  figureIfAny,
  flag,
  flagIfAny,
  id,
  idIfAny,
  priceIfAny,
  word,
  wordIfAny,
} from '../fields.ts';

export const serverTimeBody = z.object({ serverTime: epochMs });

export const rowsBody = z.array(z.unknown());

/** One row, or a list of them where no symbol was named. */
export const rowOrRowsBody = z.union([rowsBody, z.looseObject({}).transform((row) => [row])]);

export const exchangeInfoBody = z.object({ symbols: rowsBody });

const filter = z.object({
  filterType: word,
  tickSize: priceIfAny,
  stepSize: priceIfAny,
  minQty: figureIfAny,
  maxQty: priceIfAny,
  minPrice: priceIfAny,
  maxPrice: priceIfAny,
  notional: figureIfAny,
  multiplierUp: priceIfAny,
  multiplierDown: priceIfAny,
});
export type Filter = z.output<typeof filter>;

export const symbolRow = z.object({
  symbol: z.string().min(1),
  status: wordIfAny,
  contractType: wordIfAny,
  filters: z.array(filter),
});
export type SymbolRow = z.output<typeof symbolRow>;

const sides = { side: word.pipe(z.enum(['BUY', 'SELL'])), positionSide: wordIfAny };

export const positionRow = z.object({
  symbol: z.string(),
  positionSide: wordIfAny,
  positionAmt: figure,
  entryPrice: priceIfAny,
  markPrice: priceIfAny,
  liquidationPrice: priceIfAny,
  unRealizedProfit: figureIfAny,
  leverage: priceIfAny,
  updateTime: epochMsIfAny,
});
export type PositionRow = z.output<typeof positionRow>;

export const orderRow = z.object({
  ...sides,
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string().nullish(),
  type: word,
  origType: wordIfAny,
  status: word,
  origQty: figure,
  executedQty: figure,
  avgPrice: priceIfAny,
  price: priceIfAny,
  stopPrice: priceIfAny,
  workingType: wordIfAny,
  reduceOnly: flag,
  closePosition: flag,
  time: epochMsIfAny,
  updateTime: epochMsIfAny,
});
export type OrderRow = z.output<typeof orderRow>;

export const algoOrderRow = z.object({
  ...sides,
  symbol: z.string(),
  algoId: id,
  clientAlgoId: z.string().nullish(),
  orderType: word,
  algoStatus: word,
  /** Nothing, or 0, where it closes the whole position. */
  quantity: figureIfAny,
  triggerPrice: priceIfAny,
  price: priceIfAny,
  workingType: wordIfAny,
  reduceOnly: flag,
  closePosition: flag,
  /** The order that carries it out, once it has triggered. */
  actualOrderId: idIfAny,
  createTime: epochMsIfAny,
  updateTime: epochMsIfAny,
  triggerTime: epochMsIfAny,
});
export type AlgoOrderRow = z.output<typeof algoOrderRow>;

export const placedBody = z.object({ orderId: id });
export const placedAlgoBody = z.object({ algoId: id });

export const fillRow = z.object({
  ...sides,
  symbol: z.string(),
  id,
  orderId: id,
  price: figure,
  qty: figure,
  commission: figureIfAny,
  commissionAsset: z.string().nullish(),
  realizedPnl: figureIfAny,
  time: epochMs,
});
export type FillRow = z.output<typeof fillRow>;

export const incomeRow = z.object({
  symbol: z.string(),
  incomeType: word,
  income: figure,
  asset: z.string(),
  time: epochMs,
  tranId: id,
});

export const accountBody = z.object({ totalMarginBalance: figure, availableBalance: figure });

export const positionModeBody = z.object({ dualSidePosition: flagIfAny });

export const keyPermissionsBody = z.object({ enableFutures: flagIfAny, enableWithdrawals: flagIfAny });

export const tickerRow = z.object({ symbol: z.string(), price: priceIfAny });
export const markPriceRow = z.object({ symbol: z.string(), markPrice: priceIfAny });

export const tradeRow = z.object({ T: epochMs, p: figure });
/** `[opened at, open, high, low, close, volume, closed at, ...]` */
export const candleRow = z
  .tuple([epochMs, figure, figure, figure, figure], z.unknown())
  .transform(([openedAtMs, open, high, low, close]) => ({ openedAtMs, open, high, low, close }));

export const listenKeyBody = z.object({ listenKey: z.string().min(1) });
