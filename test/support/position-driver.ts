/**
 * Drives one position as its workflow does, without Temporal: answers become events, the plan is
 * asked until it has nothing to add, effects are what a test answers next.
 */
import { decide, type Command, type Decision } from '../../domain/position/decide.ts';
import { effects, nextWakeAtMs, type Effect } from '../../domain/position/effects.ts';
import { weigh, type Evidence } from '../../domain/reconcile/evidence.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import { evolve } from '../../domain/position/evolve.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { ExchangeOrder, LegSnapshot, RefusalKind } from '../../domain/exchange-truth.ts';
import { openingEvents } from '../../domain/position/entry.ts';
import { found, type FindReport } from '../../domain/position/look-ups.ts';
import { cancelled, placed, placementLost, type CancelReport } from '../../domain/position/outcomes.ts';
import { plan } from '../../domain/position/plan.ts';
import type { Intent, IntentRole, PositionStart, PositionState } from '../../domain/position/position.ts';
import {
  accountTold,
  accountUnreachable,
  figuresRead,
  legRead,
  type FiguresReport,
} from '../../domain/position/readings.ts';
import { reconcile } from '../../domain/reconcile/reconcile.ts';
import { tradeRow, type TradeRow } from '../../domain/position/trade.ts';
import { exchangePosition, gateway, orderOf, POSITION_ID, snapshot, start, T0 } from './builders.ts';

/** More steps than any plan needs. */
const MAX_STEPS = 500;

/** The state after the events and all that follows from them; also what was recorded on the way. */
export function settle(
  state: PositionState,
  events: PositionEvent[],
  nowMs: number,
): { state: PositionState; recorded: PositionEvent[] } {
  const recorded = [...events];
  let current = events.reduce(evolve, state);
  for (let step = 0; ; step++) {
    const more = plan(current, nowMs);
    if (more.length === 0) return { state: current, recorded };
    if (step >= MAX_STEPS) throw new Error(`the plan does not settle: ${JSON.stringify(more[0])}`);
    recorded.push(...more);
    current = more.reduce(evolve, current);
  }
}

export type Opening = { state: PositionState; events: PositionEvent[] };

/** As `openBook` of the workflows does it. */
export function opening(from: PositionStart, nowMs: number): Opening {
  const state = initialState(from, nowMs);
  return { state, events: openingEvents(state, from, nowMs) };
}

type Filled = { orderId?: string; filled?: string; price?: string; status?: ExchangeOrder['status'] };

export class PositionDriver {
  now = T0;
  state: PositionState;
  readonly recorded: PositionEvent[] = [];
  /** The same, each with the time at which it was applied. */
  readonly applied: { event: PositionEvent; nowMs: number }[] = [];
  readonly rows: TradeRow[] = [];
  private nextOrderId = 5000;

  constructor(change: Partial<PositionStart> = {}) {
    const first = opening(start(change), T0);
    this.state = first.state;
    this.apply(first.events);
  }

  get stage(): string {
    return this.state.stage.name;
  }

  apply(events: PositionEvent[]): this {
    const next = settle(this.state, events, this.now);
    this.state = next.state;
    this.recorded.push(...next.recorded);
    this.applied.push(...next.recorded.map((event) => ({ event, nowMs: this.now })));
    return this;
  }

  /** Time passes; every deadline on the way is kept, as the workflow's timer does. */
  wait(ms: number): this {
    const until = this.now + ms;
    for (;;) {
      const wake = nextWakeAtMs(this.state, this.now);
      if (wake === null || wake > until) break;
      this.now = wake;
      this.apply([]);
    }
    this.now = until;
    return this.apply([]);
  }

  effects(): Effect[] {
    return effects(this.state, this.now);
  }

  /** `place stop`, `cancel target`, `find entry`, `readLeg flat`, ... */
  wanted(): string[] {
    return this.effects().map((effect) => {
      if (effect.type === 'readLeg') return `readLeg ${effect.why}`;
      return 'intent' in effect ? `${effect.type} ${effect.intent.role}` : effect.type;
    });
  }

  intents(role: IntentRole): Intent[] {
    return this.state.intents.filter((intent) => intent.role === role);
  }

  /** The newest intent of a role. */
  intent(role: IntentRole): Intent {
    const intent = this.intents(role).at(-1);
    if (!intent) throw new Error(`no ${role} was planned`);
    return intent;
  }

