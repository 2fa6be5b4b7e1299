/**
 * One account of the simulated world: its limits and reservations, its watcher, its positions, and what
 * the journal holds of them. Entries and adoptions go through the domain's own checks and builders.
 */
import { legKey, type LegId, type LegReading } from '../../activities/observe/legs.ts';
import { initialAccount, type AccountState } from '../../domain/account/account.ts';
import { checkAddMarket, checkAddRequest, runningLeg } from '../../domain/account/add-request.ts';
import type { AddedTranche, TakenLeg } from '../../domain/account/exposure.ts';
import { checkMarket, checkRequest } from '../../domain/account/open-request.ts';
import type { AdoptionFacts, KeptPolicy } from '../../domain/position/adoption.ts';
import { beginningOf } from '../../domain/position/beginning.ts';
import type { AddTrancheRequest, AdoptionPolicy, OpenPositionRequest } from '../../domain/commands.ts';
import { mul } from '../../domain/decimal.ts';
import { adoptionStart, openingEvents, positionStart } from '../../domain/position/entry.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import { epochAt } from '../../domain/ids.ts';
import type { PositionStart, PositionState } from '../../domain/position/position.ts';
import { checkAddition, checkLimits } from '../../domain/account/risk.ts';
import type { MarketRules, Symbol } from '../../domain/terms.ts';
import type { TradeRow } from '../../domain/position/trade.ts';
import { marketOf } from '../../venue/book/margin.ts';
import type { Distortion } from '../../venue/wire.ts';
import { settings } from '../support/builders.ts';
import type { Opening } from '../support/position-driver.ts';
import { BooksExchange } from './books-exchange.ts';
import { createLies, DISTORTIONS, type Fault } from './faults.ts';
import { FLAVOURS, type Flavour, type FlavourName } from './flavours.ts';
import { Life, openingOf, type Desk, type Part } from './life.ts';
import { createProjection } from './projection.ts';
import { venueSymbol } from './venue-rows.ts';
import { Watch } from './watch.ts';
import type { World } from './world.ts';

export type AccountPlan = {
  flavour: FlavourName;
  hedge: boolean;
  /** Stops and targets leave together, where the exchange takes them so. */
  batches: boolean;
  maxOpenPositions: number;
  /** Tranches that are profitable become one. */
  merges?: boolean;
  adoption: AdoptionPolicy;
};

/** Who looks on. */
export type Onlooker = {
  changed(desk: AccountDesk, life: Life, before: PositionState, events: readonly PositionEvent[]): void;
  /** @param before the row that stood there, if any */
  wrote(desk: AccountDesk, row: TradeRow, before: TradeRow | undefined): void;
  ended(desk: AccountDesk, life: Life): void;
};

/** Until the account knows that a leg is free. */
const FREE_MS = 30;
const READ_MS = 40;
/** A list may not show what was traded a shorter time ago: the facts are read again. */
const LAG_MS = 3_000;
const AGAIN_MS = 700;
/** A longer lie would be believed, by design. */
const BETWEEN_LIES_MS = 60_000;

export class AccountDesk {
  readonly world: World;
  readonly name: string;
  readonly plan: AccountPlan;
  readonly lives: Life[] = [];
  readonly exchange: BooksExchange;
  readonly watch: Watch;
  /** The journal: one row an epoch. */
  readonly rows = new Map<string, TradeRow>();
  account: AccountState;
  /** What the next calls of its positions meet. */
  faults: Fault[] = [];
  readonly met: Fault[] = [];
  private readonly flavour: Flavour;
  private readonly onlooker: Onlooker;
  private readonly projection = createProjection();
  private readonly lies = createLies(() => (this.world.nowMs < this.lie.untilMs ? this.lie.list : undefined));
  private lie: { untilMs: number; list: Distortion } = { untilMs: 0, list: DISTORTIONS.empty };
  private upAtMs = 0;

