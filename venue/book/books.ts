/**
 * The books: every row in memory, every change written through to the store.
 *
 * Invariants: all changes of one `transact` are committed together before it returns; if it throws,
 * memory goes back to what the store has; events leave only after the commit.
 */
import type { Decimal } from '../../domain/decimal.ts';
import type { VenueSettings } from '../control/types.ts';
import type { Change, Store, Table } from '../store.ts';
import { nextId } from './ids.ts';
import { isOpen, legKey } from './model.ts';
import type { Account, BookEvent, ClosedPosition, Fill, Income, Market, Order, Position } from './model.ts';
import { createVersions } from './versions.ts';
import type { Versions } from './versions.ts';

export const DEFAULT_SETTINGS: VenueSettings = {
  positionLagMs: 1_000,
  autoCancelProtection: true,
  singleStop: 'close-position',
  rateLimits: true,
  ipLimits: false,
  slippageBps: 1,
  clientIdLookupMs: 7_200_000,
};

/** A plan that the account's next execution is partial; not kept over a restart. */
export type PartialPlan = { readonly account: string; readonly symbol: string | null; readonly quantity: Decimal; readonly restAfterMs: number | null };

/** Small facts: last ids, clock skew, feed position, next funding. */
export type Meta = {
  readonly lastId: string;
  readonly counter: number;
  readonly clockSkewMs: number;
  readonly settings: VenueSettings;
  readonly feed: Readonly<Record<string, unknown>>;
  readonly nextFundingAtMs: number | null;
};

export type Books = {
  readonly now: () => number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly markets: ReadonlyMap<string, Market>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly orders: ReadonlyMap<string, Order>;
  /** The open ones among them, oldest first. */
  readonly open: ReadonlyMap<string, Order>;
  readonly fills: readonly Fill[];
  readonly closed: readonly ClosedPosition[];
  readonly income: readonly Income[];
  readonly meta: () => Meta;
  readonly settings: () => VenueSettings;
  readonly positionVersions: Versions<Position>;
  readonly orderVersions: Versions<Order>;
  /** What a price step still lets trade, by symbol; absent: unlimited. Not kept over a restart. */
  readonly liquidity: Map<string, { perStep: Decimal; left: Decimal }>;
  readonly partialPlans: PartialPlan[];
  readonly newId: () => string;
  readonly newCounter: () => string;
  readonly put: Put;
  readonly emit: (event: BookEvent) => void;
  /** Runs `work`, commits what it put, hands its events out. Nested calls join the outer one. */
  readonly transact: <T>(work: () => T) => T;
  readonly onEvents: (listener: (events: readonly BookEvent[]) => void) => void;
};

export type Put = {
  readonly account: (row: Account) => void;
  readonly market: (row: Market) => void;
  readonly order: (row: Order) => void;
  readonly position: (row: Position) => void;
  readonly noPosition: (row: Position) => void;
  readonly fill: (row: Fill) => void;
  readonly closed: (row: ClosedPosition) => void;
  readonly income: (row: Income) => void;
  readonly meta: (change: Partial<Meta>) => void;
};

const FIRST_META: Meta = { lastId: '0', counter: 0, clockSkewMs: 0, settings: DEFAULT_SETTINGS, feed: {}, nextFundingAtMs: null };

/** @param wallClock milliseconds of this machine; the server clock is this plus the skew. */
export function createBooks(store: Store, wallClock: () => number): Books {
  const rows = createRows();
  const positionVersions = createVersions<Position>();
  const orderVersions = createVersions<Order>();
  const listeners: ((events: readonly BookEvent[]) => void)[] = [];
  let changes: Change[] = [];
  let events: BookEvent[] = [];
  let depth = 0;
  loadRows(rows, store);
  for (const position of rows.positions.values()) positionVersions.record(keyOf(position), position, position.updatedAtMs);
  for (const order of rows.open.values()) orderVersions.record(order.orderId, order, order.updatedAtMs);

  const change = (table: Table, id: string, row: object | null) => void changes.push({ table, id, row });
  const now = () => Math.trunc(wallClock() + rows.meta.clockSkewMs);
  const putMeta = (update: Partial<Meta>) => {
    rows.meta = { ...rows.meta, ...update };
    change('meta', 'meta', rows.meta);
  };

  function transact<T>(work: () => T): T {
    depth += 1;
    try {
      const result = work();
      if (depth === 1) store.commit(squash(changes));
      return result;
    } catch (error) {
      if (depth === 1) {
        events = [];
        loadRows(rows, store);
      }
      throw error;
    } finally {
      depth -= 1;
      if (depth === 0) {
        changes = [];
        flush();
      }
    }
  }

  function flush(): void {
    const out = events;
    events = [];
    if (out.length > 0) for (const listener of listeners) listener(out);
  }

  return {
    ...rows.views, now, positionVersions, orderVersions, transact,
    meta: () => rows.meta,
    settings: () => rows.meta.settings,
    liquidity: new Map(),
    partialPlans: [],
    newId() {
      const id = nextId(rows.meta.lastId, now());
      putMeta({ lastId: id });
      return id;
    },
    newCounter() {
      putMeta({ counter: rows.meta.counter + 1 });
      return String(rows.meta.counter);
    },
    put: createPut(rows, change, putMeta, now, positionVersions, orderVersions),
    emit: (event) => void events.push(event),
    onEvents: (listener) => void listeners.push(listener),
  };
}

