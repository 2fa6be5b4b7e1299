/**
 * `decide(state, command, now)`: what a request leads to, or why it is refused. Refusals are values.
 * Synchronous and pure, so that update validators can call it.
 */
import { eq, gt, isPositive, isZero, lt, sub } from '../decimal.ts';
import type {
  ClosePositionRequest,
  PriceCrossing,
  ProtectionPrice,
  Refusal,
  SetProtectionRequest,
} from '../commands.ts';
import type { PositionEvent } from './events.ts';
import { priceLevels } from './levels.ts';
import { closeIntent } from './orders.ts';
import type { PositionState, Tranche } from './position.ts';
import { activeIntents, entryPrice, openQuantity, protectionPrice, trancheQuantity } from './quantities.ts';
import { checkProtection, checkQuantity, checkSide } from '../rules.ts';

export type Command =
  | {
      type: 'setProtection';
      request: SetProtectionRequest;
      /** The latest price, where it is known: a level on its wrong side would act at once. */
      price?: string;
    }
  | { type: 'close'; request: ClosePositionRequest }
  | { type: 'priceCrossed'; crossing: PriceCrossing };

export type Decision = { events: PositionEvent[] } | { refused: Refusal };

export function decide(state: PositionState, command: Command, nowMs: number): Decision {
  switch (command.type) {
    case 'setProtection':
      return decideProtection(state, command.request, command.price, nowMs);
    case 'close':
      return decideClose(state, command.request, nowMs);
    case 'priceCrossed':
      return { events: decideCrossing(state, command.crossing, nowMs) };
  }
}

function decideProtection(
  state: PositionState,
  request: unknown,
  price: string | undefined,
  nowMs: number,
): Decision {
  const ended = refuseUnlessOpen(state);
  if (ended) return { refused: ended };
  const malformed = checkShape(request, ['trancheId', 'stopLoss', 'takeProfit']);
  if (malformed) return { refused: malformed };
  // Checked above: an object with no other keys; the values are checked one by one below.
  const { trancheId, stopLoss, takeProfit } = request as SetProtectionRequest;
  if (stopLoss === undefined && takeProfit === undefined) {
    return {
      refused: { code: 'bad_request', text: 'name stopLoss, takeProfit or both; null takes one away' },
    };
  }
  const tranches = state.tranches.filter((tranche) => trancheId === undefined || tranche.id === trancheId);
  if (tranches.length === 0) {
    return {
      refused: {
        code: 'unknown_tranche',
        text: `there is no tranche ${trancheId}: ${state.tranches.map(({ id }) => id).join(', ')}`,
      },
    };
  }
  for (const tranche of tranches) {
    const refused = checkWanted(state, tranche, { stopLoss, takeProfit }, price);
    if (refused) return { refused };
  }
  const wish = {
    ...(stopLoss === undefined ? {} : { stopLoss }),
    ...(takeProfit === undefined ? {} : { takeProfit }),
  };
  return {
    events: tranches.map(({ id }) => ({
      type: 'ProtectionSet',
      trancheId: id,
      ...wish,
      why: 'asked for',
      nowMs,
    })),
  };
}

type Wish = { stopLoss: ProtectionPrice | null | undefined; takeProfit: ProtectionPrice | null | undefined };

function checkWanted(
  state: PositionState,
  tranche: Tranche,
  wish: Wish,
  price: string | undefined,
): Refusal | null {
  const { market: rules, side } = state;
  for (const [name, spec] of [
    ['stopLoss', wish.stopLoss],
    ['takeProfit', wish.takeProfit],
  ] as const) {
    if (spec === undefined || spec === null) continue;
    const refused = checkSpecShape(name, spec) ?? checkProtection(name, spec, rules);
    if (refused) return refused;
  }
  const context = { side, entry: entryPrice(state), tickSize: rules.tickSize };
  const stop = protectionPrice(
    wish.stopLoss === undefined ? tranche.stopLoss : wish.stopLoss,
    'stop',
    context,
  );
  const target = protectionPrice(
    wish.takeProfit === undefined ? tranche.takeProfit : wish.takeProfit,
    'target',
    context,
  );
  if (stop !== null && target !== null) {
    const refused = checkSide('stop', stop, target, side);
    if (refused)
      return {
        code: 'wrong_side',
        text: `the stop loss ${stop} must be on the losing side of the take profit ${target}`,
      };
  }
  if (price === undefined) return null;
  return (
    (wish.stopLoss && stop !== null ? checkSide('stop', stop, price, side) : null) ??
    (wish.takeProfit && target !== null ? checkSide('target', target, price, side) : null)
  );
}