  constructor(world: World, name: string, plan: AccountPlan, onlooker: Onlooker) {
    this.world = world;
    this.name = name;
    this.plan = plan;
    this.onlooker = onlooker;
    this.flavour = FLAVOURS[plan.flavour];
    world.addAccount(name, plan.hedge);
    this.exchange = new BooksExchange(world.books, this.flavour, name);
    const configured = {
      settings: {
        '*': settings({
          batchProtection: plan.batches,
          ...(plan.merges && { mergeProfitable: { percent: '0.4' } }),
        }),
      },
      defaults: { '*': {} },
      limits: { maxOpenPositions: plan.maxOpenPositions },
      adoption: { '*': { policy: plan.adoption, stopLossPercent: '3', takeProfitPercent: '4' } },
    };
    this.account = initialAccount(name, { exchange: plan.flavour, mode: 'paper', ...configured });
    this.watch = this.startWatch();
  }

  private startWatch(): Watch {
    return new Watch({
      world: this.world,
      exchange: this.exchange,
      lies: this.lies,
      projected: () => this.projection.rows(),
      keeps: (key) => this.on(key) !== undefined,
      tell: (reading) => this.on(legKey(reading))?.signal(reading.snapshot),
      unmanaged: (legs) => this.takeUp(legs),
    });
  }

  /** The position that runs on a leg. */
  on(key: string): Life | undefined {
    return this.lives.find((life) => !life.over && legKey(life.state) === key);
  }

  get running(): Life[] {
    return this.lives.filter((life) => !life.over);
  }

  /** An entry in parts. @returns why it was refused */
  open(request: OpenPositionRequest, parts: readonly Part[]): string | undefined {
    const { account, world } = this;
    const facts = this.entryFacts(request.symbol);
    const refused =
      checkRequest(account, request, world.nowMs) ??
      checkMarket(request, facts) ??
      checkLimits(account, request, facts);
    if (refused) return refused.code;
    const start = positionStart(account, request, facts, this.freshEpoch());
    this.reserve(start, mul(start.quantity, facts.price));
    world.in(READ_MS, () => this.begin(openingOf(start, parts, world.nowMs)));
    return undefined;
  }

  /** More of a position that runs. @returns why it was refused */
  add(life: Life, request: AddTrancheRequest & { requestId: string }): string | undefined {
    const { account, world } = this;
    const { symbol, leg, epoch } = life.state;
    const facts = this.entryFacts(symbol);
    const taken = runningLeg(account, request);
    if ('code' in taken) return taken.code;
    const { requestId, quantity, limitPrice, takeProfitLevels } = request;
    const tranche: AddedTranche = {
      requestId,
      notional: mul(quantity, limitPrice ?? facts.price),
      entryRests: limitPrice !== undefined,
      targets: takeProfitLevels?.length ?? 1,
    };
    const refused =
      checkAddRequest(account, request) ??
      checkAddMarket(request, taken, facts) ??
      checkAddition(account, taken, tranche, facts);
    if (refused) return refused.code;
    this.change(life, (held) => ({ ...held, added: [...(held.added ?? []), tranche] }));
    const { symbol: _symbol, leg: _leg, ...granted } = request;
    world.in(READ_MS, () => this.on(legKey({ symbol, leg }))?.grant({ ...granted, epoch }));
    return undefined;
  }

  /** The leg that a position has taken. */
  private change({ state: { symbol, leg, epoch } }: Life, how: (held: TakenLeg) => TakenLeg): void {
    const legs = this.account.legs.map((each) =>
      each.symbol === symbol && each.leg === leg && each.epoch === epoch ? how(each) : each,
    );
    this.account = { ...this.account, legs };
  }

  private entryFacts(symbol: Symbol) {
    const { plan, flavour } = this;
    return {
      rules: this.rulesOf(symbol),
      positionMode: plan.hedge ? ('hedge' as const) : ('one-way' as const),
      price: marketOf(this.world.books, venueSymbol(symbol)).last,
      positionIds: flavour.positionIds,
      batches: flavour.orderBatches,
      positions: this.exchange.snapshot().positions,
    };
  }

  rulesOf(symbol: Symbol): MarketRules {
    const { tickSize, lotSize, minQuantity, minNotional } = marketOf(this.world.books, venueSymbol(symbol));
    return { symbol, tickSize, lotSize, minQuantity, minNotional };
  }

  private freshEpoch(): string {
    let { nowMs } = this.world;
    const taken = new Set(this.lives.map((life) => life.state.epoch));
    while (taken.has(epochAt(nowMs)) || this.account.legs.some(({ epoch }) => epoch === epochAt(nowMs)))
      nowMs += 1;
    return epochAt(nowMs);
  }

