/**
 * Compares the simulated world with the venue's books after everything that happens.
 *
 * What must hold at every step:
 * - an intent is taken once at most, however its answers were lost;
 * - a close never opened anything, and nothing more is known to be filled than was;
 * - nothing of a finished position rests, and nothing of it arrives later;
 * - one journal row an epoch, whose figures are final once they are the exchange's;
 * - a list that is believed without an execution is true;
 * - an open quantity is covered by live stops, or its position knows that it is not, and never for long;
 * - no limit of an account is exceeded.
 */
import { legKey } from '../../activities/observe/legs.ts';
import { add, eq, gt, gte, sub, sum, ZERO, type Decimal } from '../../domain/decimal.ts';
import { wantsStop } from '../../domain/position/cover.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { openQuantity, trancheQuantity } from '../../domain/position/quantities.ts';
import type { TradeRow } from '../../domain/position/trade.ts';
import { closesOnly, isDormant, isOpen, legKey as venueKey, type Order } from '../../venue/book/model.ts';
import { holds } from '../support/position-rules.ts';
import type { AccountDesk } from './desk.ts';
import type { Life } from './life.ts';
import { portId, venueId, venueSymbol } from './venue-rows.ts';
import type { World } from './world.ts';

/** A gap in the cover is known to its position after this: a reading, its look-ups, and lies in between. */
const KNOWN_AFTER_MS = 45_000;

/**
 * No gap is longer, while there is a worker: the limit after which a position is closed instead (30 s), the
 * tries that a late stop gets first, and a close that is lost as often as a run has faults for it.
 */
const LONGEST_MS = 120_000;

type Gap = { sinceMs: number; life: Life };

export class Audit {
  /** The longest time that anything open was without cover. */
  longestGapMs = 0;
  private readonly world: World;
  private readonly desks: readonly AccountDesk[];
  private fillsSeen = 0;
  private readonly gaps = new Map<string, Gap>();

  constructor(world: World, desks: readonly AccountDesk[]) {
    this.world = world;
    this.desks = desks;
  }

  afterEach(): void {
    this.checkFills();
    for (const desk of this.desks) {
      this.checkAcceptances(desk);
      this.checkCover(desk);
      checkLimit(desk);
    }
  }

  /** @param life as it is now */
  changed(life: Life, before: PositionState, events: readonly PositionEvent[]): void {
    const believed = events.some(
      (event) => event.type === 'ExternallyChanged' && event.change.cause === 'inferred',
    );
    if (believed) this.checkBelieved(life);
    const { books } = this.world;
    for (const intent of life.state.intents) {
      const earlier = before.intents.find(({ number }) => number === intent.number);
      if (intent.orderId === null || earlier?.filledQuantity === intent.filledQuantity) continue;
      const order = books.orders.get(venueId(intent.orderId));
      const actual = order?.firesAs ? books.orders.get(order.firesAs) : order;
      const filled = actual?.filledQuantity ?? ZERO;
      holds(!gt(intent.filledQuantity, filled), `${intent.filledQuantity} known of ${filled} filled`);
    }
  }

  /** A list taken at its word, without an execution that says so, must have been true. */
  private checkBelieved({ state }: Life): void {
    const { account, symbol, leg, side } = state;
    const position = this.world.books.positions.get(venueKey(account, venueSymbol(symbol), leg));
    const held = position?.side === side ? position.quantity : ZERO;
    const open = openQuantity(state);
    holds(eq(open, held), `a list that lied was believed: ${open} is taken for open, ${held} is`);
  }

  wrote(desk: AccountDesk, row: TradeRow, before: TradeRow | undefined): void {
    holds(before?.figuresSource !== 'exchange', `a second row of ${row.epoch} after the exchange's figures`);
    holds(
      before === undefined || before.figuresSource !== row.figuresSource || row.figuresSource === 'exchange',
      `the row of ${row.epoch} was written twice with the same knowledge`,
    );
    holds(row.account === desk.name, 'a row of another account');
  }

  ended(life: Life): void {
    for (const intent of life.state.intents)
      if (intent.orderId !== null) this.holdsEnded(intent.orderId, `${intent.role} ${intent.number}`);
  }

  private holdsEnded(orderId: string, what: string): void {
    const order = this.world.books.orders.get(venueId(orderId));
    const actual = order?.firesAs ? this.world.books.orders.get(order.firesAs) : undefined;
    const rests = [order, actual].some((each) => each !== undefined && isOpen(each));
    holds(!rests, `${what} rests after its position has closed`);
  }

