/**
 * Positions and all open orders as one reading. Invariants: what failed or was not understood makes
 * the reading incomplete, never shorter; a reading joined by a caller left after the caller asked.
 */
import type {
  AccountSnapshot,
  ExchangeOrder,
  ExchangePosition,
  LegSnapshot,
} from '../../domain/exchange-truth.ts';
import type { Leg } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import type { AccountReader } from './account.ts';
import type { BingxApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { toOrder, type MappingContext } from './map-order.ts';
import { toPosition } from './map-position.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows, SKIP, type Rows } from '../rows.ts';
import { orderRow, ordersBody, positionRow, positionsBody } from './wire.ts';

/** More problems than this say nothing new. */
const MAX_PROBLEMS = 20;

export type SnapshotReader = {
  snapshot: () => Promise<AccountSnapshot>;
  legSnapshot: (leg: Pick<Leg, 'symbol' | 'leg'>) => Promise<LegSnapshot>;
};

export type Deps = { api: BingxApi; markets: Markets; account: AccountReader };
type Reading = { result: Promise<AccountSnapshot>; left: boolean };

export function createSnapshotReader(deps: Deps): SnapshotReader {
  let sequence = 0;
  let waiting: Reading | undefined;

  // Many positions that ask at once share one reading of the account, as long as it has not left yet.
  const snapshot = (): Promise<AccountSnapshot> => {
    if (waiting && !waiting.left) return waiting.result;
    const reading: Reading = { left: false, result: Promise.resolve(NOTHING_READ) };
    reading.result = readAccount(deps, () => {
      reading.left = true;
      sequence += 1;
      return sequence;
    });
    waiting = reading;
    return reading.result;
  };
  return {
    snapshot,
    legSnapshot: async ({ symbol, leg }) => {
      const { positions, orders, ...reading } = await snapshot();
      const position = positions.find((other) => other.symbol === symbol && other.leg === leg);
      return {
        ...reading,
        orders: orders.filter((order) => order.symbol === symbol && order.leg === leg),
        ...(position === undefined ? {} : { position }),
      };
    },
  };
}

/** Never seen by a caller: stands in until the reading has begun. */
const NOTHING_READ: AccountSnapshot = {
  sequence: 0,
  takenAtMs: 0,
  readAtMs: 0,
  complete: false,
  problems: ['nothing was read'],
  positions: [],
  orders: [],
};

async function readAccount(deps: Deps, begin: () => number): Promise<AccountSnapshot> {
  let sequence: number | undefined;
  let takenAtMs = Date.now();
  const onSent = (atMs: number): void => {
    if (sequence !== undefined) return;
    sequence = begin();
    takenAtMs = atMs;
  };
  // Asked beside the lists, not before them: what it takes long to learn must not make the reading old.
  const context = mappingContext(deps);
  const list = (endpoint: EndpointName) => deps.api.read(endpoint, endpoint, {}, { onSent });
  const [positions, orders] = await Promise.all([
    attempt(async () => positionsOf(await list('positions'), await context)),
    attempt(async () => ordersOf(await list('openOrders'), await context)),
  ]);
  const problems = [...positions.problems, ...orders.problems, ...doubled(positions.rows)];
  return {
    sequence: sequence ?? begin(),
    takenAtMs,
    readAtMs: Date.now(),
    complete: problems.length === 0,
    problems: problems.slice(0, MAX_PROBLEMS),
    positions: positions.rows,
    orders: orders.rows,
  };
}

/** A mode that cannot be read is no reason not to read rows: most of them name their leg themselves. */
export async function mappingContext({ api, markets, account }: Deps): Promise<MappingContext> {
  const [, mode] = await Promise.allSettled([markets.ready(), account.positionMode()]);
  return { markets, clock: api.clock, mode: mode.status === 'fulfilled' ? mode.value : account.knownMode() };
}

async function attempt<T>(read: () => Promise<Rows<T>>): Promise<Rows<T>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
    return { rows: [], problems: [error.message] };
  }
}

function positionsOf(body: unknown, context: MappingContext): Rows<ExchangePosition> {
  const { data } = readBody('positions', body, positionsBody);
  return readRows<typeof positionRow, ExchangePosition>('position', data, positionRow, (row) =>
    toPosition(row, context),
  );
}

/** Rows that ended between the exchange's lists are no open orders. */
function ordersOf(body: unknown, context: MappingContext): Rows<ExchangeOrder> {
  const { data } = readBody('open orders', body, ordersBody);
  return readRows<typeof orderRow, ExchangeOrder>('order', data, orderRow, (row) => {
    const order = toOrder(row, { ...context, listsOpen: true });
    return 'problem' in order || order.status === 'open' ? order : SKIP;
  });
}

/** One leg holds one position: two rows for it contradict each other. */
function doubled(positions: readonly ExchangePosition[]): string[] {
  const keys = positions.map(({ symbol, leg }) => `${symbol} ${leg}`);
  return keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `two positions on ${key}`);
}
