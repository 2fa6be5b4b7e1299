/** The rows of the books in memory: how they are loaded, indexed and changed. */
import type { VenueSettings } from '../control/types.ts';
import type { Store, Table } from '../store.ts';
import { isOpen, legKey } from './model.ts';
import type { Account, ClosedPosition, Fill, Income, Market, Order, Position } from './model.ts';
import { createVersions } from './versions.ts';

export const DEFAULT_SETTINGS: VenueSettings = {
  positionLagMs: 1_000,
  autoCancelProtection: true,
  singleStop: 'close-position',
  rateLimits: true,
  ipLimits: false,
  slippageBps: 1,
  clientIdLookupMs: 7_200_000,
  maxOpenOrders: 1_000,
};

/** Small facts: last ids, clock skew, feed position, next funding. */
export type Meta = {
  readonly lastId: string;
  readonly counter: number;
  readonly clockSkewMs: number;
  readonly settings: VenueSettings;
  readonly feed: Readonly<Record<string, unknown>>;
  readonly nextFundingAtMs: number | null;
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

const FIRST_META: Meta = {
  lastId: '0',
  counter: 0,
  clockSkewMs: 0,
  settings: DEFAULT_SETTINGS,
  feed: {},
  nextFundingAtMs: null,
};

export type Rows = ReturnType<typeof createRows>;

export function createRows() {
  const accounts = new Map<string, Account>();
  const markets = new Map<string, Market>();
  const positions = new Map<string, Position>();
  const orders = new Map<string, Order>();
  const open = new Map<string, Order>();
  const byClientId = new Map<string, string>();
  const fills: Fill[] = [];
  const closed: ClosedPosition[] = [];
  const income: Income[] = [];
  const positionVersions = createVersions<Position>();
  const orderVersions = createVersions<Order>();
  const views = {
    accounts,
    markets,
    positions,
    orders,
    open,
    fills,
    closed,
    income,
    positionVersions,
    orderVersions,
  };
  return { ...views, views, byClientId, meta: FIRST_META };
}

const keyOf = (row: Pick<Position, 'account' | 'symbol' | 'leg'>): string =>
  legKey(row.account, row.symbol, row.leg);

/** The store holds only what `put` wrote, so the rows have the types they were written with. */
export function loadRows(rows: Rows, store: Store): void {
  refill(rows.accounts, store.load('accounts') as Account[], (row) => row.name);
  refill(rows.markets, store.load('markets') as Market[], (row) => row.symbol);
  refill(rows.positions, store.load('positions') as Position[], keyOf);
  const orders = (store.load('orders') as Order[]).map(withLaterFields);
  refill(rows.orders, orders, (row) => row.orderId);
  refill(rows.open, [...rows.orders.values()].filter(isOpen), (row) => row.orderId);
  rows.byClientId.clear();
  for (const order of rows.orders.values()) indexClientId(rows, order);
  relist(rows.fills, store.load('fills') as Fill[]);
  relist(rows.closed, store.load('closed_positions') as ClosedPosition[]);
  relist(rows.income, store.load('income') as Income[]);
  const meta = (store.load('meta') as Meta[])[0];
  rows.meta = { ...FIRST_META, ...meta, settings: { ...DEFAULT_SETTINGS, ...meta?.settings } };
  // What the versions were before a restart is not known: the present ones count from the beginning.
  const skewMs = rows.meta.clockSkewMs;
  for (const position of rows.positions.values())
    rows.positionVersions.record(keyOf(position), position, position.openedAtMs - skewMs);
  for (const order of rows.open.values())
    rows.orderVersions.record(order.orderId, order, order.createdAtMs - skewMs);
}

/** Rows that an older venue wrote lack what came later. */
const withLaterFields = (row: Order): Order => ({ ...row, firesAs: row.firesAs ?? null });

function indexClientId(rows: Rows, order: Order): void {
  if (order.clientOrderId !== null)
    rows.byClientId.set(`${order.account}|${order.clientOrderId}`, order.orderId);
}

function refill<T>(map: Map<string, T>, rows: readonly T[], key: (row: T) => string): void {
  map.clear();
  for (const row of rows) map.set(key(row), row);
}

function relist<T>(list: T[], rows: readonly T[]): void {
  list.length = 0;
  for (const row of rows) list.push(row);
}

export function createPut(
  rows: Rows,
  change: (table: Table, id: string, row: object | null) => void,
  putMeta: Put['meta'],
  wallClock: () => number,
): Put {
  return {
    account: (row) => {
      rows.accounts.set(row.name, row);
      change('accounts', row.name, row);
    },
    market: (row) => {
      rows.markets.set(row.symbol, row);
      change('markets', row.symbol, row);
    },
    order(row) {
      rows.orders.set(row.orderId, row);
      indexClientId(rows, row);
      if (isOpen(row)) rows.open.set(row.orderId, row);
      else rows.open.delete(row.orderId);
      rows.orderVersions.record(row.orderId, isOpen(row) ? row : null, wallClock());
      change('orders', row.orderId, row);
    },
    position(row) {
      rows.positions.set(keyOf(row), row);
      rows.positionVersions.record(keyOf(row), row, wallClock());
      change('positions', keyOf(row), row);
    },
    noPosition(row) {
      rows.positions.delete(keyOf(row));
      rows.positionVersions.record(keyOf(row), null, wallClock());
      change('positions', keyOf(row), null);
    },
    fill: (row) => {
      rows.fills.push(row);
      change('fills', row.fillId, row);
    },
    closed: (row) => {
      rows.closed.push(row);
      change('closed_positions', row.positionId, row);
    },
    income: (row) => {
      rows.income.push(row);
      change('income', row.incomeId, row);
    },
    meta: putMeta,
  };
}