  private reserve({ symbol, leg, side, epoch }: PositionStart, notional: string): void {
    const taken = { symbol, leg, side, notional, epoch, workflowId: epoch, state: 'running' as const };
    this.account = { ...this.account, legs: [...this.account.legs, taken] };
  }

  /** Positions that nobody keeps, after the watcher saw them twice: each is read anew, then taken up. */
  private takeUp(readings: readonly LegReading[]): void {
    const { adoption: policy } = this.plan;
    if (policy === 'ignore') return;
    for (const leg of readings) this.world.in(READ_MS, () => this.adopt(leg, policy));
  }

  /** As `readAdoptionFacts` and the account's workflow do it. */
  private adopt({ symbol, leg }: LegId, policy: KeptPolicy): void {
    const snapshot = this.exchange.legSnapshot({ symbol, leg });
    const { position } = snapshot;
    const taken = this.account.legs.some((each) => each.symbol === symbol && each.leg === leg);
    if (!position || taken) return;
    const fills = this.exchange.fills({ symbol, leg, sinceMs: 0 });
    if (fills.some(({ atMs }) => atMs > snapshot.takenAtMs - LAG_MS))
      return this.world.in(AGAIN_MS, () => this.adopt({ symbol, leg }, policy));
    const began = beginningOf(position, fills);
    const facts: AdoptionFacts = {
      ...this.entryFacts(symbol),
      snapshot,
      openedAtMs: began?.openedAtMs ?? null,
      entryOrderId: began?.entryOrderId ?? null,
    };
    const start = adoptionStart(this.account, { symbol, leg, policy }, position, facts, this.freshEpoch());
    this.reserve(start, mul(position.quantity, position.entryPrice ?? facts.price));
    const state = initialState(start, this.world.nowMs);
    this.begin({ state, events: openingEvents(state, start, this.world.nowMs) });
  }

  private begin(first: Opening): void {
    this.lives.push(new Life(this.deskOf(), first));
  }

  private deskOf(): Desk {
    const { world, exchange, lies, onlooker } = this;
    return {
      world,
      downForMs: () => this.downForMs,
      call: () => ({ world, exchange, lies, fault: this.nextFault(), waitMs: this.downForMs }),
      publish: (_, shown) => this.projection.put(shown),
      journal: (_, row) => {
        const before = this.rows.get(row.epoch);
        this.rows.set(row.epoch, row);
        onlooker.wrote(this, row, before);
      },
      changed: (life, before, events) => onlooker.changed(this, life, before, events),
      freed: (life, requestId) =>
        this.change(life, (held) => ({
          ...held,
          added: held.added?.filter((each) => each.requestId !== requestId) ?? [],
        })),
      ended: (life) => {
        onlooker.ended(this, life);
        world.in(FREE_MS, () => this.free(life));
      },
    };
  }

  private free({ state: { symbol, leg, epoch } }: Life): void {
    const legs = this.account.legs.filter(
      (each) => each.symbol !== symbol || each.leg !== leg || each.epoch !== epoch,
    );
    this.account = { ...this.account, legs };
  }

  /** No worker runs for a while: nothing is read, sent or watched. */
  lose(forMs: number): void {
    this.upAtMs = Math.max(this.upAtMs, this.world.nowMs + forMs);
    this.watch.lose(forMs);
  }

  /** Every list of the exchange is wrong for a while; long enough after, it may be again. */
  misread(list: Distortion, forMs: number): boolean {
    const { nowMs } = this.world;
    if (nowMs < this.lie.untilMs + BETWEEN_LIES_MS) return false;
    this.lie = { untilMs: nowMs + forMs, list };
    return true;
  }

  get downForMs(): number {
    return Math.max(0, this.upAtMs - this.world.nowMs);
  }

  nextFault(): Fault {
    const fault = this.faults.shift() ?? 'none';
    if (fault !== 'none') this.met.push(fault);
    return fault;
  }

  /** Faults are over. */
  calm(): void {
    this.faults = [];
    this.watch.faults = [];
    this.watch.silent = false;
    this.lie = { ...this.lie, untilMs: 0 };
  }
}
