/**
 * `evolve(state, event)`: the only way a position changes. No clock, no I/O, no decisions. It never
 * lets a fill shrink or a finished order live again: whatever arrives late or twice is harmless here.
 */
import { gt } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import { coverWanted, firstStopWanted } from './evolve-cover.ts';
import { evolveIntent, type OrderEvent } from './evolve-intent.ts';
import { evolveTranches, protectionSet } from './evolve-tranches.ts';
import { adopt, FIRST_IDENTITY_MS, seenWriter, toldWriter } from './evolve-outside.ts';
import { initialState } from './initial-state.ts';
import type { Intent, PositionState } from './position.ts';
import type { Finding } from '../view.ts';

/** Findings kept at most; the oldest notes go first. */
export const MAX_FINDINGS = 30;
/** Finished orders kept before those without effect are forgotten. */
export const KEPT_INTENTS = 300;
/** Orders that filled or rest are never forgotten; so many of them are a defect. */
export const MAX_INTENTS = 2_000;

/** The state after the event. Throws only on a defect: an event about an intent that does not exist. */
export function evolve(state: PositionState, event: PositionEvent): PositionState {
  return { ...apply(state, event), eventCount: state.eventCount + 1 };
}

function apply(state: PositionState, event: PositionEvent): PositionState {
  switch (event.type) {
    case 'PositionStarted':
      return initialState(event.start, event.nowMs);
    case 'PositionAdopted':
      return adopt(state, event);
    case 'IntentPlanned':
      if (state.intents.length >= MAX_INTENTS)
        throw new Error(`more than ${MAX_INTENTS} orders in one position`);
      return { ...state, intents: [...withoutSpent(state.intents), event.intent] };
    case 'IntentAccepted':
    case 'IntentRefused':
    case 'IntentDeferred':
    case 'IntentUnknown':
    case 'IntentAsked':
    case 'IntentProgressed':
    case 'IntentEnded':
    case 'IntentAltered':
    case 'CancelWanted':
    case 'CancelDeferred':
    case 'LookWanted':
    case 'IntentResurfaced':
      return evolveOrder(state, event);
    case 'SingleProtectionFound':
      return { ...state, singleProtection: true };
    case 'HeldOff':
      return {
        ...state,
        holdOffs: [
          ...state.holdOffs.filter((hold) => hold.key !== event.key),
          ...(event.attempts === 0
            ? []
            : [{ key: event.key, attempts: event.attempts, untilMs: event.untilMs }]),
        ],
      };
    case 'SnapshotCompared':
      return { ...state, lastSnapshotAtMs: event.takenAtMs, foreignOrders: event.foreignOrders };
    case 'ForeignOrdersChanged':
      return state; // for the journal
    case 'SecondWriterSeen':
      return { ...state, secondWriter: seenWriter(state, event) };
    case 'AccountTold':
      return toldWriter(state, event.nextAtMs);
    case 'PositionIdentified':
      return { ...state, exchangePositionId: event.exchangePositionId };
    case 'IdentityAsked':
      return { ...state, identify: { asks: state.identify.asks + 1, nextAtMs: event.nextAtMs } };
    case 'Suspected':
      return { ...state, suspicion: event.suspicion };
    case 'LifeStated':
      return { ...state, stated: { ...event.signs, takenAtMs: event.takenAtMs } };
    case 'SuspicionCleared':
      return { ...state, suspicion: null };
    case 'ExternallyChanged':
      if (state.externals.some((change) => change.fillId === event.change.fillId)) return state;
      return {
        ...state,
        externals: [...state.externals, event.change],
        entryAtMs: state.entryAtMs ?? event.change.atMs,
        lastFillAtMs: Math.max(state.lastFillAtMs ?? 0, event.change.atMs),
        levelGeneration: state.levelGeneration + 1,
      };
    case 'ProtectionSet':
      return { ...protectionSet(state, event), cover: coverWanted(state, event) };
    case 'TrancheAdded':
    case 'TranchesMerged':
    case 'TrancheDropped':
    case 'TrancheClosed':
    case 'TrancheRefused':
    case 'TrancheRefusalTold':
    case 'TrancheProfitable':
    case 'IcebergEnded':
      return { ...evolveTranches(state, event), levelGeneration: state.levelGeneration + 1 };
    case 'StopTrailed':
    case 'BreakEvenReached':
      return {
        ...evolveTranches(state, event),
        cover: firstStopWanted(state, event.nowMs),
        levelGeneration: state.levelGeneration + 1,
      };
    case 'TimeExitSet': {
      const { timeExit: _before, ...without } = state;
      return event.timeExit ? { ...without, timeExit: event.timeExit } : without;
    }
    case 'CloseRequested':
      if (state.stage.name !== 'entering' && state.stage.name !== 'open') return state;
      return { ...state, stage: { name: 'closing', reason: event.reason } };
    case 'PriceCrossed':
      return { ...state, crossings: [...state.crossings, event.crossing] };
    case 'CrossingSettled':
      return {
        ...state,
        crossings: state.crossings.filter((crossing) => crossing.levelId !== event.levelId),
      };
    case 'PositionOpened':
      if (state.stage.name !== 'entering') return state;
      return {
        ...state,
        stage: { name: 'open' },
        openedHereAtMs: event.nowMs,
        identify: { asks: 0, nextAtMs: event.nowMs + FIRST_IDENTITY_MS },
      };
    case 'CoverLost':
      return { ...state, cover: { name: 'uncovered', sinceMs: event.nowMs } };
    case 'CoverRestored':
      return {
        ...state,
        cover: { name: 'covered' },
        uncoveredMs:
          state.uncoveredMs + (state.cover.name === 'uncovered' ? event.nowMs - state.cover.sinceMs : 0),
      };
    case 'WentFlat':
      return {
        ...state,
        stage: { name: 'settling', sinceMs: event.nowMs, reason: event.reason },
        exitReason: event.reason,
        cover: { name: 'flat' },
        uncoveredMs:
          state.uncoveredMs + (state.cover.name === 'uncovered' ? event.nowMs - state.cover.sinceMs : 0),
        crossings: [],
        levelGeneration: state.levelGeneration + 1,
        settlement: { ...state.settlement, flatSeenAtMs: null, asks: 0, nextAtMs: 0, journalled: null },
      };
    case 'FlatSeen':
      return {
        ...state,
        settlement: {
          ...state.settlement,
          flatSeenAtMs: event.takenAtMs,
          ...(event.left && { left: event.left }),
          asks: 0,
          nextAtMs: 0,
        },
      };
    case 'SettlementAsked':
      return {
        ...state,
        settlement: { ...state.settlement, asks: state.settlement.asks + 1, nextAtMs: event.nextAtMs },
      };
    case 'FiguresFound':
      // One that closed before its id was ever read learns it from the row that proved to be its own.
      return {
        ...state,
        exchangePositionId: state.exchangePositionId ?? event.figures.exchangePositionId ?? null,
        settlement: { ...state.settlement, figures: event.figures },
      };
    case 'FillsRead':
      return state; // for the journal; what they say of quantities comes by `evidence.ts`
    case 'TradeJournalled':
      return { ...state, settlement: { ...state.settlement, journalled: event.figuresSource } };
    case 'PositionClosed':
      return { ...state, stage: { name: 'closed' } };
    case 'FindingRaised':
      return { ...state, findings: withFinding(state.findings, event.finding) };
    case 'FindingCleared':
      return { ...state, findings: state.findings.filter((finding) => finding.code !== event.code) };
    default:
      return unreachable(event);
  }
}

