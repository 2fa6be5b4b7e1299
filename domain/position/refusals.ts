/** What a definite refusal of an order leads to, by the order's role. */
import { doubling } from '../backoff.ts';
import { alreadyCrossed } from './crossings.ts';
import type { PositionEvent } from './events.ts';
import { raised } from './findings.ts';
import { seenFlat } from '../reconcile/suspicions.ts';
import type { PlaceOutcome } from '../exchange-truth.ts';
import type { Intent, PositionState } from './position.ts';
import { holdOffKey } from './hold-offs.ts';
import { movedStop } from './protective-prices.ts';
import { activeIntents, isLive, openQuantity } from './quantities.ts';

type Refusal = Extract<PlaceOutcome, { outcome: 'refused' }>;

export function refused(
  state: PositionState,
  intent: Intent,
  refusal: Refusal,
  nowMs: number,
): PositionEvent[] {
  // Certainly not taken, and nothing is wrong with the order: the same one goes out again.
  if (refusal.kind === 'rate_limited' || refusal.kind === 'clock')
    return deferred(state, intent, refusal, nowMs);
  if (refusal.kind === 'quantity_locked' && isPartClose(state, intent)) {
    const waits = partLocked(state, intent, refusal, nowMs);
    if (waits.length > 0) return waits;
  }
  const { number } = intent;
  const reason = refusal.reason;
  const ended: PositionEvent = {
    type: 'IntentRefused',
    number,
    kind: refusal.kind,
    code: refusal.code ?? null,
    reason,
    nowMs,
  };
  switch (intent.role) {
    case 'entry':
      return [ended, raised('warning', 'entry_refused', `the exchange refused the entry: ${reason}`, nowMs)];
    case 'stop':
    case 'target':
      return [ended, ...protectionRefused(state, intent, refusal, nowMs)];
    case 'close':
      return [ended, ...closeRefused(state, intent, refusal, nowMs)];
  }
}

function deferred(state: PositionState, intent: Intent, refusal: Refusal, nowMs: number): PositionEvent[] {
  const attempts = intent.status.name === 'planned' ? intent.status.attempts : 0;
  const nextAtMs = nowMs + (refusal.retryAfterMs ?? doubling(250, attempts, 10_000));
  if (intent.role === 'entry' && nextAtMs - intent.plannedAtMs >= state.settings.entryValidMs) {
    const { kind, reason, code = null } = refusal;
    return [
      { type: 'IntentRefused', number: intent.number, kind, code, reason, nowMs },
      raised('warning', 'entry_refused', `the entry was given up, too old to send again: ${reason}`, nowMs),
    ];
  }
  return [{ type: 'IntentDeferred', number: intent.number, reason: refusal.reason, nextAtMs }];
}

function protectionRefused(
  state: PositionState,
  intent: Intent,
  refusal: Refusal,
  nowMs: number,
): PositionEvent[] {
  const role = intent.role === 'stop' ? 'stop' : 'target';
  const resting = activeIntents(state, role, intent.trancheId).filter(
    (each) => each.number !== intent.number && each.target === intent.target && isLive(each),
  );
  // Of several that rest, as after a merge, one of the same level tells most.
  const older =
    resting.find(({ request }) => request.triggerPrice === intent.request.triggerPrice) ?? resting[0];
  switch (refusal.kind) {
    case 'would_trigger':
      // The same level again, for more: then it is the price that went beyond, not the wish that is wrong.
      if (
        !movesByItself(state, intent) &&
        older?.request.triggerPrice !== undefined &&
        older.request.triggerPrice !== intent.request.triggerPrice
      )
        return keepOlder(state, intent, older.request.triggerPrice, refusal, nowMs);
      if (role === 'stop' || state.settings.instantTpEnabled)
        return closeAtOnce(state, intent, refusal, nowMs);
      return heldOff(state, intent, refusal, nowMs, { baseMs: 2_000, capMs: 60_000 });
    case 'protection_exists':
      // With an own one resting, it makes room first; with a foreign one, it is tried again later.
      if (older) return [{ type: 'SingleProtectionFound' }];
      return [
        { type: 'SingleProtectionFound' },
        ...heldOff(state, intent, refusal, nowMs, { baseMs: 1_000, capMs: 30_000 }),
      ];
    case 'no_position':
      // Right after a fill the exchange may not show the position yet.
      return noPosition(
        state,
        heldOff(state, intent, refusal, nowMs, { baseMs: 200, capMs: 5_000, quiet: true }),
        refusal,
        nowMs,
      );
    default:
      return heldOff(state, intent, refusal, nowMs, { baseMs: 1_000, capMs: 30_000 });
  }
}

/** The price is beyond the level: what it was to close is closed, all of the position or its part. */
function closeAtOnce(state: PositionState, intent: Intent, refusal: Refusal, nowMs: number): PositionEvent[] {
  const part = state.tranches.length > 1 || intent.target !== undefined || movesByItself(state, intent);
  if (part) {
    const waits = heldOff(state, intent, refusal, nowMs, { baseMs: 2_000, capMs: 60_000, quiet: true });
    return [...waits, ...alreadyCrossed(state, intent, nowMs)];
  }
  const stops = intent.role === 'stop';
  const reason = stops ? 'LAST_RESORT_STOP' : 'INSTANT_TAKE_PROFIT';
  const why = `the price is already beyond the ${stops ? 'stop' : 'target'}`;
  return [{ type: 'CloseRequested', reason, why, nowMs }];
}

