/** What the answers to a position's own reads lead to. */
import type { Effect } from './effects.ts';
import type { PositionEvent } from './events.ts';
import { explain } from '../reconcile/executions.ts';
import { evolve } from './evolve.ts';
import type { ClosedPosition, Fill, LegSnapshot } from '../exchange-truth.ts';
import { found } from './look-ups.ts';
import { alarm } from './outcomes.ts';
import type { PositionState } from './position.ts';
import type { RefusedTranche } from './tranche.ts';
import { openQuantity } from './quantities.ts';
import { belongs, ownReading } from '../reconcile/reconcile.ts';
import { doubling } from '../backoff.ts';
import { matchClosed } from '../reconcile/closed-match.ts';
import { askAgain } from '../reconcile/suspicions.ts';
import { figuresWaitMs } from './trade.ts';
import { isZero } from '../decimal.ts';

/** A reading of the leg that the position asked for itself. */
export function legRead(
  state: PositionState,
  why: 'identify' | 'flat',
  snapshot: LegSnapshot,
  nowMs: number,
): PositionEvent[] {
  const events = ownReading(state, snapshot, nowMs);
  const after = events.reduce(evolve, state);
  if (why === 'identify') {
    if (after.exchangePositionId !== null) return events;
    return [
      ...events,
      { type: 'IdentityAsked', nextAtMs: nowMs + doubling(250, state.identify.asks, 15_000) },
    ];
  }
  const flat = snapshot.complete && isZero(openQuantity(after)) && isFlat(after, snapshot);
  const next: PositionEvent = flat
    ? {
        type: 'FlatSeen',
        takenAtMs: snapshot.takenAtMs,
        ...(snapshot.position && { left: true as const }),
      }
    : { type: 'SettlementAsked', nextAtMs: nowMs + doubling(250, state.settlement.asks, 15_000) };
  return [...events, next];
}

const isFlat = (state: PositionState, { position, takenAtMs }: LegSnapshot): boolean =>
  takenAtMs >= (state.lastFillAtMs ?? 0) &&
  (position === undefined || !belongs(state, position) || position.side !== state.side);

/** An outside action that failed for good, as nothing should: shown, and tried again later. */
export function effectFailed(
  state: PositionState,
  effect: Effect,
  reason: string,
  nowMs: number,
): PositionEvent[] {
  return [
    alarm('call_failed', `${effect.type} failed: ${reason}`, nowMs),
    ...triedLater(state, effect, reason, nowMs),
  ];
}

function triedLater(state: PositionState, effect: Effect, reason: string, nowMs: number): PositionEvent[] {
  switch (effect.type) {
    case 'readLeg':
      return effect.why === 'identify'
        ? [{ type: 'IdentityAsked', nextAtMs: nowMs + doubling(1_000, state.identify.asks, 60_000) }]
        : [settlementLater(state, nowMs)];
    case 'readFigures':
    case 'writeTrade':
      return [settlementLater(state, nowMs)];
    case 'readEvidence':
      return evidenceLater(state, nowMs);
    case 'find':
      return found(state, effect.intent.number, { found: 'fault', reason }, nowMs);
    case 'place':
    case 'cancel':
    case 'drop':
    case 'warnAccount':
    case 'refuseTranche':
      return []; // their failures are outcomes: see `outcomes.ts`
  }
}

const settlementLater = (state: PositionState, nowMs: number): PositionEvent => ({
  type: 'SettlementAsked',
  nextAtMs: nowMs + doubling(1_000, state.settlement.asks, 60_000),
});

/** The account knows of a second writer. */
export const accountTold: PositionEvent[] = [{ type: 'AccountTold', nextAtMs: null }];

/** The account could not be told of a second writer: the alarm stands, and it is told later. */
export const accountUnreachable = ({ secondWriter }: PositionState, nowMs: number): PositionEvent[] => [
  { type: 'AccountTold', nextAtMs: nowMs + doubling(1_000, secondWriter?.attempts ?? 0, 600_000) },
];

/** The account was told of a tranche that it need not reserve for, or could not be and is told later. */
export const trancheRefusalTold = (
  { requestId, attempts }: RefusedTranche,
  told: boolean,
  nowMs: number,
): PositionEvent[] => [
  {
    type: 'TrancheRefusalTold',
    requestId,
    nextAtMs: told ? null : nowMs + doubling(1_000, attempts, 600_000),
  },
];

/** Nothing to weigh yet: the suspicion stays. */
export const evidenceLater = (state: PositionState, nowMs: number): PositionEvent[] =>
  askAgain(state, nowMs, { baseMs: 1_000, capMs: 60_000 });

/** The exchange's own account of the leg since the entry. */
export type FiguresReport = {
  closed: ClosedPosition[];
  /** Best effort: empty where they could not be read. */
  fills: Fill[];
};

/** The exchange's rows of closed positions, asked for after the close. */
export function figuresRead(
  state: PositionState,
  { closed, fills }: FiguresReport,
  nowMs: number,
): PositionEvent[] {
  const matched = matchWith(state, closed, []) ?? matchWith(state, closed, explain(state, fills, nowMs));
  if (!matched) return [{ type: 'SettlementAsked', nextAtMs: nowMs + figuresWaitMs(state.settlement.asks) }];
  return [
    ...matched.explained,
    ...(fills.length > 0 ? [{ type: 'FillsRead' as const, fills }] : []),
    { type: 'FiguresFound', figures: matched.figures },
  ];
}

/** Without an addition that nobody told of yet, the sum would fit no row: so executions may be counted in. */
function matchWith(state: PositionState, closed: readonly ClosedPosition[], explained: PositionEvent[]) {
  const figures = matchClosed(explained.reduce(evolve, state), closed);
  return figures && { figures, explained };
}
