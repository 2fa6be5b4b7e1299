/**
 * One position against the model exchange under a schedule of time, deeds of others, lost answers and
 * bad readings. Checks at every step what must hold at every step.
 */
import { decide, type Command } from '../../domain/position/decide.ts';
import { gt } from '../../domain/decimal.ts';
import { nextWakeAtMs, type Effect } from '../../domain/position/effects.ts';
import { weigh } from '../../domain/reconcile/evidence.ts';
import type { LegSnapshot } from '../../domain/exchange-truth.ts';
import { found } from '../../domain/position/look-ups.ts';
import { cancelled, placed, placementLost } from '../../domain/position/outcomes.ts';
import type { Intent, PositionStart, PositionState } from '../../domain/position/position.ts';
import { effectFailed, figuresRead, legRead, trancheRefusalTold } from '../../domain/position/readings.ts';
import { reconcile } from '../../domain/reconcile/reconcile.ts';
import { tradeRow, type TradeRow } from '../../domain/position/trade.ts';
import { gateway, start, T0 } from './builders.ts';
import { ModelExchange } from './model-exchange.ts';
import { opening } from './position-driver.ts';
import { PositionLoop, unsent, type Answer } from './position-loop.ts';
import { holds } from './position-rules.ts';

/** How one call to the exchange goes wrong. */
export type Fault =
  | 'none'
  | 'lostBefore'
  | 'lostAfter'
  | 'lostLate'
  | 'workerLost'
  | 'rateLimited'
  | 'lagging'
  | 'empty';
type Pending = { key: string; answer: Answer; dueMs: number };

/** No list is empty more often in a row than this: a longer silence would be believed, by design. */
const MAX_EMPTY = 2;
const STEP_LIMIT = 4_000;

export class Simulation extends PositionLoop {
  now = T0;
  readonly exchange = new ModelExchange(gateway(T0));
  readonly rows: TradeRow[] = [];
  /** The faults that the next calls meet, first come first served. */
  faults: Fault[] = [];
  private pending: Pending[] = [];
  private empties = 0;
  private told = '';
  private lackingSinceMs: number | null = null;
  private oldReadings: LegSnapshot[] = [];

  constructor(change: Partial<PositionStart> = {}) {
    const first = opening(start(change), T0);
    super(first);
    this.exchange.ids = first.state.positionIds;
    this.apply(first.events);
    this.startAll();
  }

  get nowMs(): number {
    return this.now;
  }

  protected begin(effect: Effect): void {
    const { answer, afterMs } = this.perform(effect, this.faults.shift() ?? 'none');
    this.pending.push({ key: effect.key, answer, dueMs: this.now + afterMs });
  }

  private perform(effect: Effect, fault: Fault): { answer: Answer; afterMs: number } {
    const slow = fault === 'none' ? 50 : 1_500;
    switch (effect.type) {
      case 'place':
        return { answer: this.place(effect.intent, fault), afterMs: slow };
      case 'drop':
        return { answer: (_, nowMs) => [unsent(effect.intent, nowMs)], afterMs: 0 };
      case 'cancel':
        return { answer: this.cancel(effect.intent, fault), afterMs: slow };
      case 'find':
        return { answer: this.find(effect.intent, fault), afterMs: slow };
      case 'readLeg': {
        const reading = this.reading(fault);
        return { answer: (state, nowMs) => legRead(state, effect.why, reading, nowMs), afterMs: slow };
      }
      case 'readEvidence': {
        // Executions first, as the activity does.
        const proof = {
          fills: [...this.exchange.fills],
          closed: [...this.exchange.closed],
          snapshot: this.reading(fault),
        };
        if (fault === 'lostAfter')
          return { answer: (state, nowMs) => effectFailed(state, effect, 'it throws', nowMs), afterMs: slow };
        return { answer: (state, nowMs) => weigh(state, proof, nowMs), afterMs: slow };
      }
      case 'readFigures': {
        const report = {
          closed: fault === 'empty' ? [] : [...this.exchange.closed],
          fills: [...this.exchange.fills],
        };
        return { answer: (state, nowMs) => figuresRead(state, report, nowMs), afterMs: slow };
      }
      case 'writeTrade': {
        const row = tradeRow(this.state);
        this.rows.push(row);
        return { answer: () => [{ type: 'TradeJournalled', figuresSource: row.figuresSource }], afterMs: 20 };
      }
      case 'warnAccount':
        throw new Error(`a second writer is suspected, and there is none: ${effect.orderIds.join(', ')}`);
      case 'refuseTranche':
        return {
          answer: (_, nowMs) => trancheRefusalTold(effect.refused, true, nowMs),
          afterMs: slow,
        };
    }
  }

  private place({ number, request }: Intent, fault: Fault): Answer {
    const lost: Answer = (state, nowMs) => {
      const reason = 'no answer';
      if (fault === 'workerLost') return placementLost(state, number, { neverStarted: false, reason }, nowMs);
      return placed(state, number, { outcome: 'unknown', reason, sentAtMs, answeredAtMs: sentAtMs }, nowMs);
    };
    const sentAtMs = this.exchange.nowMs;
    if (fault === 'lostBefore') return lost;
    if (fault === 'lostLate') {
      this.exchange.receiveLater(request, 4_500);
      return lost;
    }
    if (fault === 'rateLimited') {
      const report = {
        outcome: 'refused',
        kind: 'rate_limited',
        reason: 'too many',
        sentAtMs,
        answeredAtMs: sentAtMs,
      } as const;
      return (state, nowMs) => placed(state, number, report, nowMs);
    }
    const outcome = this.exchange.place(request);
    if (fault === 'lostAfter' || fault === 'workerLost') return lost;
    return (state, nowMs) => placed(state, number, outcome, nowMs);
  }