  private effect(type: 'place' | 'cancel' | 'find' | 'drop', role: IntentRole): Intent {
    const effect = this.effects().find(
      (each) => each.type === type && 'intent' in each && each.intent.role === role,
    );
    if (!effect || !('intent' in effect))
      throw new Error(`no ${type} ${role} is wanted, but: ${this.wanted().join(', ') || 'nothing'}`);
    return effect.intent;
  }

  /** The placement under way is accepted; with `filled`, the look right after shows that much. */
  accept(role: IntentRole, how: Filled = {}): this {
    const intent = this.effect('place', role);
    const orderId = how.orderId ?? String(this.nextOrderId++);
    const order =
      how.filled === undefined && how.status === undefined ? {} : { order: this.order(intent, orderId, how) };
    const times = { sentAtMs: gateway(this.now), answeredAtMs: gateway(this.now) + 5 };
    return this.apply(
      placed(this.state, intent.number, { outcome: 'accepted', orderId, ...times, ...order }, this.now),
    );
  }

  refuse(role: IntentRole, kind: RefusalKind, more: { code?: string; retryAfterMs?: number } = {}): this {
    const intent = this.effect('place', role);
    const times = { sentAtMs: gateway(this.now), answeredAtMs: gateway(this.now) + 5 };
    return this.apply(
      placed(
        this.state,
        intent.number,
        { outcome: 'refused', kind, reason: `it says ${kind}`, ...times, ...more },
        this.now,
      ),
    );
  }

  /** The placement's answer never came. */
  lose(role: IntentRole): this {
    const intent = this.effect('place', role);
    const times = { sentAtMs: gateway(this.now), answeredAtMs: gateway(this.now) + 5 };
    return this.apply(
      placed(this.state, intent.number, { outcome: 'unknown', reason: 'timeout', ...times }, this.now),
    );
  }

  /** The worker died, or was never there, while the placement was its task. */
  workerLost(role: IntentRole, how: { neverStarted: boolean }): this {
    const intent = this.effect('place', role);
    return this.apply(placementLost(this.state, intent.number, { ...how, reason: 'worker' }, this.now));
  }

  drop(role: IntentRole): this {
    const { number } = this.effect('drop', role);
    const nothing = { orderId: null, filledQuantity: null, averagePrice: null, atMs: 0, nowMs: this.now };
    return this.apply([
      { type: 'IntentEnded', number, how: 'unsent', reason: 'no longer wanted', ...nothing },
    ]);
  }

  find(role: IntentRole, report: Filled | 'none' | 'many' | 'fault'): this {
    const intent = this.effect('find', role);
    return this.apply(found(this.state, intent.number, this.findReport(intent, report), this.now));
  }

  /** The look-up finds the order just so. */
  foundAs(role: IntentRole, order: ExchangeOrder): this {
    const { number } = this.effect('find', role);
    const askedAtMs = gateway(this.now);
    return this.apply(found(this.state, number, { found: 'one', order, askedAtMs }, this.now));
  }

  private findReport(intent: Intent, report: Filled | 'none' | 'many' | 'fault'): FindReport {
    const askedAtMs = gateway(this.now);
    if (report === 'fault') return { found: 'fault', reason: 'it timed out' };
    if (report === 'none' || report === 'many') return { found: report, askedAtMs };
    return {
      found: 'one',
      order: this.order(intent, report.orderId ?? intent.orderId ?? String(this.nextOrderId++), report),
      askedAtMs,
    };
  }

  cancel(role: IntentRole, outcome: 'cancelled' | 'gone' | 'unknown', how?: Filled): this {
    const intent = this.effect('cancel', role);
    const answeredAtMs = gateway(this.now);
    const order = how && { order: this.order(intent, intent.orderId ?? '', how) };
    const report: CancelReport =
      outcome === 'cancelled' ? { outcome, answeredAtMs } : { outcome, reason: 'so it says', answeredAtMs };
    return this.apply(cancelled(this.state, intent.number, { ...report, ...order }, this.now));
  }

  /** An order as the exchange would show it. */
  order(intent: Intent, orderId: string, { filled, price, status }: Filled = {}): ExchangeOrder {
    const whole = filled !== undefined && filled === intent.request.quantity;
    return orderOf(intent.request, orderId, {
      ...intent.rests,
      status: status ?? (whole ? 'filled' : 'open'),
      filledQuantity: filled ?? '0',
      ...(filled === undefined || filled === '0' ? {} : { averagePrice: price ?? '109206.8' }),
    });
  }