function decideClose(state: PositionState, request: unknown, nowMs: number): Decision {
  const ended = refuseUnlessOpen(state);
  if (ended) return { refused: ended };
  const malformed = checkShape(request, ['quantity']);
  if (malformed) return { refused: malformed };
  const { quantity } = request as ClosePositionRequest; // an object with no other keys, checked above
  const open = openQuantity(state);
  const whole: PositionEvent = { type: 'CloseRequested', reason: 'USER_CLOSE', why: 'asked for', nowMs };
  if (quantity === undefined) return { events: [whole] };
  const refused = checkQuantity(quantity, state.market);
  if (refused && !eqSafe(quantity, open)) return { refused };
  if (gt(quantity, open))
    return { refused: { code: 'over_maximum', text: `only ${open} is open: close that or less` } };
  if (eq(quantity, open)) return { events: [whole] };
  const left = sub(open, quantity);
  if (lt(left, state.market.minQuantity)) {
    return {
      refused: {
        code: 'under_minimum',
        text: `that would leave ${left}, under the minimum of ${state.market.minQuantity}, which no stop can protect: close all`,
      },
    };
  }
  const tranche = state.tranches.find(({ id }) => !lt(trancheQuantity(state, id), quantity));
  if (!tranche || activeIntents(state, 'close').length > 0) {
    return { refused: { code: 'closing', text: 'a close is under way already: wait for it' } };
  }
  return {
    events: [
      { type: 'IntentPlanned', intent: closeIntent(state, tranche.id, quantity, 'USER_CLOSE', nowMs) },
    ],
  };
}

const eqSafe = (quantity: unknown, open: string): boolean =>
  typeof quantity === 'string' && quantity === open && isPositive(open);

function decideCrossing(state: PositionState, crossing: PriceCrossing, nowMs: number): PositionEvent[] {
  const level = priceLevels(state).find((each) => each.levelId === crossing.levelId);
  if (!level || state.crossings.some((each) => each.levelId === level.levelId)) return [];
  const { levelId, kind, trancheId } = level;
  const role = kind === 'stop' ? 'stop' : 'target';
  return [
    { type: 'PriceCrossed', crossing: { levelId, kind, trancheId, sinceMs: nowMs } },
    // The order has most likely just acted: look now rather than wait for the next reading.
    ...activeIntents(state, role, trancheId).map((intent) => ({
      type: 'LookWanted' as const,
      number: intent.number,
      nowMs,
    })),
  ];
}

function refuseUnlessOpen(state: PositionState): Refusal | null {
  switch (state.stage.name) {
    case 'entering':
    case 'open':
      return null;
    case 'closing':
    case 'settling':
      return {
        code: 'closing',
        text: `the position is ${isZero(openQuantity(state)) ? 'closed' : 'closing'} already`,
      };
    case 'closed':
      return { code: 'no_position', text: 'the position is closed' };
  }
}

/** People type these by hand in the Web UI: a wrong key must not be taken for silence. */
function checkShape(request: unknown, keys: readonly string[]): Refusal | null {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return { code: 'bad_request', text: `send one JSON object with ${keys.join(', ')}` };
  }
  const stranger = Object.keys(request).find((key) => !keys.includes(key));
  return stranger === undefined
    ? null
    : { code: 'bad_request', text: `there is no ${stranger}: ${keys.join(', ')}` };
}

function checkSpecShape(name: string, spec: unknown): Refusal | null {
  const good =
    typeof spec === 'object' &&
    spec !== null &&
    'price' in spec !== 'percent' in spec &&
    Object.keys(spec).length === 1;
  return good
    ? null
    : { code: 'bad_request', text: `${name} must be {"price": "..."} or {"percent": "..."}` };
}
