/** What must be true once faults have stopped and time has passed: every position against the venue's books. */
import {
  div,
  eq,
  isMultiple,
  isPositive,
  lt,
  mul,
  neg,
  sub,
  sum,
  toPlaces,
  ZERO,
} from '../../domain/decimal.ts';
import type { Intent } from '../../domain/position/position.ts';
import type { Tranche } from '../../domain/position/tranche.ts';
import {
  AVERAGE_PLACES as SUM_PLACES,
  openQuantity,
  trancheQuantity,
} from '../../domain/position/quantities.ts';
import { wantedStop } from '../../domain/position/protective-prices.ts';
import { wantedTargets } from '../../domain/position/targets.ts';
import type { TradeRow } from '../../domain/position/trade.ts';
import type { ExitReason } from '../../domain/view.ts';
import { averageClosePrice, netProfit } from '../../venue/book/ledger.ts';
import { isOpen, legKey, type ClosedPosition, type Order } from '../../venue/book/model.ts';
import { gateway } from '../support/builders.ts';
import { holds } from '../support/position-rules.ts';
import type { AccountDesk } from './desk.ts';
import type { Life } from './life.ts';
import { AVERAGE_PLACES, venueId, venueSymbol } from './venue-rows.ts';

export function checkOpen(desk: AccountDesk, life: Life): void {
  const { state } = life;
  const { books } = desk.world;
  const position = books.positions.get(legKey(desk.name, venueSymbol(state.symbol), state.leg));
  const held = position?.side === state.side ? position.quantity : ZERO;
  const what = `${life.id} (${state.stage.name})`;
  holds(eq(openQuantity(state), held), `${what} holds ${openQuantity(state)}, the exchange ${held}`);
  holds(state.suspicion === null, `${what} is still in doubt`);
  if (state.stage.name !== 'open' || !isPositive(held)) return;
  for (const tranche of state.tranches) {
    const quantity = trancheQuantity(state, tranche.id);
    holds(
      isMultiple(quantity, state.market.lotSize),
      `${what} holds ${quantity} in ${tranche.id}: off the lot`,
    );
    if (!state.adopted) checkProtection(desk, life, tranche);
  }
  if (state.positionIds)
    holds(
      state.exchangePositionId === position?.positionId,
      `${what} knows it as ${state.exchangePositionId}`,
    );
}

/** Exactly the stop and the targets that are wanted rest, each for exactly what it is to close. */
function checkProtection(desk: AccountDesk, { id, state }: Life, tranche: Tranche): void {
  const price = wantedStop(state, tranche);
  const stops = price === null ? [] : [{ price, quantity: trancheQuantity(state, tranche.id) }];
  for (const [role, levels] of [
    ['stop', stops],
    ['target', wantedTargets(state, tranche)],
  ] as const) {
    const rests = restingOf(desk, state.intents, role, tranche.id);
    const wanted = levels
      .filter(({ quantity }) => !lt(quantity, state.market.minQuantity))
      .map((level) => `${level.quantity} at ${level.price}`);
    const what = `${id} ${tranche.id}: the ${role}s`;
    holds(
      rests.toSorted().join() === wanted.toSorted().join(),
      `${what} that rest are ${rests.join(', ') || 'none'}, wanted ${wanted.join(', ') || 'none'}`,
    );
  }
}

const restingOf = (
  desk: AccountDesk,
  intents: readonly Intent[],
  role: 'stop' | 'target',
  trancheId: string,
): string[] =>
  intents
    .filter((intent) => intent.role === role && intent.trancheId === trancheId)
    .flatMap(({ orderId }) => (orderId === null ? [] : [openOrder(desk, orderId)]))
    .filter((order) => order !== undefined)
    .map(({ quantity, filledQuantity, trigger }) => `${sub(quantity, filledQuantity)} at ${trigger?.price}`);

function openOrder({ world: { books } }: AccountDesk, orderId: string): Order | undefined {
  const order = books.orders.get(venueId(orderId));
  return order && isOpen(order) ? order : undefined;
}

/** One row, with the exchange's own figures to the last digit it gives, and the reason that is true. */
export function checkRow(desk: AccountDesk, life: Life): void {
  const { state, id } = life;
  const row = desk.rows.get(state.epoch);
  holds(row !== undefined, `${id} left no row in the journal`);
  if (!row) return;
  const lives = livesOf(desk, life);
  if (lives.length === 0) {
    const never = row.exitReason === 'NEVER_OPENED' && isNothing(row);
    return holds(never || ranIntoOther(desk, life), `${id} never opened, and its row says ${row.exitReason}`);
  }
  if (ranIntoOther(desk, life)) return;
  checkFigures(id, row, lives);
  checkReason(desk, life, row, lives);
}