  private cancel({ number, orderId }: Intent, fault: Fault): Answer {
    const unknown = { outcome: 'unknown', reason: 'no answer', answeredAtMs: this.exchange.nowMs } as const;
    if (orderId === null) throw new Error('cancels an order without an id');
    if (fault === 'lostBefore' || fault === 'rateLimited')
      return (state, nowMs) => cancelled(state, number, unknown, nowMs);
    const report = this.exchange.cancel(orderId);
    return (state, nowMs) =>
      cancelled(state, number, fault === 'none' || fault === 'empty' ? report : unknown, nowMs);
  }

  private find({ number, orderId, request, status, acceptedAtMs }: Intent, fault: Fault): Answer {
    if (fault !== 'none' && fault !== 'empty')
      return (state, nowMs) => found(state, number, { found: 'fault', reason: 'it throws' }, nowMs);
    const excludeOrderIds = this.state.intents.flatMap((other) =>
      other.number !== number && other.orderId !== null ? [other.orderId] : [],
    );
    const sentAtMs = status.name === 'unknown' && status.sentAtMs > 0 ? status.sentAtMs : acceptedAtMs;
    const report = this.exchange.find({
      orderId,
      request,
      excludeOrderIds,
      sinceMs: sentAtMs ?? this.state.firstSentAtMs,
    });
    return (state, nowMs) => found(state, number, report, nowMs);
  }

  private reading(fault: Fault): LegSnapshot {
    const how =
      fault === 'lagging'
        ? 'lagging'
        : fault === 'empty' && this.empties < MAX_EMPTY
          ? 'empty'
          : fault === 'lostAfter'
            ? 'incomplete'
            : 'true';
    if (how === 'empty') this.empties += 1;
    if (how === 'true') this.empties = 0;
    const reading = this.exchange.reading(how);
    this.oldReadings.push(reading);
    return reading;
  }

  /** The watcher's signal: a reading that differs from the one told last, or an old one delivered late or twice. */
  signal(how: 'true' | 'lagging' | 'empty' | 'incomplete' | 'old', pick = 0): void {
    const old = this.oldReadings[pick % Math.max(1, this.oldReadings.length)];
    const fault = (
      { true: 'none', lagging: 'lagging', empty: 'empty', incomplete: 'lostAfter', old: 'none' } as const
    )[how];
    const reading = how === 'old' && old ? old : this.reading(fault);
    const digest = JSON.stringify([
      reading.complete,
      reading.position?.quantity,
      reading.position?.side,
      reading.orders,
    ]);
    // As `differences.ts` does: what the position counts on and the list lacks is told again.
    const lacks = this.state.intents.some(
      ({ role, orderId, status }) =>
        (role === 'stop' || role === 'target') &&
        status.name === 'live' &&
        reading.orders.every((order) => order.orderId !== orderId),
    );
    const lackedLong = lacks && this.lackingSinceMs !== null && this.now - this.lackingSinceMs >= 5_000;
    this.lackingSinceMs = lacks ? (this.lackingSinceMs ?? this.now) : null;
    if (how !== 'old' && digest === this.told && !lackedLong) return;
    this.told = digest;
    this.lackingSinceMs = null;
    this.apply(reconcile(this.state, reading, this.now));
    this.startAll();
  }

  command(command: Command): void {
    const decision = decide(this.state, command, this.now);
    if ('events' in decision) this.apply(decision.events);
    this.startAll();
  }

  /** Time passes; answers arrive when due, deadlines are kept. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let steps = 0; ; steps++) {
      if (steps > STEP_LIMIT)
        throw new Error(`busy without end: ${this.pending.map(({ key }) => key).join(', ')}`);
      const wake = nextWakeAtMs(this.state, this.now) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(wake, ...this.pending.map(({ dueMs }) => dueMs));
      if (next > until) break;
      this.moveTo(Math.max(next, this.now));
      const due = this.pending.filter(({ dueMs }) => dueMs <= this.now);
      this.pending = this.pending.filter(({ dueMs }) => dueMs > this.now);
      for (const { key, answer } of due) this.finish(key, answer);
      this.apply([]);
      this.startAll();
    }
    this.moveTo(until);
    this.apply([]);
    this.startAll();
  }

  private moveTo(nowMs: number): void {
    this.exchange.advance(nowMs - this.now);
    this.now = nowMs;
  }

  protected changed(before: PositionState): void {
    const { state, exchange } = this;
    for (const intent of state.intents) {
      const earlier = before.intents.find((each) => each.number === intent.number);
      const revived = earlier?.status.name === 'done' && intent.status.name !== 'done';
      holds(!revived, 'a finished order lives again');
      const truth = exchange.orders.find((order) => order.orderId === intent.orderId);
      const more = truth !== undefined && gt(intent.filledQuantity, truth.filledQuantity);
      holds(!more, 'more is known to be filled than was filled');
    }
    const entries = exchange.acceptances.filter((request) => !request.reduceOnly);
    const ids = new Set(entries.map(({ clientOrderId }) => clientOrderId));
    holds(entries.length === ids.size, 'an entry was accepted twice');
    this.carryOver();
  }
}
