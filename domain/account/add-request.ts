/** What an added tranche is checked for before it is held against the limits (`risk.ts`). */
import type { AddTrancheRequest, Refusal } from '../commands.ts';
import { entryWish } from '../position/entry.ts';
import { checkVisible } from '../position/iceberg.ts';
import { badRequest, checkShape } from '../position/request-shape.ts';
import { checkWholeWish, WISH_KEYS } from '../position/wishes.ts';
import { checkNotional, checkPrice, checkQuantity } from '../rules.ts';
import type { AccountState, DefaultProtection, EntryFacts } from './account.ts';
import { isOn, type TakenLeg } from './exposure.ts';
import { checkEntriesOn } from './open-request.ts';
import { checkSymbol } from './risk.ts';

const KEYS = ['symbol', 'leg', 'quantity', 'limitPrice', 'visibleQuantity', ...WISH_KEYS, 'requestId'];

/** Before anything is asked of the exchange: whether entries are on, the request's shape, and its position. */
export function checkAddRequest(state: AccountState, request: unknown): Refusal | null {
  const misshapen = checkEntriesOn(state) ?? checkAddShape(request);
  if (misshapen) return misshapen;
  const asked = request as AddTrancheRequest; // its symbol and leg were checked above
  const leg = runningLeg(state, asked);
  return checkSymbol(state.limits, asked.symbol) ?? ('code' in leg ? leg : null);
}

function checkAddShape(request: unknown): Refusal | null {
  const misshapen = checkShape(request, KEYS);
  if (misshapen) return misshapen;
  const { symbol, leg, requestId } = request as Partial<Record<string, unknown>>; // an object, checked above
  if (typeof symbol !== 'string' || symbol === '')
    return badRequest('name the symbol, for example "BTC/USDT:USDT"');
  if (leg !== 'net' && leg !== 'long' && leg !== 'short')
    return badRequest('leg must be "net", or in hedge mode "long" or "short"');
  return requestId === undefined ||
    (typeof requestId === 'string' && requestId !== '' && requestId.length <= 100)
    ? null
    : badRequest('requestId must be a string of at most 100 characters');
}

/** The leg that it is to be added to, or why there is none. */
export function runningLeg({ legs }: AccountState, wanted: Pick<AddTrancheRequest, 'symbol' | 'leg'>) {
  const leg = legs.find(isOn(wanted));
  const name = `${wanted.symbol} ${wanted.leg}`;
  if (leg?.state === 'running') return leg;
  const text = leg
    ? `${name} is only being opened: add to it in a moment`
    : `no position runs on ${name}: open one, or have the one that is there adopted`;
  return { code: 'no_position', text } satisfies Refusal;
}

/** Against the market: rules, sides and sizes; what is configured for all entries too. */
export function checkAddMarket(
  request: AddTrancheRequest,
  { side }: Pick<TakenLeg, 'side'>,
  { rules, price: latest, atr = null, positions }: EntryFacts,
  defaults: DefaultProtection = {},
): Refusal | null {
  const there = positions.find(isOn(request));
  if (there && there.side !== side)
    return {
      code: 'no_position',
      text: `the exchange shows a ${there.side} on ${request.symbol} ${request.leg}: somebody turned the position over`,
    };
  const price = request.limitPrice ?? latest;
  const figures =
    checkQuantity(request.quantity, rules) ??
    (request.limitPrice === undefined ? null : checkPrice('limitPrice', request.limitPrice, rules)) ??
    checkNotional(request.quantity, price, rules) ??
    checkVisible(request, rules);
  return figures ?? checkWholeWish(entryWish(request, defaults), { side, entry: price, price, rules }, atr);
}