/** Days of refusals must not fill the state: the oldest orders that ended without any effect are forgotten. */
function withoutSpent(intents: Intent[]): Intent[] {
  if (intents.length < KEPT_INTENTS) return intents;
  const spent = intents.find(
    ({ role, status, filledQuantity }) =>
      role !== 'entry' && status.name === 'done' && !gt(filledQuantity, '0'),
  );
  return spent ? intents.filter((intent) => intent !== spent) : intents;
}

function evolveOrder(state: PositionState, event: OrderEvent): PositionState {
  const before = state.intents.find((intent) => intent.number === event.number);
  if (!before) throw new Error(`an event names order ${event.number}, which this position never planned`);
  const after = withTranche(state, evolveIntent(before, event));
  const filled = after.filledQuantity !== before.filledQuantity;
  const levels = filled || after.status.name !== before.status.name ? 1 : 0;
  const atMs = 'atMs' in event ? event.atMs : null;
  const sentAtMs = 'sentAtMs' in event ? event.sentAtMs : null;
  const firstHeardAtMs =
    known(sentAtMs) ?? known('createdAtMs' in event ? event.createdAtMs : null) ?? known(atMs);
  return {
    ...state,
    intents: state.intents.map((intent) => (intent.number === event.number ? after : intent)),
    levelGeneration: state.levelGeneration + levels,
    firstSentAtMs: state.firstSentAtMs ?? firstHeardAtMs,
    entryAtMs: filled && after.role === 'entry' ? (state.entryAtMs ?? after.filledAtMs) : state.entryAtMs,
    lastFillAtMs: filled && atMs !== null ? Math.max(state.lastFillAtMs ?? 0, atMs) : state.lastFillAtMs,
  };
}

/** What filled after its tranche was dropped for nothing is the first one's: no quantity is ever lost. */
function withTranche({ tranches }: PositionState, intent: Intent): Intent {
  const [first] = tranches;
  const isDropped = gt(intent.filledQuantity, '0') && !tranches.some(({ id }) => id === intent.trancheId);
  return isDropped && first ? { ...intent, trancheId: first.id } : intent;
}

/** A gateway time; 0 stands for one that nobody knows. */
const known = (atMs: number | null | undefined): number | null =>
  atMs === undefined || atMs === 0 ? null : atMs;

function withFinding(findings: Finding[], finding: Finding): Finding[] {
  const others = findings.filter((each) => each.code !== finding.code);
  const kept = others.length < MAX_FINDINGS ? others : dropOldestNote(others);
  return [...kept, finding];
}

function dropOldestNote(findings: Finding[]): Finding[] {
  const index = findings.findIndex((finding) => finding.kind === 'note');
  return findings.toSpliced(Math.max(index, 0), 1);
}

function unreachable(value: never): never {
  throw new Error(`an event of unknown type: ${JSON.stringify(value)}`);
}
