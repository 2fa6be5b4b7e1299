/** What an entry is checked for before it is held against the limits (`risk.ts`). */
import type { OpenPositionRequest, Refusal } from '../commands.ts';
import { entryWish } from '../position/entry.ts';
import { checkVisible } from '../position/iceberg.ts';
import { badRequest, checkShape } from '../position/request-shape.ts';
import { checkTimeExit } from '../position/time-exit.ts';
import { checkWholeWish, WISH_KEYS } from '../position/wishes.ts';
import { checkNotional, checkPrice, checkQuantity } from '../rules.ts';
import type { AccountState, DefaultProtection, EntryFacts } from './account.ts';
import { checkHalt } from './halt.ts';
import { checkSymbol } from './risk.ts';

/**
 * Before anything is asked of the exchange: whether entries are on, the request's shape, and its symbol.
 *
 * @param nowMs a time exit must be ahead of it
 */
export function checkRequest(state: AccountState, request: unknown, nowMs: number): Refusal | null {
  const misshapen = checkEntriesOn(state) ?? checkOpenShape(request, nowMs);
  if (misshapen) return misshapen;
  const { symbol } = request as Pick<OpenPositionRequest, 'symbol'>; // a string, checked above
  return checkSymbol(state.limits, symbol);
}

/** Whether the account takes anything that opens or adds. */
export function checkEntriesOn(state: AccountState): Refusal | null {
  const halted = checkHalt(state, state.account);
  if (halted) return halted;
  if (!state.paused) return null;
  return {
    code: 'paused',
    text: `entries on ${state.account} are paused${state.pausedReason ? `: ${state.pausedReason}` : ''}; resume first`,
  };
}

const OPEN_KEYS = [
  'symbol',
  'side',
  'quantity',
  'limitPrice',
  'visibleQuantity',
  ...WISH_KEYS,
  'timeExit',
  'workingType',
  'instantTp',
  'requestId',
];

function checkOpenShape(request: unknown, nowMs: number): Refusal | null {
  const misshapen = checkShape(request, OPEN_KEYS);
  if (misshapen) return misshapen;
  const { symbol, side, workingType, requestId, instantTp, timeExit } = request as Partial<
    Record<string, unknown>
  >; // an object, checked above
  if (typeof symbol !== 'string' || symbol === '')
    return badRequest('name the symbol, for example "BTC/USDT:USDT"');
  if (side !== 'long' && side !== 'short') return badRequest('side must be "long" or "short"');
  if (workingType !== undefined && workingType !== 'CONTRACT_PRICE' && workingType !== 'MARK_PRICE')
    return badRequest('workingType must be "CONTRACT_PRICE" or "MARK_PRICE"');
  if (instantTp !== undefined && typeof instantTp !== 'boolean')
    return badRequest('instantTp must be true or false');
  if (requestId !== undefined && (typeof requestId !== 'string' || requestId.length > 100))
    return badRequest('requestId must be a string of at most 100 characters');
  return timeExit === undefined || timeExit === null ? null : checkTimeExit(timeExit, nowMs);
}

/** Against the market: rules, sides and sizes; what is configured for all entries too. */
export function checkMarket(
  request: OpenPositionRequest,
  facts: EntryFacts,
  defaults: DefaultProtection = {},
): Refusal | null {
  const { rules, atr = null } = facts;
  const price = request.limitPrice ?? facts.price;
  const figures =
    checkQuantity(request.quantity, rules) ??
    (request.limitPrice === undefined ? null : checkPrice('limitPrice', request.limitPrice, rules)) ??
    checkNotional(request.quantity, price, rules) ??
    checkVisible(request, rules);
  const at = { side: request.side, entry: price, price, rules };
  return figures ?? checkWholeWish(entryWish(request, defaults), at, atr);
}
