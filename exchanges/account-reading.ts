/**
 * Positions and all open orders as one reading. Invariants: what failed or was not understood makes
 * the reading incomplete, never shorter; a reading joined by a caller left after the caller asked.
 */
import type {
  AccountSnapshot,
  ExchangeOrder,
  ExchangePosition,
  LegSnapshot,
} from '../domain/exchange-truth.ts';
import type { Leg } from '../domain/terms.ts';
import { ExchangeFault } from './errors.ts';
import type { Rows } from './rows.ts';

/** More problems than this say nothing new. */
const MAX_PROBLEMS = 20;

export type SnapshotReader = {
  snapshot: () => Promise<AccountSnapshot>;
  legSnapshot: (leg: Pick<Leg, 'symbol' | 'leg'>) => Promise<LegSnapshot>;
};

/** What an exchange shows of an account right now. */
export type AccountLists = { positions: Rows<ExchangePosition>; orders: Rows<ExchangeOrder> };

type Reading = { result: Promise<AccountSnapshot>; left: boolean };

/** Numbers the readings of one gateway: several kinds of readings share one. */
export function createSequence(): () => number {
  let last = 0;
  return () => (last += 1);
}

/**
 * @param readLists asks the exchange and calls `onSent` as each request leaves; rejects only with a defect:
 *   a list that failed is one without rows and with a problem, see `rowsOrProblem`
 */
export function createAccountReading(
  readLists: (onSent: (atMs: number) => void) => Promise<AccountLists>,
  nextSequence: () => number = createSequence(),
): SnapshotReader {
  let waiting: Reading | undefined;

  // Many positions that ask at once share one reading of the account, as long as it has not left yet.
  const snapshot = (): Promise<AccountSnapshot> => {
    if (waiting && !waiting.left) return waiting.result;
    const reading: Reading = { left: false, result: Promise.resolve(NOTHING_READ) };
    reading.result = readAccount(readLists, () => {
      reading.left = true;
      return nextSequence();
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

async function readAccount(
  readLists: (onSent: (atMs: number) => void) => Promise<AccountLists>,
  begin: () => number,
): Promise<AccountSnapshot> {
  let sequence: number | undefined;
  let takenAtMs = Date.now();
  const { positions, orders } = await readLists((atMs) => {
    if (sequence !== undefined) return;
    sequence = begin();
    takenAtMs = atMs;
  });
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

/** A list that failed as a whole, as a problem of the reading. */
export async function rowsOrProblem<T>(read: () => Promise<Rows<T>>): Promise<Rows<T>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
    return { rows: [], problems: [error.message] };
  }
}

/** One leg holds one position: two rows for it contradict each other. */
function doubled(positions: readonly ExchangePosition[]): string[] {
  const seen = new Set<string>();
  return positions.flatMap(({ symbol, leg }) => {
    const key = `${symbol} ${leg}`;
    if (seen.has(key)) return [`two positions on ${key}`];
    seen.add(key);
    return [];
  });
}
