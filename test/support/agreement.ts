/**
 * What must hold after every life, whatever was killed meanwhile: the venue's own books, Temporal and
 * the journal tell the same story. Returns what the books say, for assertions on the story itself.
 */
import { expect } from 'vitest';
import { abs, add, eq, gt, isPositive, lt, neg, sub, sum, ZERO, type Decimal } from '../../domain/decimal.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import type { LegName, Symbol } from '../../domain/terms.ts';
import type { TradeRow } from '../../domain/position/trade.ts';
import type { Holdfast } from '../../client/index.ts';
import { positionWorkflowId } from '../../contract/ids.ts';
import type { PositionView } from '../../domain/view.ts';
import type { Books, FillRow, OrderRow, PositionHistoryRow } from '../../venue/control/types.ts';
import type { Client } from '@temporalio/client';
import type { JournalReader } from '../../journal/journal.ts';
import type { VenueControl } from '../../venue/control/client.ts';
import { story } from './story.ts';

export type Life = { account: string; symbol: Symbol; leg: LegName };

type Witnesses = {
  client: Client;
  holdfast: Holdfast;
  journal: JournalReader;
  venue: { control: VenueControl };
};

export type Agreed = {
  trade: TradeRow;
  closed: PositionHistoryRow;
  orders: readonly OrderRow[];
  /** Longest time in one piece during which resting stops would not have closed all that was open. */
  uncoveredMs: number;
};

/** What tranches brought to a position after its entry: how many orders, and base units in all. */
type Added = { orders: number; quantity: Decimal };

const NOTHING_ADDED: Added = { orders: 0, quantity: ZERO };