type Rows = ReturnType<typeof createRows>;

function createRows() {
  const accounts = new Map<string, Account>();
  const markets = new Map<string, Market>();
  const positions = new Map<string, Position>();
  const orders = new Map<string, Order>();
  const open = new Map<string, Order>();
  const fills: Fill[] = [];
  const closed: ClosedPosition[] = [];
  const income: Income[] = [];
  const views = { accounts, markets, positions, orders, open, fills, closed, income };
  return { ...views, views, meta: FIRST_META };
}

const keyOf = (row: Pick<Position, 'account' | 'symbol' | 'leg'>): string => legKey(row.account, row.symbol, row.leg);

/** The store holds only what `put` wrote, so the rows have the types they were written with. */
function loadRows(rows: Rows, store: Store): void {
  refill(rows.accounts, store.load('accounts') as Account[], (row) => row.name);
  refill(rows.markets, store.load('markets') as Market[], (row) => row.symbol);
  refill(rows.positions, store.load('positions') as Position[], keyOf);
  refill(rows.orders, store.load('orders') as Order[], (row) => row.orderId);
  refill(rows.open, [...rows.orders.values()].filter(isOpen), (row) => row.orderId);
  relist(rows.fills, store.load('fills') as Fill[]);
  relist(rows.closed, store.load('closed_positions') as ClosedPosition[]);
  relist(rows.income, store.load('income') as Income[]);
  const meta = (store.load('meta') as Meta[])[0];
  rows.meta = { ...FIRST_META, ...meta, settings: { ...DEFAULT_SETTINGS, ...meta?.settings } };
}

function refill<T>(map: Map<string, T>, rows: readonly T[], key: (row: T) => string): void {
  map.clear();
  for (const row of rows) map.set(key(row), row);
}

function relist<T>(list: T[], rows: readonly T[]): void {
  list.length = 0;
  for (const row of rows) list.push(row);
}

function createPut(
  rows: Rows, change: (table: Table, id: string, row: object | null) => void, putMeta: Put['meta'], now: () => number,
  positionVersions: Versions<Position>, orderVersions: Versions<Order>,
): Put {
  return {
    account: (row) => { rows.accounts.set(row.name, row); change('accounts', row.name, row); },
    market: (row) => { rows.markets.set(row.symbol, row); change('markets', row.symbol, row); },
    order(row) {
      rows.orders.set(row.orderId, row);
      if (isOpen(row)) rows.open.set(row.orderId, row);
      else rows.open.delete(row.orderId);
      orderVersions.record(row.orderId, isOpen(row) ? row : null, now());
      change('orders', row.orderId, row);
    },
    position(row) {
      rows.positions.set(keyOf(row), row);
      positionVersions.record(keyOf(row), row, now());
      change('positions', keyOf(row), row);
    },
    noPosition(row) {
      rows.positions.delete(keyOf(row));
      positionVersions.record(keyOf(row), null, now());
      change('positions', keyOf(row), null);
    },
    fill: (row) => { rows.fills.push(row); change('fills', row.fillId, row); },
    closed: (row) => { rows.closed.push(row); change('closed_positions', row.positionId, row); },
    income: (row) => { rows.income.push(row); change('income', row.incomeId, row); },
    meta: putMeta,
  };
}

/** The last change of each row is enough. */
function squash(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>();
  for (const change of changes) last.set(`${change.table} ${change.id}`, change);
  return [...last.values()];
}