const isNothing = ({ quantity }: TradeRow): boolean => eq(quantity, ZERO);

/** The exchange's positions in which own orders had a part, or that were taken up. */
function livesOf(desk: AccountDesk, { state }: Life): ClosedPosition[] {
  const { books } = desk.world;
  const own = new Set(state.intents.flatMap(({ orderId }) => (orderId === null ? [] : [venueId(orderId)])));
  const ids = new Set(
    books.fills
      .filter((fill) => own.has(fill.orderId) || own.has(books.orders.get(fill.orderId)?.parentOrderId ?? ''))
      .map(({ positionId }) => positionId),
  );
  return books.closed.filter(
    (row) =>
      row.side === state.side &&
      (ids.has(row.positionId) || (state.adopted && wasOpenAtStart(desk, row, state))),
  );
}

/** The exchange's position that was there when this one was taken up. */
const wasOpenAtStart = (desk: AccountDesk, row: ClosedPosition, state: Life['state']): boolean =>
  row.account === desk.name &&
  row.symbol === venueSymbol(state.symbol) &&
  row.leg === state.leg &&
  row.side === state.side &&
  row.openedAtMs <= gateway(state.startedAtMs) &&
  row.closedAtMs >= gateway(state.startedAtMs);

const entriesOf = (intents: Life['state']['intents']): string[] =>
  intents.flatMap(({ role, orderId }) => (role === 'entry' && orderId !== null ? [venueId(orderId)] : []));

/** What an entry fills into somebody's position of the other side closes that. */
function ranIntoOther(desk: AccountDesk, { state }: Life): boolean {
  const entries = new Set(entriesOf(state.intents));
  return desk.world.books.fills.some((fill) => entries.has(fill.orderId) && fill.closing);
}

function checkFigures(id: string, row: TradeRow, lives: readonly ClosedPosition[]): void {
  const said = (name: string, ours: string | null, theirs: string): void =>
    holds(
      ours !== null && eq(ours, theirs),
      `${id}: ${name} is ${ours} in the journal, ${theirs} at the exchange`,
    );
  holds(row.figuresSource === 'exchange', `${id}: the figures are of ${row.figuresSource}`);
  const quantity = sum(lives.map(({ closedQuantity }) => closedQuantity));
  said('the quantity', row.quantity, quantity);
  said('the net profit', row.netPnl, sum(lives.map(netProfit)));
  said('the gross profit', row.realizedPnl, sum(lives.map(({ realizedPnl }) => realizedPnl)));
  said('what fees cost', row.fees, sum(lives.map(({ commission }) => neg(commission))));
  said('the funding', row.funding, sum(lives.map(({ funding }) => funding)));
  said('the close price', row.closePrice, closePriceOf(lives));
}

function closePriceOf(lives: readonly ClosedPosition[]): string {
  const [only, ...others] = lives;
  if (only && others.length === 0) return toPlaces(averageClosePrice(only), AVERAGE_PLACES);
  const value = sum(
    lives.map((each) => mul(toPlaces(averageClosePrice(each), AVERAGE_PLACES), each.closedQuantity)),
  );
  return toPlaces(div(value, sum(lives.map(({ closedQuantity }) => closedQuantity))), SUM_PLACES);
}

/**
 * By an order that closed some of it: an own one by its role, the exchange's own by its word. Where several
 * did, the last that was known when it went flat stands.
 */
function checkReason(
  desk: AccountDesk,
  { id, state }: Life,
  row: TradeRow,
  lives: readonly ClosedPosition[],
): void {
  const { books } = desk.world;
  const ids = new Set(lives.map(({ positionId }) => positionId));
  const closers = books.fills.filter((fill) => fill.closing && ids.has(fill.positionId));
  const allowed = closers.flatMap(({ orderId, origin }) => {
    const asked = [orderId, books.orders.get(orderId)?.parentOrderId];
    const own = state.intents.find(
      (intent) => intent.orderId !== null && asked.includes(venueId(intent.orderId)),
    );
    return own ? reasonsOf(own) : [FORCED[origin] ?? 'EXCHANGE_CLOSED_RECONCILIATION'];
  });
  holds(
    allowed.includes(row.exitReason),
    `${id} was closed by ${[...new Set(allowed)].join(' and ')}, the journal says ${row.exitReason}`,
  );
}

const ROLES = { stop: 'STOP_LOSS', target: 'TAKE_PROFIT', entry: 'NEVER_OPENED' } as const;
const FORCED: Record<string, ExitReason> = { liquidation: 'LIQUIDATION', adl: 'ADL' };

const reasonsOf = ({ role, closeReason }: Intent): ExitReason[] =>
  role === 'close' ? (closeReason === null ? [] : [closeReason]) : [closeReason ?? ROLES[role]];