/** One life that is over, the only one of its leg so far. A failure tells what the life went through. */
export async function expectAgreement(
  witnesses: Witnesses,
  life: Life,
  added: Added = NOTHING_ADDED,
): Promise<Agreed> {
  try {
    return await agreementOn(witnesses, life, added);
  } catch (error) {
    const { holdfast, journal } = witnesses;
    const { position } = await holdfast.show({ workflowId: positionWorkflowId(life) });
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${await story(journal, position)}`, { cause: error });
  }
}

async function agreementOn(
  { client, holdfast, journal, venue }: Witnesses,
  life: Life,
  added: Added,
): Promise<Agreed> {
  const handle = client.workflow.getHandle(positionWorkflowId(life));
  const description = await handle.describe();
  expect(description.status.name, `${description.workflowId}`).toBe('COMPLETED');
  const { position: view } = await holdfast.show({ workflowId: positionWorkflowId(life) });
  expect(view).toMatchObject({ stage: 'closed', quantity: '0', unknownOrders: [] });

  const books = booksOf(await venue.control.books(life.account), life);
  expect(books.positions, 'no position left').toEqual([]);
  expect(books.orders.filter(isOpen), 'no order left').toEqual([]);
  expectEntries(books, view, added);
  expectNoTwins(books.orders);
  expectClosesOnlyClose(books);
  expect(books.positionHistory, 'one position at the venue').toHaveLength(1);
  const [closed] = books.positionHistory;
  if (!closed) throw new Error('unreachable: the list has one row');

  const trade = await expectJournal(journal, life, closed, view);
  const { legs } = await holdfast.account(life.account);
  expect(
    legs.filter(({ symbol }) => symbol === life.symbol),
    'the leg is free again',
  ).toEqual([]);
  return { trade, closed, orders: books.orders, uncoveredMs: longestUncoveredMs(books) };
}

const isOpen = ({ state }: OrderRow): boolean => state === 'new' || state === 'partially_filled';

/** The books of one leg. */
function booksOf(books: Books, { symbol, leg }: Life) {
  const venueSymbol = symbol.split(':')[0]?.replace('/', '-');
  const ours = <T extends { symbol: string; leg: string }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.symbol === venueSymbol && row.leg === leg);
  return {
    positions: ours(books.positions),
    orders: ours(books.orders),
    fills: ours(books.fills),
    positionHistory: ours(books.positionHistory),
  };
}

type LegBooks = ReturnType<typeof booksOf>;

/** Where a conditional order fires as another one, that one has its id, and nobody sent it. */
const isSent = ({ parentOrderId, origin }: OrderRow): boolean =>
  parentOrderId === null || origin === 'attached';

/** Every own order id is there once, one entry was executed beside what was added, and no more than was asked for. */
function expectEntries({ orders, fills }: LegBooks, view: PositionView, added: Added): void {
  const sent = orders.filter(isSent).flatMap(({ clientOrderId }) => clientOrderId ?? []);
  expect(new Set(sent).size, 'no client order id twice').toBe(sent.length);
  const entries = entriesIn(orders);
  expect(entries, 'one entry').toHaveLength(1 + added.orders);
  const ids = new Set(entries.map(({ orderId }) => orderId));
  const bought = sum(fills.filter(({ orderId }) => ids.has(orderId)).map(({ quantity }) => quantity));
  expect(bought, 'the entry filled once').toBe(add(view.requestedQuantity, added.quantity));
}

const roleOf = ({ clientOrderId }: OrderRow) =>
  clientOrderId === null ? undefined : parseClientOrderId(clientOrderId)?.role;

const entriesIn = (orders: readonly OrderRow[]): OrderRow[] =>
  orders.filter((order) => roleOf(order) === 'entry');

/** Stops and targets have no client id at BingX: the same one twice would rest beside itself. */
function expectNoTwins(orders: readonly OrderRow[]): void {
  const conditional = orders.filter(({ stopPrice }) => stopPrice !== null);
  const twins = conditional.filter((order, index) =>
    conditional
      .slice(index + 1)
      .some((other) => sameShape(order, other) && other.createdAtMs < order.updatedAtMs),
  );
  expect(twins, 'no stop or target twice').toEqual([]);
}

const sameShape = (a: OrderRow, b: OrderRow): boolean =>
  a.type === b.type && a.stopPrice === b.stopPrice && a.quantity === b.quantity;

/** The exposure of the leg only ever grows by entries or by hand. */
function expectClosesOnlyClose({ fills, orders }: LegBooks): void {
  let signed: Decimal = ZERO;
  for (const fill of fills) {
    const next = add(signed, fill.side === 'buy' ? fill.quantity : neg(fill.quantity));
    if (fill.closing) expect(lt(abs(next), abs(signed)), `fill ${fill.fillId} closes`).toBe(true);
    signed = next;
  }
  const entries = new Set(entriesIn(orders).map(({ orderId }) => orderId));
  const opening = fills.filter(({ closing, origin }) => !closing && origin === 'api');
  expect(
    opening.filter(({ orderId }) => !entries.has(orderId)),
    'only entries open',
  ).toEqual([]);
  expect(eq(signed, ZERO), 'bought and sold alike').toBe(true);
}

/** The venue's own row has eight places; what is made of executions may have more. */
const ROUNDED_BELOW: Decimal = '0.00000001';

async function expectJournal(
  journal: JournalReader,
  life: Life,
  closed: PositionHistoryRow,
  view: PositionView,
): Promise<TradeRow> {
  const rows = await journal.trades({ account: life.account, symbol: life.symbol });
  expect(rows, 'one row in the journal').toHaveLength(1);
  const [trade] = rows;
  if (!trade) throw new Error('unreachable: the list has one row');
  expect(trade).toMatchObject({
    epoch: view.epoch,
    figuresSource: 'exchange',
    // Only BingX has ids of positions.
    exchangePositionId: view.exchange === 'bingx' ? closed.positionId : null,
    exitReason: view.exitReason,
  });
  const figures = {
    entryPrice: closed.averagePrice,
    closePrice: closed.averageClosePrice,
    realizedPnl: closed.realizedPnl,
    netPnl: closed.netPnl,
  };
  for (const [name, figure] of Object.entries(figures)) {
    const written = trade[name as keyof typeof figures]; // the keys of the object above
    expect(
      written !== null && lt(abs(sub(written, figure)), ROUNDED_BELOW),
      `${name}: ${written} in the journal, ${figure} at the venue`,
    ).toBe(true);
  }
  expect(eq(trade.quantity, closed.closedQuantity), 'quantity').toBe(true);
  const open = await journal.positions(life.account);
  expect(
    open.filter(({ symbol }) => symbol === life.symbol),
    'nothing open in the projection',
  ).toEqual([]);
  return trade;
}

/** From the books alone: open quantity against resting stop orders, over time. */
function longestUncoveredMs({ fills, orders }: LegBooks): number {
  const stops = orders.filter(({ type }) => type === 'STOP_MARKET' || type === 'STOP');
  const moments = [
    ...fills.map(({ atMs }) => atMs),
    ...stops.flatMap(({ createdAtMs, updatedAtMs }) => [createdAtMs, updatedAtMs]),
  ];
  let longest = 0;
  let sinceMs: number | null = null;
  for (const atMs of [...new Set(moments)].sort((a, b) => a - b)) {
    const open = openAt(fills, atMs);
    const covered = sum(
      stops.filter((stop) => restsAt(stop, atMs)).map((stop) => (stop.closePosition ? open : stop.quantity)),
    );
    const uncovered = isPositive(open) && gt(open, covered);
    if (sinceMs !== null) longest = Math.max(longest, atMs - sinceMs);
    sinceMs = uncovered ? (sinceMs ?? atMs) : null;
  }
  return longest;
}

const openAt = (fills: readonly FillRow[], atMs: number): Decimal => {
  const until = fills.filter((fill) => fill.atMs <= atMs);
  const part = (closing: boolean): Decimal =>
    sum(until.filter((fill) => fill.closing === closing).map(({ quantity }) => quantity));
  return sub(part(false), part(true));
};

export const restsAt = (order: OrderRow, atMs: number): boolean =>
  order.createdAtMs <= atMs && (isOpen(order) || order.updatedAtMs > atMs);
