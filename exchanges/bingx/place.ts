/**
 * Sends one order. Invariants: exactly one request per call; what is sent is what was asked, digit by
 * digit; whatever is not BingX's definite word is `unknown`; a closing order can never open.
 */
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import { ExchangeFault } from '../errors.ts';
import { refusalOf, type Failure } from '../ccxt/failure.ts';
import { brokenRule } from '../market-rules.ts';
import type { Priority } from '../rate-limiter.ts';
import type { BingxApi, Params } from './api.ts';
import { positionSideOf } from './legs.ts';
import type { Market, Markets } from './markets.ts';
import { placedBody } from './wire.ts';

/**
 * BingX drops a request that arrives later than this after its timestamp. The rule by which an order
 * is sent again relies on it: after `sentAtMs` plus this, a lost request can no longer become an order.
 */
export const RECEIVE_WINDOW_MS = 5_000;

/** What may be asked again after this long, because nothing was sent for a reason of our own. */
const LOCAL_RETRY_MS = 1_000;

export function createPlacer(
  api: BingxApi,
  markets: Markets,
): (request: OrderRequest) => Promise<PlaceOutcome> {
  return async (request) => {
    const startedAtMs = Date.now();
    try {
      const market = await markets.bySymbol(request.symbol);
      const broken = brokenRule(request, market.rules);
      if (broken) return refusedHere('rule', broken, startedAtMs);
      return await send(api, request, market);
    } catch (error) {
      // Only the market list is read before sending: the order did not leave.
      if (error instanceof ExchangeFault && error.kind === 'unknown_symbol')
        return refusedHere('rule', error.message, startedAtMs);
      const reason = `not sent: ${error instanceof Error ? api.redact(error.message) : 'the market list failed'}`;
      return { ...refusedHere('rate_limited', reason, startedAtMs), retryAfterMs: LOCAL_RETRY_MS };
    }
  };
}

async function send(api: BingxApi, request: OrderRequest, market: Market): Promise<PlaceOutcome> {
  const params = orderParams(request, market);
  const reply = await api.call('placeOrder', params, { priority: priorityOf(request), placing: true });
  const times = { sentAtMs: reply.sentAtMs, answeredAtMs: reply.answeredAtMs };
  if (!reply.ok) return failed(reply.failure, times);
  const placed = placedBody.safeParse(reply.body);
  // HTML with status 200 and an answer without an id both end here.
  if (!placed.success) return { outcome: 'unknown', reason: 'the answer names no order', ...times };
  return { outcome: 'accepted', orderId: placed.data.data, ...times };
}

function failed(failure: Failure, times: { sentAtMs: number; answeredAtMs: number }): PlaceOutcome {
  const kind = refusalOf(failure);
  if (!kind) return { outcome: 'unknown', reason: failure.reason, ...times };
  return {
    outcome: 'refused',
    kind,
    reason: failure.reason,
    ...times,
    ...(failure.code === undefined ? {} : { code: failure.code }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
}

function refusedHere(
  kind: 'rule' | 'rate_limited',
  reason: string,
  atMs: number,
): Extract<PlaceOutcome, { outcome: 'refused' }> {
  return { outcome: 'refused', kind, reason, sentAtMs: atMs, answeredAtMs: Date.now() };
}

const TYPES = {
  market: 'MARKET',
  limit: 'LIMIT',
  stop_market: 'STOP_MARKET',
  take_profit_market: 'TAKE_PROFIT_MARKET',
} as const;

/** The request's parameters; the conditional kinds take no client id on BingX. */
export function orderParams(request: OrderRequest, market: Pick<Market, 'id'>): Params {
  const conditional = request.kind === 'stop_market' || request.kind === 'take_profit_market';
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

function priorityOf({ kind, reduceOnly }: OrderRequest): Priority {
  if (kind === 'stop_market' || kind === 'take_profit_market') return 'stop';
  return reduceOnly ? 'close' : 'entry';
}
