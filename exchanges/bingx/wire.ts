/**
 * The bodies of BingX's REST answers, as they are documented and recorded. Every number arrives as a
 * string with all its digits (see `exact-json.ts`). Filter, don't coerce: `""` and `null` are no zero.
 */
import { z } from 'zod';
import {
  figure,
  figureIfAny,
  priceIfAny,
  epochMs,
  epochMsIfAny,
  idText,
  id,
  idIfAny,
  flag,
  flagIfAny,
  word,
  wordIfAny,
} from '../fields.ts';

export const serverTimeBody = z.object({ data: z.object({ serverTime: epochMs }) });

export const contractsBody = z.object({ data: z.array(z.unknown()) });

export const contractRow = z.object({
  symbol: z.string().regex(/^[^-]+-[^-]+$/),
  pricePrecision: figureIfAny,
  quantityPrecision: figureIfAny,
  tickSize: priceIfAny,
  stepSize: priceIfAny,
  tradeMinQuantity: figureIfAny,
  minQty: figureIfAny,
  tradeMinUSDT: figureIfAny,
  minNotional: figureIfAny,
  maxQty: priceIfAny,
  status: wordOrNumber(),
  apiStateOpen: flagIfAny,
});

function wordOrNumber() {
  return idText.nullish().transform((value) => value ?? undefined);
}

/**
 * The rows of a list, plain or under one of the names that BingX has used for it. "None" comes as `[]`,
 * and from servers that drop what is empty as `null` or `{}`: that is no more than an empty list says,
 * and absence alone proves nothing (`domain/reconcile/reconcile.ts`). No `data` at all is no answer.
 */
const rowsIn = (...names: readonly string[]) =>
  z.unknown().transform((data, context): unknown[] => {
    const list = namedIn(data, names) ?? [];
    if (Array.isArray(list)) return list;
    context.addIssue({ code: 'custom', message: 'holds no list' });
    return z.NEVER;
  });

function namedIn(data: unknown, names: readonly string[]): unknown {
  if (data === undefined) return 'no data';
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const found = Object.entries(data).find(([name]) => names.includes(name));
  return found ? found[1] : Object.keys(data).length === 0 ? [] : data;
}

export const positionsBody = z.object({ data: rowsIn('positions') });

export const positionRow = z.object({
  symbol: z.string(),
  positionId: idIfAny,
  positionSide: word,
  positionAmt: figure,
  avgPrice: priceIfAny,
  markPrice: priceIfAny,
  liquidationPrice: priceIfAny,
  unrealizedProfit: figureIfAny,
  leverage: priceIfAny,
  onlyOnePosition: flagIfAny,
  openTime: epochMsIfAny,
  createTime: epochMsIfAny,
});
export type PositionRow = z.output<typeof positionRow>;

export const ordersBody = z.object({ data: rowsIn('orders') });
export const orderBody = z.object({ data: z.object({ order: z.unknown() }) });

export const orderRow = z.object({
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string().nullish(),
  clientOrderID: z.string().nullish(),
  side: word.pipe(z.enum(['BUY', 'SELL'])),
  positionSide: wordIfAny,
  type: word,
  status: word,
  origQty: figureIfAny,
  executedQty: z.unknown().optional(),
  avgPrice: priceIfAny,
  price: priceIfAny,
  stopPrice: priceIfAny,
  workingType: wordIfAny,
  reduceOnly: flag,
  closePosition: flag,
  onlyOnePosition: flagIfAny,
  /** Of a market order: the conditional order that it carries out. */
  triggerOrderId: idIfAny,
  time: epochMsIfAny,
  updateTime: epochMsIfAny,
});
export type OrderRow = z.output<typeof orderRow>;

/** The id under either of the names that BingX documents. */
const namedId = z.union([
  z.object({ orderId: id }).transform(({ orderId }) => orderId),
  z.object({ orderID: id }).transform(({ orderID }) => orderID),
]);

