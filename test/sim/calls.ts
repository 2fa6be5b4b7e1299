/**
 * Carries one effect out on the books, as the activities do it: when it arrives, when it is answered and
 * what the answer means. Reads that fail are tried again, as Temporal does; placements never are.
 */
import { rowsToAskFor } from '../../domain/reconcile/closed-match.ts';
import { weigh } from '../../domain/reconcile/evidence.ts';
import type { Effect } from '../../domain/position/effects.ts';
import type { LegSnapshot } from '../../domain/exchange-truth.ts';
import { found } from '../../domain/position/look-ups.ts';
import { cancelled, placed, placementLost, type PlaceReport } from '../../domain/position/outcomes.ts';
import type { Intent, PositionState } from '../../domain/position/position.ts';
import {
  effectFailed,
  evidenceLater,
  figuresRead,
  legRead,
  trancheRefusalTold,
} from '../../domain/position/readings.ts';
import type { Distortion } from '../../venue/wire.ts';
import { gateway } from '../support/builders.ts';
import { unsent, type Answer } from '../support/position-loop.ts';
import type { BooksExchange } from './books-exchange.ts';
import type { Fault } from './faults.ts';
import type { World } from './world.ts';

type Outside = Exclude<Effect, { type: 'writeTrade' }>;

export type Call = {
  world: World;
  exchange: BooksExchange;
  fault: Fault;
  /** Until a worker takes it. */
  waitMs: number;
  /** What falsifies the lists that a fault asks for. */
  lies: (fault: Fault) => Distortion | undefined;
  /** The position as it is when the effect begins. */
  state: PositionState;
  done: (answer: Answer) => void;
};

const OUT_MS = 20;
const BACK_MS = 30;
const SLOW_MS = 900;
/** A call without an answer is given up after this. */
const TIMEOUT_MS = 4_000;
/** A request that arrives later than this is not taken any more: its time stamp is too old. */
const LATE_MS = 4_500;
/** Start-to-close of an order's activity. */
const ORDER_LOST_MS = 6_000;
/** A dead worker's read goes to another one. */
const READ_LOST_MS = 5_000;
const RETRY_MS = 700;

/** Once a worker takes it; an entry that none took in time is given up, for certain unsent. */
export function carryOut(call: Call, effect: Outside): void {
  const { world, waitMs, state, done } = call;
  if (waitMs === 0) return begin(call, effect);
  const validMs = state.settings.entryValidMs;
  if (effect.type !== 'place' || effect.intent.role !== 'entry' || waitMs < validMs)
    return world.in(waitMs, () => begin(call, effect));
  const how = { neverStarted: true, reason: 'no worker took it' };
  world.in(validMs, () => done((now, nowMs) => placementLost(now, effect.intent.number, how, nowMs)));
}

function begin(call: Call, effect: Outside): void {
  switch (effect.type) {
    case 'place':
      return place(call, effect.intent);
    case 'drop':
      return call.world.in(0, () => call.done((_, nowMs) => [unsent(effect.intent, nowMs)]));
    case 'cancel':
      return cancel(call, effect.intent);
    case 'find':
      return read(call, effect, () => find(call, effect.intent));
    case 'readLeg':
      return read(call, effect, () => {
        const snapshot = readLeg(call);
        return (state, nowMs) => legRead(state, effect.why, snapshot, nowMs);
      });
    case 'readEvidence':
      return readEvidence(call, effect);
    case 'readFigures':
      return read(call, effect, () => readFigures(call));
    case 'warnAccount':
      throw new Error(`a second writer is suspected, and there is none: ${effect.orderIds.join(', ')}`);
    case 'refuseTranche':
      return call.world.in(BACK_MS, () =>
        call.done((_, nowMs) => trancheRefusalTold(effect.refused, true, nowMs)),
      );
  }
}

const lostFor: Partial<Record<Fault, number>> = {
  lostBefore: TIMEOUT_MS,
  lostAfter: TIMEOUT_MS,
  lostLate: TIMEOUT_MS,
  workerLost: ORDER_LOST_MS,
  workerLostBefore: ORDER_LOST_MS,
};

function place(call: Call, { number, request }: Intent): void {
  const { world, exchange, fault, done } = call;
  const sentAtMs = gateway(world.nowMs);
  const times = () => ({ sentAtMs, answeredAtMs: gateway(world.nowMs) });
  const answer = (ms: number, report: () => PlaceReport): void =>
    world.in(ms, () => {
      const said = { ...report(), ...times() };
      done((now, nowMs) => placed(now, number, said, nowMs));
    });
  if (fault === 'rateLimited')
    return answer(BACK_MS, () => ({
      outcome: 'refused',
      kind: 'rate_limited',
      reason: 'too many',
      ...times(),
    }));
  const arrives = fault !== 'lostBefore' && fault !== 'workerLostBefore';
  const arrivesMs = fault === 'lostLate' ? LATE_MS : fault === 'slow' ? SLOW_MS : OUT_MS;
  let report: PlaceReport = { outcome: 'unknown', reason: 'no answer', ...times() };
  if (arrives) world.in(arrivesMs, () => (report = exchange.place(request, fault !== 'noLook')));
  const lostMs = lostFor[fault];
  if (lostMs === undefined) return answer(arrivesMs + BACK_MS, () => report);
  if (lostMs === TIMEOUT_MS)
    return answer(TIMEOUT_MS, () => ({ outcome: 'unknown', reason: 'no answer', ...times() }));
  const how = { neverStarted: false, reason: 'the worker was lost' };
  world.in(lostMs, () => done((now, nowMs) => placementLost(now, number, how, nowMs)));
}

