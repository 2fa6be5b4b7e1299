/** One position of the simulated world: its workflow's loop over the books, publication included. */
import { takeTranche, type GrantedTranche } from '../../domain/position/add-tranche.ts';
import { decide, type Command } from '../../domain/position/decide.ts';
import { view } from '../../domain/position/describe.ts';
import { nextWakeAtMs, type Effect } from '../../domain/position/effects.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import { evolve } from '../../domain/position/evolve.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { LegSnapshot } from '../../domain/exchange-truth.ts';
import { planIntent } from '../../domain/position/orders.ts';
import type { PositionStart, PositionState } from '../../domain/position/position.ts';
import type { Tranche } from '../../domain/position/tranche.ts';
import { reconcile } from '../../domain/reconcile/reconcile.ts';
import { tradeRow, type TradeRow } from '../../domain/position/trade.ts';
import type { PositionView } from '../../domain/view.ts';
import type { Opening } from '../support/position-driver.ts';
import { PositionLoop } from '../support/position-loop.ts';
import { carryOut, type Call } from './calls.ts';
import type { World } from './world.ts';

/** One part of an entry, with protection of its own. */
export type Part = Omit<Tranche, 'id'> & { quantity: string; limitPrice: string | null };

/** What a position needs of its account. */
export type Desk = {
  world: World;
  /** Until a worker takes the position's next task; 0: at once. */
  downForMs: () => number;
  /** What the next call of a position meets. */
  call: (effect: Effect) => Omit<Call, 'state' | 'done'>;
  /** The projection's row and the journal's row, as the journal's activities write them. */
  publish: (life: Life, shown: PositionView) => void;
  journal: (life: Life, row: TradeRow) => void;
  /** Called after every change. */
  changed: (life: Life, before: PositionState, events: readonly PositionEvent[]) => void;
  ended: (life: Life) => void;
  /** What was reserved for a tranche is not needed. */
  freed: (life: Life, requestId: string) => void;
};

const WRITE_MS = 20;

/** A position with an entry for each part, as requests to add tranches will make it. */
export function openingOf(start: PositionStart, parts: readonly Part[], nowMs: number): Opening {
  const [first] = parts;
  if (!first) throw new Error('an entry has at least one part');
  const begun = evolve(initialState(start, nowMs), { type: 'PositionStarted', start, nowMs });
  const tranches = parts.map(({ quantity: _quantity, limitPrice: _limitPrice, ...terms }, index) => ({
    id: `t${index + 1}`,
    ...terms,
  }));
  let state: PositionState = { ...begun, tranches, trancheCount: parts.length };
  const base = state;
  const events = parts.map(({ quantity, limitPrice, iceberg }, index): PositionEvent => {
    const terms =
      limitPrice === null
        ? ({ kind: 'market', quantity } as const)
        : ({ kind: 'limit', quantity: iceberg?.visible ?? quantity, price: limitPrice } as const);
    const event: PositionEvent = {
      type: 'IntentPlanned',
      intent: planIntent(state, 'entry', `t${index + 1}`, terms, { nowMs }),
    };
    state = evolve(state, event);
    return event;
  });
  return { state: base, events };
}

export class Life extends PositionLoop {
  over = false;
  /** Counts what it sent outside, for who wants to see it quiet. */
  calls = 0;
  private readonly desk: Desk;
  private wakeAtMs: number | null = null;
  private unpublished = true;

  constructor(desk: Desk, first: Opening) {
    super(first);
    this.desk = desk;
    this.apply(first.events);
    this.go();
  }

  get nowMs(): number {
    return this.desk.world.nowMs;
  }

  get id(): string {
    const { account, symbol, leg, epoch } = this.state;
    return `${account}/${symbol}/${leg}/${epoch}`;
  }

  get idle(): boolean {
    return this.underWay.size === 0;
  }

  /** The watcher's reading. */
  signal(snapshot: LegSnapshot): void {
    this.whenUp(() => {
      this.apply(reconcile(this.state, snapshot, this.nowMs));
      this.go();
    });
  }

  /** What happens while no worker runs is dealt with later, in its order, at the time of then. */
  private whenUp(task: () => void): void {
    const ifRunning = (): void => {
      if (!this.over) task();
    };
    const waitMs = this.desk.downForMs();
    if (waitMs === 0) ifRunning();
    else this.desk.world.in(waitMs, ifRunning);
  }

  /** The account's word that a tranche may be added. */
  grant(granted: GrantedTranche): void {
    this.whenUp(() => {
      this.apply(takeTranche(this.state, granted, this.nowMs));
      this.go();
    });
  }

  /** @returns why it was refused */
  command(command: Command): string | undefined {
    if (this.over || this.desk.downForMs() > 0) return 'nobody answers';
    const decision = decide(this.state, command, this.nowMs);
    if ('events' in decision) this.apply(decision.events);
    this.go();
    return 'refused' in decision ? decision.refused.code : undefined;
  }

  protected begin(effect: Effect): void {
    const { desk } = this;
    this.calls += 1;
    if (effect.type === 'writeTrade') {
      const row = tradeRow(this.state);
      return desk.world.in(desk.downForMs() + WRITE_MS, () => {
        desk.journal(this, row);
        this.finish(effect.key, () => [{ type: 'TradeJournalled', figuresSource: row.figuresSource }]);
        this.go();
      });
    }
    if (effect.type === 'refuseTranche') desk.freed(this, effect.refused.requestId);
    const call = desk.call(effect);
    carryOut(
      {
        ...call,
        state: this.state,
        done: (answer) =>
          this.whenUp(() => {
            this.finish(effect.key, answer);
            this.go();
          }),
      },
      effect,
    );
  }

  protected changed(before: PositionState, events: readonly PositionEvent[]): void {
    this.unpublished = true;
    this.desk.changed(this, before, events);
  }

  /** As the workflow's loop does after everything that happens. */
  private go(): void {
    this.apply([]);
    this.startAll();
    if (this.idle && this.unpublished) this.publish();
    if (this.idle && this.state.stage.name === 'closed' && !this.over) {
      this.over = true;
      return this.desk.ended(this);
    }
    this.setClock();
  }

  private publish(): void {
    this.unpublished = false;
    this.underWay.add('publish');
    const shown = view(this.state, this.id, this.nowMs);
    this.desk.world.in(this.desk.downForMs() + WRITE_MS, () => {
      this.desk.publish(this, shown);
      this.underWay.delete('publish');
      this.go();
    });
  }

  private setClock(): void {
    const wakeAtMs = nextWakeAtMs(this.state, this.nowMs);
    if (wakeAtMs === this.wakeAtMs) return;
    this.wakeAtMs = wakeAtMs;
    if (wakeAtMs === null) return;
    this.desk.world.in(wakeAtMs - this.nowMs, () => {
      // Set to another time meanwhile.
      if (this.wakeAtMs !== wakeAtMs) return;
      this.whenUp(() => {
        this.wakeAtMs = null;
        this.go();
      });
    });
  }
}
