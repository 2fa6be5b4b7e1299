/**
 * What the workers of a data folder say of their accounts: one file per worker process, written every
 * few seconds. A command reads them all; a file that nobody writes any more is a worker that is gone.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const state = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting'), sinceAt: z.string() }),
  z.object({
    state: z.literal('serving'),
    sinceAt: z.string(),
    /** What keeps entries from being taken, or is worth knowing; the account is served all the same. */
    notes: z.array(z.string()),
  }),
  z.object({
    state: z.literal('not_served'),
    sinceAt: z.string(),
    reason: z.string(),
    remedy: z.string(),
    /** null: not before the worker starts anew. */
    retryAt: z.string().nullable(),
  }),
]);

const limit = z.object({ name: z.string(), used: z.number(), limit: z.number(), windowMs: z.number() });

const counts = z.record(z.string(), z.number());

/** How well the worker that watches an account knows it. */
const truth = z.object({
  /** Whether positions and exchange agree; `unknown` without a fresh reading. */
  state: z.enum(['in_agreement', 'differs', 'unknown']),
  agreedAt: z.string().nullable(),
  /** Of the last complete reading; null: none yet. */
  ageMs: z.number().nullable(),
  /** Legs that differ, since when, and those that differ longest. */
  differs: z.number(),
  differsSince: z.string().nullable(),
  legs: z.array(z.object({ symbol: z.string(), leg: z.string(), sinceAt: z.string(), text: z.string() })),
  /** By kind: since midnight UTC, and within the last hour. */
  reconciliations: z.object({ today: counts, lastHour: counts }),
  /** null: they are not frequent. */
  alert: z.object({ sinceAt: z.string(), count: z.number(), windowMs: z.number() }).nullable(),
  /** Open positions without full cover, and milliseconds without: of all open ones, of the worst, of trades that ended today. */
  cover: z.object({
    uncovered: z.number(),
    uncoveredMs: z.number(),
    longestMs: z.number().optional(),
    uncoveredTodayMs: z.number(),
  }),
  balance: z
    .object({ asset: z.string(), equity: z.string(), available: z.string(), at: z.string() })
    .nullable(),
});

/** A price that is watched, as it was last seen; null before the first time. */
const price = z.object({
  symbol: z.string(),
  workingType: z.enum(['CONTRACT_PRICE', 'MARK_PRICE']),
  price: z.string().nullable(),
  seenAt: z.string().nullable(),
});

const report = z.object({
  account: z.string(),
  status: state,
  /** Of the last examination of the exchange; null before the first one. */
  checkedAt: z.string().nullable(),
  limits: z.array(limit).nullable(),
  /** null: another worker watches the account, or nobody does. */
  watch: z
    .object({
      streamsOpen: z.boolean(),
      truthAgeMs: z.number(),
      positions: z.number(),
      pendingOrders: z.number(),
    })
    .nullable(),
  /** null or absent as `watch`; there before the first reading, too. */
  truth: truth.nullable().optional(),
  /** Of the worker that watches the account; absent as `watch`. */
  prices: z.array(price).optional(),
});

const file = z.object({
  pid: z.number(),
  writtenAt: z.string(),
  /** Where it tells its health, `http://host:port`; null or absent: nowhere. */
  healthAt: z.string().nullable().optional(),
  accounts: z.array(report),
});

export type AccountStatus = z.output<typeof state>;
export type AccountReport = z.output<typeof report>;
export type PriceReport = z.output<typeof price>;
export type TruthReport = z.output<typeof truth>;
export type WorkerReport = z.output<typeof file>;

/** How often a worker writes; a few misses are no death. */
export const WRITE_EVERY_MS = 2_000;
const STALE_AFTER_MS = 15_000;
const OLD_AFTER_MS = 3_600_000;

const folderOf = (dataDir: string): string => join(dataDir, 'workers');
const fileOf = (dataDir: string, pid: number): string => join(folderOf(dataDir), `${pid}.json`);

export function writeWorkerReport(dataDir: string, written: WorkerReport): void {
  mkdirSync(folderOf(dataDir), { recursive: true });
  const target = fileOf(dataDir, written.pid);
  const draft = `${target}.draft`;
  writeFileSync(draft, JSON.stringify(written));
  renameSync(draft, target);
}

/** A worker that ends says nothing any more. */
export const dropWorkerReport = (dataDir: string, pid: number): void =>
  rmSync(fileOf(dataDir, pid), { force: true });

/** Of the workers that write; what dead ones left behind is dropped when it is old. */
export function readWorkerReports(dataDir: string, nowMs: number): WorkerReport[] {
  return namesIn(folderOf(dataDir)).flatMap((name) => {
    const path = join(folderOf(dataDir), name);
    const found = readOne(path);
    const ageMs = found === undefined ? 0 : nowMs - Date.parse(found.writtenAt);
    if (ageMs > OLD_AFTER_MS) rmSync(path, { force: true });
    return found !== undefined && ageMs <= STALE_AFTER_MS ? [found] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function readOne(path: string): WorkerReport | undefined {
  try {
    return file.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * The accounts as all workers together have them: one that serves an account is enough, and of several
 * that serve it the one that watches tells most.
 */
export function accountReports(workers: readonly WorkerReport[]): Map<string, AccountReport> {
  const best = new Map<string, AccountReport>();
  for (const found of workers.flatMap(({ accounts }) => accounts)) {
    const known = best.get(found.account);
    if (known === undefined || rank(found) > rank(known)) best.set(found.account, found);
  }
  return best;
}

const RANKS: Record<AccountStatus['state'], number> = { connecting: 0, not_served: 1, serving: 2 };
const rank = ({ status, watch, truth: known }: AccountReport): number =>
  RANKS[status.state] + (watch ? 1 : 0) + (known ? 1 : 0);
