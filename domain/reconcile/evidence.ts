/**
 * Weighs the evidence for a suspicion: a fresh reading of the leg, every execution since the position
 * began, and the exchange's own row of the closed position where it keeps one.
 *
 * Invariants kept here:
 * - executions decide: what they explain is applied, exactly and once, by their ids;
 * - a list that executions contradict changes nothing;
 * - only after long and steady silence of all executions is a complete list believed by itself, and
 *   then without inventing a price.
 */
import { div, gt, isPositive, lte, min, mul, sub, ZERO, type Decimal } from '../decimal.ts';
import { closedSinceEntry, couldBeOpen, isEntryPrice } from './closed-match.ts';
import type { PositionEvent } from '../position/events.ts';
import { evolve } from '../position/evolve.ts';
import { explain } from './executions.ts';
import { externally, reduceBy } from './external-changes.ts';
import { raised } from '../position/findings.ts';
import { secondWriterTraded } from './foreign-orders.ts';
import type { ClosedPosition, ExchangePosition, Fill, LegSnapshot } from '../exchange-truth.ts';
import type { PositionState, Suspicion } from '../position/position.ts';
import {
  activeIntents,
  closedQuantity,
  entryPrice,
  openQuantity,
  sameQuantity,
} from '../position/quantities.ts';
import { agrees, belongs, comparable, ownReading } from './reconcile.ts';
import { onlyTraded, type LifeSigns } from './same-life.ts';
import { isSuccessor } from './successor.ts';
import { askAgain } from './suspicions.ts';

export type Evidence = {
  snapshot: LegSnapshot;
  fills: Fill[];
  /** Rows of this exchange position id, or of the leg since the entry where there are no ids. */
  closed: ClosedPosition[];
};

/** A steady, complete list that nothing explains is believed after this long and this many readings. */
const PATIENCE_MS = 30_000;
const PATIENCE_READINGS = 4;

/** So long, and so often, the list has to show another average or date before that is believed. */
const STATED_MS = 5_000;
const STATED_READINGS = 2;

/** So long the list has to show another id for the same position before that is believed. */
const RENAMED_MS = 8_000;
const RENAMED_READINGS = 2;

export function weigh(state: PositionState, evidence: Evidence, nowMs: number): PositionEvent[] {
  const events: PositionEvent[] = [];
  let now = state;
  const take = (more: PositionEvent[]): void => {
    for (const event of more) now = evolve(now, event);
    events.push(...more);
  };
  take(explain(state, evidence.fills, nowMs));
  take(secondWriterTraded(now, evidence.fills, nowMs));
  take(ownReading(now, evidence.snapshot, nowMs));
  const { complete, takenAtMs } = evidence.snapshot;
  const stale = state.lastSnapshotAtMs !== null && takenAtMs < state.lastSnapshotAtMs;
  if (!complete || stale) take(waitLonger(now, nowMs));
  else if (!agrees(now, evidence.snapshot.position)) take(judge(now, evidence, nowMs));
  else if (now.suspicion?.signs) take(judgeLife(now, now.suspicion, now.suspicion.signs, nowMs));
  return events;
}

function judge(state: PositionState, evidence: Evidence, nowMs: number): PositionEvent[] {
  const { suspicion } = state;
  if (!suspicion) return [];
  // An own order in doubt may be the one that closed it: it is settled first, so that the close is its own.
  if (!comparable(state, evidence.snapshot)) return waitLonger(state, nowMs);
  const row = evidence.closed.find((each) => each.whole && ownRow(state, each));
  const gone = !evidence.snapshot.position || !belongs(state, evidence.snapshot.position);
  if (gone && row) {
    const left = sub(row.quantity, closedQuantity(state));
    if (isPositive(left)) return closedByRow(state, row, left, evidence.snapshot.takenAtMs);
    const anew = openedAnew(state, evidence.snapshot);
    if (anew.length > 0) return anew;
  }
  if (isSuccessor(state, evidence.fills, evidence.snapshot.position)) {
    return [
      { type: 'FlatSeen', takenAtMs: evidence.snapshot.takenAtMs, left: true },
      { type: 'SuspicionCleared', why: "it is somebody's next position, opened after this one had closed" },
    ];
  }
  const again = renamed(state, evidence.snapshot, suspicion, nowMs);
  if (again.length > 0) return again;
  const steady = nowMs - suspicion.sinceMs >= PATIENCE_MS && suspicion.readings >= PATIENCE_READINGS;
  const restsStill = state.intents.some((intent) => intent.role !== 'entry' && intent.status.name === 'live');
  const doubtful = gone && !row && restsStill && state.positionIds;
  if (steady && !doubtful) return believe(state, evidence.snapshot, nowMs);
  return waitLonger(state, nowMs);
}

/**
 * Executions tell of nothing that would explain an average or a date: then the exchange is taken at its word,
 * once they had their time to show. It changes no quantity.
 */