function cancel(call: Call, { number, orderId }: Intent): void {
  const { world, exchange, fault, done } = call;
  if (orderId === null) throw new Error('cancels an order without an id');
  const lostMs = fault === 'rateLimited' ? BACK_MS : lostFor[fault];
  const arrives = fault !== 'lostBefore' && fault !== 'workerLostBefore' && fault !== 'rateLimited';
  const arrivesMs = fault === 'lostLate' ? LATE_MS : fault === 'slow' ? SLOW_MS : OUT_MS;
  let report: ReturnType<BooksExchange['cancel']> | undefined;
  if (arrives) world.in(arrivesMs, () => (report = exchange.cancel(orderId)));
  world.in(lostMs ?? arrivesMs + BACK_MS, () => {
    const answeredAtMs = gateway(world.nowMs);
    const unknown = { outcome: 'unknown', reason: 'no answer', answeredAtMs } as const;
    const said = lostMs === undefined && report ? { ...report, answeredAtMs } : unknown;
    done((state, nowMs) => cancelled(state, number, said, nowMs));
  });
}

/** Until it was read: a lost answer or worker only costs time. */
function read(call: Call, effect: Effect, ask: () => Answer): void {
  const { world, fault, done } = call;
  if (fault === 'fails')
    return world.in(BACK_MS, () =>
      done((state, nowMs) => effectFailed(state, effect, 'it fails for good', nowMs)),
    );
  const waitMs = delayOf(fault);
  world.in(waitMs + OUT_MS, () => {
    const answer = ask();
    world.in(BACK_MS, () => done(answer));
  });
}

function delayOf(fault: Fault): number {
  switch (fault) {
    case 'lostBefore':
    case 'lostAfter':
    case 'lostLate':
      return TIMEOUT_MS + RETRY_MS;
    case 'workerLost':
    case 'workerLostBefore':
      return READ_LOST_MS + RETRY_MS;
    case 'rateLimited':
      return RETRY_MS;
    case 'slow':
      return SLOW_MS;
    default:
      return 0;
  }
}

function find({ state, exchange }: Call, intent: Intent): Answer {
  const { number, orderId, request, status, acceptedAtMs } = intent;
  const excludeOrderIds = state.intents.flatMap((other) =>
    other.number !== number && other.orderId !== null ? [other.orderId] : [],
  );
  const sentAtMs = status.name === 'unknown' && status.sentAtMs > 0 ? status.sentAtMs : acceptedAtMs;
  const report = exchange.find({
    orderId,
    request,
    excludeOrderIds,
    sinceMs: sentAtMs ?? state.firstSentAtMs,
  });
  return (now, nowMs) => found(now, number, report, nowMs);
}

/** @returns the leg as one request of its own shows it; of an incomplete answer, nothing is there */
function readLeg({ state, exchange, fault, lies }: Call): LegSnapshot {
  const { position, orders, ...rest } = exchange.legSnapshot(state, lies(fault));
  const times = { takenAtMs: rest.takenAtMs - OUT_MS, readAtMs: rest.readAtMs + BACK_MS };
  if (fault === 'incomplete')
    return { ...rest, ...times, complete: false, problems: ['positions: 502'], orders: [] };
  return { ...rest, ...times, orders, ...(position && { position }) };
}

/** Executions first, the list a moment later: what happens in between is in the list, and not explained. */
function readEvidence(call: Call, effect: Effect): void {
  const { world, exchange, state, done } = call;
  const sinceMs = state.firstSentAtMs ?? state.entryAtMs;
  if (sinceMs === null) return world.in(0, () => done((now, nowMs) => evidenceLater(now, nowMs)));
  let proof: Pick<Parameters<typeof weigh>[1], 'fills' | 'closed'> | undefined;
  world.in(delayOf(call.fault) + OUT_MS / 2, () => {
    const { symbol, exchangePositionId } = state;
    proof = {
      fills: exchange.fills({ ...state, sinceMs }),
      closed: exchange.closed({ symbol, sinceMs, exchangePositionId }),
    };
  });
  read(call, effect, () => {
    const { fills = [], closed = [] } = proof ?? {};
    const evidence = { fills, closed, snapshot: readLeg(call) };
    return (now, nowMs) => weigh(now, evidence, nowMs);
  });
}

function readFigures({ state, exchange, fault }: Call): Answer {
  const { symbol } = state;
  const exchangePositionId = rowsToAskFor(state);
  const sinceMs = state.entryAtMs ?? state.firstSentAtMs ?? 0;
  const closed = fault === 'empty' ? [] : exchange.closed({ symbol, sinceMs, exchangePositionId });
  const fills = closed.length === 0 ? [] : exchange.fills({ ...state, sinceMs });
  return (now, nowMs) => figuresRead(now, { closed, fills }, nowMs);
}