/** The answer to orders sent together: a row for each. */
export const batchBody = z.object({ data: z.object({ orders: z.array(z.unknown()) }) });

export const batchRow = z.object({
  symbol: word,
  type: word,
  orderId: idIfAny,
  errorCode: wordOrNumber(),
  errorMsg: wordIfAny,
});

/** The answer to a placement or cancellation: the id is all that is taken from it. */
export const placedBody = z.object({
  data: z.union([z.object({ order: namedId }).transform(({ order }) => order), namedId]),
});

export const forcedOrderRow = z.object({ orderId: id, autoCloseType: wordIfAny, type: wordIfAny });

export const fillsBody = z.object({ data: rowsIn('fill_orders', 'fill_history_orders', 'list') });

/** `allFillOrders` names the quantity `volume`, the newer `fillHistory` `qty`. */
const withVolume = (row: unknown): unknown =>
  typeof row === 'object' && row !== null && !('volume' in row) && 'qty' in row
    ? { ...row, volume: row.qty }
    : row;

const fillFields = z.object({
  symbol: z.string().nullish(),
  orderId: id,
  tradeId: idIfAny,
  volume: figure,
  price: figure,
  commission: figureIfAny,
  side: wordIfAny,
  positionSide: wordIfAny,
  clientOrderID: z.string().nullish(),
  filledTime: z.string().nullish(),
  filledTm: z.string().nullish(),
});
export const fillRow = z.preprocess(withVolume, fillFields);
export type FillRow = z.output<typeof fillRow>;

/** Recorded under `positionHistory` (2024-12), documented as `list` (2026). */
export const positionHistoryBody = z.object({ data: rowsIn('positionHistory', 'list') });

export const positionHistoryRow = z.object({
  symbol: z.string(),
  positionId: idIfAny,
  positionSide: word,
  openTime: epochMsIfAny,
  updateTime: epochMsIfAny,
  avgPrice: priceIfAny,
  avgClosePrice: priceIfAny,
  realisedProfit: figureIfAny,
  netProfit: figureIfAny,
  positionAmt: figureIfAny,
  closePositionAmt: figureIfAny,
  positionCommission: figureIfAny,
  totalFunding: figureIfAny,
  closeAllPositions: flagIfAny,
});
export type PositionHistoryRow = z.output<typeof positionHistoryRow>;

/** v3 answers a list of assets; older gateways one object under `balance`. */
export const balanceRow = z.object({ asset: z.string(), equity: figure, availableMargin: figure });
export const balanceBody = z.object({
  data: z.union([
    z.array(z.unknown()),
    z
      .object({ balance: z.union([z.array(z.unknown()), z.looseObject({})]) })
      .transform(({ balance }) => (Array.isArray(balance) ? balance : [balance])),
  ]),
});

export const positionModeBody = z.object({ data: z.object({ dualSidePosition: flagIfAny }) });

const keyRights = z.object({
  permissions: z.array(z.coerce.number().int()).nullish(),
  enableFutures: flagIfAny,
  enableWithdrawals: flagIfAny,
});
/** What a key may do, by numbers or by flags, documented bare and recorded in the usual envelope. */
export const keyPermissionsBody = z.union([
  z.object({ data: keyRights }).transform(({ data }) => data),
  keyRights,
]);

export const tickerBody = z.object({
  data: z.union([z.array(z.unknown()), z.looseObject({}).transform((row) => [row])]),
});
export const tickerRow = z.object({ symbol: z.string(), lastPrice: priceIfAny });
export const premiumRow = z.object({ symbol: z.string(), markPrice: priceIfAny });

export const rowsBody = z.object({ data: z.array(z.unknown()) });
export const tradeRow = z.object({ time: epochMs, price: figure });
/** Contract candles date themselves by `time`, mark-price candles by `openTime`. */
export const candleRow = z.object({
  time: epochMsIfAny,
  openTime: epochMsIfAny,
  open: figure,
  high: figure,
  low: figure,
  close: figure,
});

export const listenKeyBody = z.object({ listenKey: z.string().min(1) });
