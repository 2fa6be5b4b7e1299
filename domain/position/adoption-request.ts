/** Whether a request to take a position up makes sense: its shape, and its levels against the market. */
import type { AdoptionFacts } from './adoption.ts';
import type { AdoptRequest, Refusal } from '../commands.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import { checkLevels } from '../rules.ts';
import { badRequest, checkShape } from './request-shape.ts';
import { needsVolatility } from './wishes.ts';

const KEYS = ['symbol', 'leg', 'policy', 'stopLoss', 'takeProfit', 'entryOrderId', 'openedAtMs', 'requestId'];
const POLICIES = ['watch', 'protect', 'manage'];
const LEGS = ['long', 'short', 'net'];

/** Synchronous, for the update's validator. */
export function checkAdoptShape(request: unknown): Refusal | null {
  const misshapen = checkShape(request, KEYS);
  if (misshapen) return misshapen;
  const { symbol, leg, policy } = request as Partial<Record<string, unknown>>; // an object, checked above
  if (typeof symbol !== 'string' || symbol === '')
    return badRequest('name the symbol, for example "BTC/USDT:USDT"');
  if (typeof leg !== 'string' || !LEGS.includes(leg))
    return badRequest('leg must be "long", "short" or "net"');
  if (policy !== undefined && (typeof policy !== 'string' || !POLICIES.includes(policy)))
    return badRequest('policy must be "watch", "protect" or "manage"');
  const { entryOrderId, openedAtMs, requestId } = request as Partial<Record<string, unknown>>;
  if (entryOrderId !== undefined && typeof entryOrderId !== 'string')
    return badRequest('entryOrderId must be a string');
  if (openedAtMs !== undefined && !(typeof openedAtMs === 'number' && Number.isSafeInteger(openedAtMs)))
    return badRequest('openedAtMs must be a time in ms since 1970');
  if (requestId !== undefined && (typeof requestId !== 'string' || requestId.length > 100))
    return badRequest('requestId must be a string of at most 100 characters');
  return null;
}

const UNMEASURED = badRequest(
  'a position is taken up with a price, a percent or a distance; set an average true range afterwards',
);

/** Against what the exchange says now. */
export function checkAdoption(
  request: AdoptRequest,
  { rules, price, snapshot }: AdoptionFacts,
): { position: ExchangePosition } | { refused: Refusal } {
  const { position } = snapshot;
  if (!position) {
    const text = `the exchange shows no position on ${request.symbol} ${request.leg}`;
    return { refused: { code: 'no_position', text } };
  }
  const { side, entryPrice = price } = position;
  const refused =
    checkLevels(request, { side, entry: entryPrice, price, rules }) ??
    (needsVolatility(request) ? UNMEASURED : null);
  return refused ? { refused } : { position };
}