  /** The resting orders that this position knows of, as a list would show them. */
  restingOrders(): ExchangeOrder[] {
    return this.state.intents
      .filter((intent) => intent.status.name === 'live' && intent.request.kind !== 'market')
      .map((intent) =>
        this.order(
          intent,
          intent.orderId ?? '',
          intent.filledQuantity === '0' ? {} : { filled: intent.filledQuantity, status: 'open' },
        ),
      );
  }

  /** A complete reading of now; by default just as this position believes the world to be. */
  reading(change: Partial<LegSnapshot> & { flat?: boolean } = {}): LegSnapshot {
    const { flat = false, ...rest } = change;
    const position = flat
      ? {}
      : { position: exchangePosition({ side: this.state.side, leg: this.state.leg }) };
    return snapshot(gateway(this.now), { ...position, orders: this.restingOrders(), ...rest });
  }

  observe(change: Partial<LegSnapshot> & { flat?: boolean } = {}): this {
    return this.apply(reconcile(this.state, this.reading(change), this.now));
  }

  readLeg(why: 'identify' | 'flat', change: Partial<LegSnapshot> & { flat?: boolean } = {}): this {
    if (!this.wanted().includes(`readLeg ${why}`))
      throw new Error(`no readLeg ${why} is wanted, but: ${this.wanted().join(', ')}`);
    return this.apply(legRead(this.state, why, this.reading(change), this.now));
  }

  weigh(change: Partial<Evidence> & { reading?: LegSnapshot } = {}): this {
    if (!this.wanted().includes('readEvidence'))
      throw new Error(`no evidence is wanted, but: ${this.wanted().join(', ')}`);
    const { reading = this.reading({ flat: true }), ...rest } = change;
    return this.apply(weigh(this.state, { snapshot: reading, fills: [], closed: [], ...rest }, this.now));
  }

  figures(report: Partial<FiguresReport> = {}): this {
    if (!this.wanted().includes('readFigures'))
      throw new Error(`no figures are wanted, but: ${this.wanted().join(', ')}`);
    return this.apply(figuresRead(this.state, { closed: [], fills: [], ...report }, this.now));
  }

  journal(): this {
    if (!this.wanted().includes('writeTrade'))
      throw new Error(`no row is wanted, but: ${this.wanted().join(', ')}`);
    const row = tradeRow(this.state);
    this.rows.push(row);
    return this.apply([{ type: 'TradeJournalled', figuresSource: row.figuresSource }]);
  }

  /** The account hears of a second writer, or its workflow does not run. */
  tellAccount(how: 'reached' | 'unreachable'): this {
    if (!this.wanted().includes('warnAccount'))
      throw new Error(`nobody is to be told, but: ${this.wanted().join(', ')}`);
    return this.apply(how === 'reached' ? accountTold : accountUnreachable(this.state, this.now));
  }

  decide(command: Command): Decision {
    return decide(this.state, command, this.now);
  }

  /** Takes a command that must not be refused. */
  command(command: Command): this {
    const decision = this.decide(command);
    if ('refused' in decision) throw new Error(`refused: ${decision.refused.text}`);
    return this.apply(decision.events);
  }

  finding(code: string): string | undefined {
    return this.state.findings.find((each) => each.code === code)?.text;
  }

  types(): string[] {
    return this.recorded.map((event) => event.type);
  }
}

/** Filled, identified, protected: open with a live stop and a live target. */
export function openPosition(change: Partial<PositionStart> = {}): PositionDriver {
  const position = new PositionDriver(change);
  const { request } = position.intent('entry');
  position.accept('entry', { orderId: '1981288264506753024', filled: request.quantity });
  if (position.state.positionIds) {
    position.observe({
      position: exchangePosition({
        exchangePositionId: POSITION_ID,
        quantity: request.quantity,
        side: position.state.side,
        leg: position.state.leg,
      }),
    });
  }
  if (position.wanted().includes('place stop')) position.accept('stop', { orderId: '601' });
  if (position.wanted().includes('place target')) position.accept('target', { orderId: '701' });
  // Seen resting, past the time in which the positions list may lag behind the fill.
  position.wait(5_000);
  return position.observe({
    position: exchangePosition({
      quantity: request.quantity,
      side: position.state.side,
      leg: position.state.leg,
    }),
  });
}