  private checkFills(): void {
    const { fills, orders } = this.world.books;
    for (; this.fillsSeen < fills.length; this.fillsSeen += 1) {
      const fill = fills[this.fillsSeen];
      const order = fill && orders.get(fill.orderId);
      if (!fill || !order || fill.closing) continue;
      const desk = this.desks.find(({ name }) => name === fill.account);
      const parent = order.parentOrderId === null ? undefined : orders.get(order.parentOrderId);
      const request = desk?.exchange.requests.get(portId(parent ?? order));
      holds(request?.reduceOnly !== true, `a ${request?.kind} that closes opened ${fill.quantity}`);
    }
  }

  private checkAcceptances({ exchange, lives }: AccountDesk): void {
    for (const clientId of exchange.takenSince()) {
      // One that the exchange lost without a trace may be sent again.
      const taken = (exchange.acceptances.get(clientId) ?? []).filter(
        (orderId) => this.world.books.orders.get(venueId(orderId))?.state !== 'vanished',
      );
      holds(taken.length === 1, `${clientId} was taken ${taken.length} times`);
      const owner = lives.find(({ state }) =>
        state.intents.some(({ request }) => request.clientOrderId === clientId),
      );
      holds(owner === undefined || !owner.over, `${clientId} arrived after its position had ended`);
    }
  }

  private checkCover(desk: AccountDesk): void {
    const { nowMs, books } = this.world;
    for (const life of desk.running) {
      const { symbol, leg, side } = life.state;
      const key = `${desk.name} ${legKey(life.state)}`;
      const position = books.positions.get(venueKey(desk.name, venueSymbol(symbol), leg));
      const bare = position?.side === side && wantsCover(life) && !this.covers(desk, life, position.quantity);
      const gap = this.gaps.get(key);
      // Nobody can do anything about it meanwhile.
      if (!bare || desk.downForMs > 0) {
        this.gaps.delete(key);
        continue;
      }
      if (gap?.life !== life) this.gaps.set(key, { sinceMs: nowMs, life });
      const lastedMs = gap?.life === life ? nowMs - gap.sinceMs : 0;
      this.longestGapMs = Math.max(this.longestGapMs, lastedMs);
      holds(lastedMs <= LONGEST_MS, `${symbol} ${leg} was without cover for longer than ${LONGEST_MS} ms`);
      if (lastedMs > KNOWN_AFTER_MS)
        holds(knows(life), `${symbol} ${leg} was without cover for ${lastedMs} ms, and nobody knew`);
    }
  }

  private covers(desk: AccountDesk, { state }: Life, quantity: Decimal): boolean {
    let covered: Decimal = ZERO;
    for (const order of this.world.books.open.values()) {
      const here = order.account === desk.name && order.symbol === venueSymbol(state.symbol);
      if (!here || order.leg !== state.leg || !isStop(order, state)) continue;
      if (order.closePosition) return true;
      covered = add(covered, sub(order.quantity, order.filledQuantity));
    }
    return gte(covered, sub(quantity, leftBare(state)));
  }
}

/** Entries keep to the limit; what is taken up does not ask for it. */
function checkLimit({ name, account, plan, running }: AccountDesk): void {
  const opened = account.legs.length - running.filter(({ state }) => state.adopted).length;
  const { maxOpenPositions: most } = plan;
  holds(
    plan.adoption !== 'ignore' || opened <= most,
    `${name} holds ${opened} positions, the limit is ${most}`,
  );
}

const isStop = (order: Order, { side }: PositionState): boolean =>
  isDormant(order) &&
  closesOnly(order) &&
  order.side === (side === 'long' ? 'sell' : 'buy') &&
  order.trigger?.fires === (side === 'long' ? 'falling' : 'rising');

const wantsCover = ({ state }: Life): boolean =>
  state.policy !== 'watch' && state.tranches.some((tranche) => wantsStop(state, tranche));

/** What is open of tranches that somebody left without a stop. */
const leftBare = (state: PositionState): Decimal =>
  sum(
    state.tranches
      .filter((tranche) => !wantsStop(state, tranche))
      .map(({ id }) => trancheQuantity(state, id)),
  );

/** Uncovered by its own knowledge, on the way out, or in doubt about what is there. */
const knows = ({ state }: Life): boolean =>
  state.cover.name === 'uncovered' ||
  state.stage.name === 'closing' ||
  state.stage.name === 'settling' ||
  state.suspicion !== null ||
  state.intents.some(({ status }) => status.name === 'unknown');