/** Nobody asked for this price: it followed from where the price or a target had been. */
const movesByItself = (state: PositionState, { role, trancheId, request }: Intent): boolean => {
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  return (
    role === 'stop' && tranche !== undefined && movedStop(state, tranche)?.price === request.triggerPrice
  );
};

/** Once the exchange had time to show it, a position that it does not know is most likely closed. */
function noPosition(
  state: PositionState,
  held: PositionEvent[],
  { answeredAtMs }: Refusal,
  nowMs: number,
): PositionEvent[] {
  const late = answeredAtMs >= (state.lastFillAtMs ?? 0) + state.settings.positionLagMs;
  return late && !state.suspicion ? [...held, suspectFlat(state, nowMs)] : held;
}

/** A wish that the exchange would act on at once does not cost the protection that rests. */
function keepOlder(
  state: PositionState,
  intent: Intent,
  price: string,
  refusal: Refusal,
  nowMs: number,
): PositionEvent[] {
  return [
    {
      type: 'ProtectionSet',
      trancheId: intent.trancheId,
      ...olderWish(state, intent, price),
      why: 'the exchange refused the new one',
    },
    raised(
      'warning',
      `${intent.role}_refused`,
      `${intent.request.triggerPrice} was refused, ${price} stays: ${refusal.reason}`,
      nowMs,
    ),
  ];
}

function olderWish(
  state: PositionState,
  { role, trancheId, target }: Intent,
  price: string,
): Pick<Extract<PositionEvent, { type: 'ProtectionSet' }>, 'stopLoss' | 'takeProfit' | 'targets'> {
  if (role === 'stop') return { stopLoss: { price } };
  const targets = state.tranches.find(({ id }) => id === trancheId)?.targets;
  if (!targets) return { takeProfit: { price } };
  return { targets: targets.map((each) => (each.id === target ? { ...each, at: { price } } : each)) };
}

/** Wished once, not latched: when it ends, nothing plans it again. */
const isPartClose = (state: PositionState, intent: Intent): boolean =>
  intent.role === 'close' && (state.stage.name === 'open' || state.stage.name === 'entering');

const PART_CLOSE_ATTEMPTS = 5;

/** The target holds the quantity: it gives way, the same close goes out again, then the target rests anew. */
function partLocked(state: PositionState, intent: Intent, refusal: Refusal, nowMs: number): PositionEvent[] {
  const attempts = intent.status.name === 'planned' ? intent.status.attempts : 0;
  if (attempts >= PART_CLOSE_ATTEMPTS) return [];
  const nextAtMs = nowMs + doubling(300, attempts, 5_000);
  const targets = activeIntents(state, 'target', intent.trancheId).filter((each) => !each.cancelWanted);
  return [
    { type: 'IntentDeferred', number: intent.number, reason: refusal.reason, nextAtMs },
    ...targets.map((each) => ({
      type: 'CancelWanted' as const,
      number: each.number,
      why: 'holds the quantity',
    })),
  ];
}

function closeRefused(
  state: PositionState,
  intent: Intent,
  refusal: Refusal,
  nowMs: number,
): PositionEvent[] {
  const hold = heldOff(state, intent, refusal, nowMs, {
    baseMs: 300,
    capMs: 10_000,
    quiet: refusal.kind === 'no_position',
  });
  if (refusal.kind === 'no_position') return [...hold, suspectFlat(state, nowMs)];
  if (refusal.kind !== 'quantity_locked' || isPartClose(state, intent)) return hold;
  // Other orders hold the quantity: the target gives way first, the stop only when that was not enough.
  const targets = activeIntents(state, 'target', intent.trancheId);
  const inTheWay = targets.length > 0 ? targets : activeIntents(state, 'stop', intent.trancheId);
  return [
    ...hold,
    ...inTheWay
      .filter((each) => !each.cancelWanted)
      .map((each) => ({ type: 'CancelWanted' as const, number: each.number, why: 'holds the quantity' })),
  ];
}

/** Nothing there to close, says the exchange: look for the evidence. */
const suspectFlat = (state: PositionState, nowMs: number): PositionEvent => ({
  type: 'Suspected',
  suspicion: { ...(state.suspicion ?? seenFlat(nowMs, nowMs)), nextAtMs: nowMs },
});

type Pace = { baseMs: number; capMs: number; quiet?: boolean };

function heldOff(
  state: PositionState,
  intent: Intent,
  refusal: Refusal,
  nowMs: number,
  pace: Pace,
): PositionEvent[] {
  const key = holdOffKey(intent);
  const attempts = (state.holdOffs.find((hold) => hold.key === key)?.attempts ?? 0) + 1;
  const untilMs = nowMs + (refusal.retryAfterMs ?? doubling(pace.baseMs, attempts - 1, pace.capMs));
  const held: PositionEvent = { type: 'HeldOff', key, attempts, untilMs };
  if (pace.quiet) return [held];
  const text = `the exchange refused a ${intent.role} for ${openQuantity(state)}: ${refusal.reason}`;
  return [
    held,
    raised(intent.role === 'target' ? 'warning' : 'alarm', `${intent.role}_refused`, text, nowMs),
  ];
}
