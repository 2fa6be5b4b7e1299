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
import type { Account, BookEvent, ClosedPosition, Fill, Income, Market, Order, Position } from './model.ts';
import { createPut, createRows, loadRows } from './rows.ts';
import type { Meta, Put } from './rows.ts';
import type { Versions } from './versions.ts';

/** A plan that the account's next execution is partial; not kept over a restart. */
export type PartialPlan = {
  readonly account: string;
  readonly symbol: string | null;
  readonly quantity: Decimal;
  readonly restAfterMs: number | null;
};

export type Books = {
  /** The server clock: this machine's plus the skew. */
  readonly now: () => number;
  /** This machine's clock, by which versions are kept: a skew must not roll lists back. */
  readonly wallClock: () => number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly markets: ReadonlyMap<string, Market>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly orders: ReadonlyMap<string, Order>;
  /** The one order that ever had this client id. */
  readonly orderByClientId: (account: string, clientOrderId: string) => Order | undefined;
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
  /** Another one after every change of a row. */
  readonly revision: () => number;
  /** Runs `work`, commits what it put, hands its events out. Nested calls join the outer one. */
  readonly transact: <T>(work: () => T) => T;
  readonly onEvents: (listener: (events: readonly BookEvent[]) => void) => void;
};

/** @param wallClock milliseconds of this machine; the server clock is this plus the skew. */
export function createBooks(store: Store, wallClock: () => number): Books {
  const rows = createRows();
  const listeners: ((events: readonly BookEvent[]) => void)[] = [];
  let changes: Change[] = [];
  let events: BookEvent[] = [];
  let depth = 0;
  let revision = 0;
  loadRows(rows, store);
  const change = (table: Table, id: string, row: object | null): void => {
    if (depth === 0) throw new Error(`${table} ${id} was changed outside a transaction`);
    revision += 1;
    changes.push({ table, id, row });
  };
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
        revision += 1;
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
    if (out.length === 0) return;
    for (const listener of listeners) {
      try {
        listener(out);
      } catch (error) {
        // What is committed is done: a push that fails must not make it look undone.
        process.stderr.write(
          `${JSON.stringify({ level: 'error', event: 'push failed', detail: String(error) })}\n`,
        );
      }
    }
  }

  return {
    ...rows.views,
    now,
    wallClock,
    transact,
    orderByClientId: (account, clientOrderId) =>
      rows.orders.get(rows.byClientId.get(`${account}|${clientOrderId}`) ?? ''),
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
    put: createPut(rows, change, putMeta, wallClock),
    emit: (event) => void events.push(event),
    revision: () => revision,
    onEvents: (listener) => void listeners.push(listener),
  };
}

/** The last change of each row is enough. */
function squash(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>();
  for (const change of changes) last.set(`${change.table} ${change.id}`, change);
  return [...last.values()];
}