function judgeLife(
  state: PositionState,
  { sinceMs, readings, takenAtMs }: Suspicion,
  signs: LifeSigns,
  nowMs: number,
): PositionEvent[] {
  const early = readings < STATED_READINGS || nowMs - sinceMs < STATED_MS;
  if (early && !onlyTraded(state, signs)) return waitLonger(state, nowMs);
  const before = entryPrice(state);
  const text = `the exchange's average entry is ${signs.entryPrice}, ours was ${before}, and no execution explains it`;
  return [
    { type: 'LifeStated', signs, takenAtMs },
    { type: 'SuspicionCleared', why: 'the exchange kept saying so, and no execution tells of it' },
    ...(signs.entryPrice === undefined || before === null || isEntryPrice(state, signs.entryPrice, before)
      ? []
      : [raised('warning', 'inferred_change', text, nowMs)]),
  ];
}

const ownRow = (state: PositionState, row: ClosedPosition): boolean =>
  state.exchangePositionId !== null &&
  row.exchangePositionId === state.exchangePositionId &&
  closedSinceEntry(state, row);

/**
 * The same position under another id, and no execution, no row and no order that tells of a change:
 * the id was learnt from a list that still showed the leg's last life.
 */
function renamed(
  state: PositionState,
  { position }: LegSnapshot,
  { readings, sinceMs }: Suspicion,
  nowMs: number,
): PositionEvent[] {
  if (!position?.exchangePositionId || belongs(state, position) || position.side !== state.side) return [];
  if (!sameQuantity(state, position.quantity, openQuantity(state)) || !couldBeOpen(state, position))
    return [];
  if (readings < RENAMED_READINGS || nowMs - sinceMs < RENAMED_MS) return [];
  const { exchangePositionId, openedAtMs = null } = position;
  return [
    { type: 'PositionIdentified', exchangePositionId, openedAtMs },
    { type: 'SuspicionCleared', why: 'it was known under the id of an earlier position' },
  ];
}

const waitLonger = (state: PositionState, nowMs: number): PositionEvent[] =>
  askAgain(state, nowMs, { baseMs: 500, capMs: 15_000 });

/**
 * The exchange's own row says that this very position is closed.
 * @param left what the row closed and is not known to be closed
 */
function closedByRow(
  state: PositionState,
  row: ClosedPosition,
  left: Decimal,
  seenAtMs: number,
): PositionEvent[] {
  const open = openQuantity(state);
  // What an entry fills later than this is another position of the exchange, with a row of its own.
  const last = lte(open, left) && activeIntents(state, 'entry').length === 0;
  return [
    ...(last ? [{ type: 'FiguresFound' as const, figures: row }] : []),
    ...reduceBy(state, min(open, left), {
      fillId: `closed/${row.exchangePositionId ?? state.epoch}`,
      price: row.closePrice ?? null,
      atMs: row.closedAtMs ?? seenAtMs,
      cause: row.forced ?? 'manual',
    }),
    { type: 'SuspicionCleared', why: 'the exchange closed it' },
  ];
}

/** All of the closed one is accounted for, and what the entry filled after it is a position with a new id. */
function openedAnew(state: PositionState, { position }: LegSnapshot): PositionEvent[] {
  if (!position?.exchangePositionId || position.side !== state.side) return [];
  if (!sameQuantity(state, position.quantity, openQuantity(state))) return [];
  const { exchangePositionId, openedAtMs = null } = position;
  return [
    { type: 'PositionIdentified', exchangePositionId, openedAtMs },
    { type: 'SuspicionCleared', why: "the rest of the entry opened it anew after a close that wasn't ours" },
  ];
}

/** Takes a steady list at its word: a price only where the exchange's average makes one certain. */
function believe(state: PositionState, snapshot: LegSnapshot, nowMs: number): PositionEvent[] {
  const position =
    snapshot.position && belongs(state, snapshot.position) && snapshot.position.side === state.side
      ? snapshot.position
      : undefined;
  const open = openQuantity(state);
  const seen = position?.quantity ?? ZERO;
  const inferred = {
    fillId: `inferred/${snapshot.takenAtMs}`,
    atMs: snapshot.takenAtMs,
    cause: 'inferred' as const,
  };
  const change = gt(seen, open)
    ? [externally(state, sub(seen, open), { ...inferred, price: addedAt(state, open, position) })]
    : reduceBy(state, sub(open, seen), { ...inferred, price: null });
  return [
    ...change,
    { type: 'SuspicionCleared', why: 'the exchange kept saying so' },
    {
      type: 'FindingRaised',
      finding: {
        kind: 'warning',
        code: 'inferred_change',
        text: `the exchange shows ${seen} instead of ${open}, and no execution explains it`,
        atMs: nowMs,
      },
    },
  ];
}

/** The price at which an addition makes the exchange's average true; null where no average is known. */
function addedAt(
  state: PositionState,
  open: Decimal,
  position: ExchangePosition | undefined,
): Decimal | null {
  const before = entryPrice(state);
  if (position?.entryPrice === undefined || before === null) return null;
  const added = sub(position.quantity, open);
  const price = div(sub(mul(position.entryPrice, position.quantity), mul(before, open)), added);
  return isPositive(price) ? price : null;
}
