/** An order as BingX takes it: what is sent is what was asked, digit by digit; a closing order can never open. */
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { isConditional } from '../../domain/terms.ts';
import { createPlacing, priorityOf, type BatchRow, type Prepared } from '../placing.ts';
import type { Params } from '../ccxt/api.ts';
import type { BingxApi } from './api.ts';
import { positionSideOf } from './legs.ts';
import type { Market, Markets } from '../market-list.ts';
import { classOfCode } from './codes.ts';
import { batchBody, batchRow, placedBody } from './wire.ts';

/**
 * BingX drops a request that arrives later than this after its timestamp. The rule by which an order
 * is sent again relies on it: after `sentAtMs` plus this, a lost request can no longer become an order.
 */
export const RECEIVE_WINDOW_MS = 5_000;

/** @param batches protective orders of one moment leave together */
export const createPlacer = (api: BingxApi, markets: Markets, batches: boolean) =>
  createPlacing({
    markets,
    redact: api.redact,
    send: (request, market) =>
      api.call('placeOrder', orderParams(request, market), { priority: priorityOf(request), placing: true }),
    orderIdOf: (body) => placedBody.safeParse(body).data?.data,
    ...(batches && {
      batch: {
        max: MAX_BATCH,
        send: (orders: readonly Prepared<Market>[]) =>
          api.call('placeOrders', batchParams(orders), { priority: 'stop', placing: true }),
        rowsOf: batchRows,
      },
    }),
  });

const MAX_BATCH = 5;

/** The time window stands once, beside the orders. */
function batchParams(orders: readonly Prepared<Market>[]): Params {
  const rows = orders.map(({ request, market }) => {
    const { recvWindow: _, ...row } = orderParams(request, market);
    return row;
  });
  return { batchOrders: JSON.stringify(rows), recvWindow: String(RECEIVE_WINDOW_MS) };
}

/**
 * A row belongs to the order in its place, if all that it repeats of it agrees: BingX keeps no client id
 * on protective orders, and does not document how rows that it refused are told.
 */
function batchRows(body: unknown, orders: readonly Prepared<Market>[]): (BatchRow | undefined)[] {
  const rows = batchBody.safeParse(body).data?.data.orders;
  if (rows?.length !== orders.length) return [];
  return orders.map(({ request, market }, index) => {
    const row = batchRow.safeParse(rows[index]).data;
    if (!row || row.symbol !== market.id || row.type !== TYPES[request.kind]) return undefined;
    const code = row.errorCode ?? '0';
    if (code === '0') return row.orderId === undefined ? undefined : { orderId: row.orderId };
    const text = row.errorMsg ?? '';
    return { failure: { class: classOfCode(code, text) ?? 'other', code, reason: `code ${code}: ${text}` } };
  });
}

const TYPES = {
  market: 'MARKET',
  limit: 'LIMIT',
  stop_market: 'STOP_MARKET',
  take_profit_market: 'TAKE_PROFIT_MARKET',
} as const;

/** The request's parameters; the conditional kinds take no client id on BingX. */
export function orderParams(request: OrderRequest, market: Pick<Market, 'id'>): Params {
  const conditional = isConditional(request);
  const clientOrderId = request.clientOrderId.toLowerCase();
  return {
    symbol: market.id,
    type: TYPES[request.kind],
    side: request.side.toUpperCase(),
    positionSide: positionSideOf[request.leg],
    quantity: request.quantity,
    recvWindow: String(RECEIVE_WINDOW_MS),
    // In hedge mode BingX refuses the flag; there the leg and the side say it.
    ...(request.leg === 'net' ? { reduceOnly: String(request.reduceOnly) } : {}),
    // The documented name and the one that ccxt sends: BingX has used both.
    ...(conditional ? {} : { clientOrderId, clientOrderID: clientOrderId }),
    ...(request.kind === 'limit' && request.price !== undefined
      ? { price: request.price, timeInForce: 'GTC' }
      : {}),
    ...(conditional && request.triggerPrice !== undefined
      ? { stopPrice: request.triggerPrice, workingType: request.workingType ?? 'MARK_PRICE' }
      : {}),
  };
}
