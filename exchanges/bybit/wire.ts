/** The bodies of Bybit's REST answers and pushes, as documented. Every number arrives as a string with all its digits. */
import { z } from 'zod';
import { epochMs, epochMsIfAny, figure, figureIfAny, flag, idText, priceIfAny } from '../fields.ts';

/** Ids are UUIDs or numbers; `""` stands for none. */
const orderId = idText.refine((value) => value !== '' && value !== '0', 'is no id');
const textIfAny = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

const side = z.enum(['Buy', 'Sell']);
/** 0 is the one leg of one-way mode; 1 and 2 are the long and the short leg of hedge mode. */
const positionIdx = idText.pipe(z.enum(['0', '1', '2']));

/** `timeNano` is what the exchange's clock said; the envelope's `time` is in every answer. */
export const serverTimeBody = z.object({ time: epochMs }).transform(({ time }) => time);

/** A list and the cursor of the page after it; the same for every list of Bybit. */
export const listBody = z
  .object({ result: z.object({ list: z.array(z.unknown()), nextPageCursor: textIfAny }) })
  .transform(({ result }) => result);

/** The answer to a placement or cancellation: ids, and nothing else. */
export const placedBody = z
  .object({ result: z.object({ orderId, orderLinkId: textIfAny }) })
  .transform(({ result }) => result);

/** The answer to several placements: a row of ids for each, and beside it a code for each. */
export const batchBody = z
  .object({
    result: z.object({ list: z.array(z.unknown()) }),
    retExtInfo: z.object({ list: z.array(z.unknown()) }),
  })
  .transform(({ result, retExtInfo }) => ({ ids: result.list, codes: retExtInfo.list }));
export const batchIds = z.object({ orderId: z.string(), orderLinkId: z.string() });
export const batchCode = z.object({ code: idText, msg: z.string() });

export const instrumentRow = z.object({
  symbol: z.string().min(1),
  contractType: z.string(),
  status: z.string(),
  settleCoin: z.string(),
  baseCoin: z.string().min(1),
  quoteCoin: z.string().min(1),
  priceFilter: z.object({ tickSize: figure, minPrice: priceIfAny, maxPrice: priceIfAny }),
  lotSizeFilter: z.object({
    qtyStep: figure,
    minOrderQty: figure,
    maxOrderQty: priceIfAny,
    maxMktOrderQty: priceIfAny,
    minNotionalValue: figureIfAny,
  }),
});
export type InstrumentRow = z.output<typeof instrumentRow>;

export const positionRow = z.object({
  symbol: z.string().min(1),
  positionIdx,
  side: z.string(),
  size: figure,
  avgPrice: priceIfAny,
  markPrice: priceIfAny,
  liqPrice: priceIfAny,
  unrealisedPnl: figureIfAny,
  leverage: priceIfAny,
  /** Of the position itself; blank or 0 where it has none. */
  stopLoss: priceIfAny,
  takeProfit: priceIfAny,
  /** When this position opened; `createdTime` is when the first one ever did on this symbol. */
  openTime: epochMsIfAny,
});
export type PositionRow = z.output<typeof positionRow>;

export const orderRow = z.object({
  symbol: z.string().min(1),
  orderId,
  orderLinkId: textIfAny,
  side,
  positionIdx,
  orderType: z.string(),
  orderStatus: z.string(),
  stopOrderType: textIfAny,
  tpslMode: textIfAny,
  /** Blank where a stop of the position names none. */
  qty: figureIfAny,
  cumExecQty: figureIfAny,
  avgPrice: priceIfAny,
  price: priceIfAny,
  triggerPrice: priceIfAny,
  triggerBy: textIfAny,
  triggerDirection: idText.nullish(),
  reduceOnly: flag,
  closeOnTrigger: flag,
  createdTime: epochMsIfAny,
  updatedTime: epochMsIfAny,
});
export type OrderRow = z.output<typeof orderRow>;

export const executionRow = z.object({
  symbol: z.string().min(1),
  execId: idText.refine((value) => value !== '', 'is no id'),
  orderId: idText.nullish().transform((value) => value ?? ''),
  orderLinkId: textIfAny,
  side: z.string(),
  execType: z.string(),
  createType: textIfAny,
  execPrice: figure,
  execQty: figure,
  execFee: figureIfAny,
  /** Blank: the coin that the market settles in. Fees can be paid in MNT. */
  feeCurrency: textIfAny,
  /** Taxes of some countries, besides `execFee`; blank elsewhere. */
  extraFees: z.unknown().optional(),
  execTime: epochMs,
  /** How much of it closed something; blank on rows of old accounts. */
  closedSize: figureIfAny,
  /** Not documented on REST rows; believed where it comes. */
  positionIdx: positionIdx.optional().catch(undefined),
  /** Orders the executions of one moment. */
  seq: figureIfAny,
});
export type ExecutionRow = z.output<typeof executionRow>;

export const closedPnlRow = z.object({
  symbol: z.string(),
  orderId,
  side: z.string(),
  closedSize: figure,
  avgEntryPrice: priceIfAny,
  avgExitPrice: priceIfAny,
  closedPnl: figure,
  createdTime: epochMs,
  updatedTime: epochMsIfAny,
});
export type ClosedPnlRow = z.output<typeof closedPnlRow>;

export const walletRow = z.object({
  accountType: z.string(),
  totalAvailableBalance: figureIfAny,
  coin: z.array(z.unknown()),
});
export const coinRow = z.object({
  coin: z.string(),
  equity: figure,
  walletBalance: figureIfAny,
  totalPositionIM: figureIfAny,
  totalOrderIM: figureIfAny,
});

const rights = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? undefined);
/** `readOnly` is 1 for a key that can only look. */
export const keyBody = z
  .object({
    result: z.object({
      readOnly: idText.nullish(),
      permissions: z
        .object({ ContractTrade: rights, Derivatives: rights, Wallet: rights })
        .nullish()
        .transform((value) => value ?? undefined),
    }),
  })
  .transform(({ result }) => result);

export const tickerRow = z.object({ symbol: z.string(), lastPrice: priceIfAny, markPrice: priceIfAny });
/** The highest price of a buying and the lowest of a selling limit order, right now. */
export const priceLimitBody = z
  .object({ result: z.object({ buyLmt: priceIfAny, sellLmt: priceIfAny }) })
  .transform(({ result }) => result);
export const tradeRow = z.object({ time: epochMs, price: figure });
/** Opening time, open, high, low, close, ... */
export const candleRow = z
  .tuple([epochMs, figure, figure, figure, figure], z.unknown())
  .transform(([openedAtMs, open, high, low, close]) => ({ openedAtMs, open, high, low, close }));
