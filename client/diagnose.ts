/**
 * Compares one account with its exchange in full: positions, protection, orders, the journal, and what
 * runs. Reads twice before it says that they differ, changes nothing, and needs neither a worker nor a
 * Temporal server: what could not be looked at is said.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { compare } from '../domain/audit/compare.ts';
import { unmatchedWorkflows, unprotected, type Diagnosis } from '../domain/audit/diagnosis.ts';
import { counts, finder, type Difference } from '../domain/audit/difference.ts';
import type { AccountSnapshot, ClosedPosition } from '../domain/exchange-truth.ts';
import { journalGaps } from '../domain/audit/journal-gaps.ts';
import type { TradeRow } from '../domain/position/trade.ts';
import type { Symbol } from '../domain/terms.ts';
import type { PositionView } from '../domain/view.ts';
import { parsePositionWorkflowId } from '../contract/ids.ts';
import { insistWhole, lasting } from './check.ts';
import { HoldfastError } from './errors.ts';
import { mapBounded } from './map-bounded.ts';

/** Where an account's two sides are read; what is absent is not looked at. */
export type Sources = {
  snapshot(): Promise<AccountSnapshot>;
  views(): Promise<PositionView[]>;
  /** The exchange's rows of positions that closed since then. */
  closedPositions?(query: { symbol: Symbol; sinceMs: number }): Promise<ClosedPosition[]>;
  /** The journal's rows, by exit time, ISO 8601. */
  trades?(query: RowQuery): Promise<TradeRow[]>;
  /** Ids of the position workflows that run. Throws `HoldfastError` where nobody answers. */
  running?(): Promise<string[]>;
};

type RowQuery = { sinceAt?: string; untilAt?: string; incomplete?: boolean; limit: number };

export type DiagnoseOptions = {
  account: string;
  /** How far back closed positions are looked for; 0: not at all. Default two days. */
  historyMs?: number;
  recheckMs?: number;
  now?: () => number;
};

/** With the reading that the diagnosis is of. */
export type Examined = { diagnosis: Diagnosis; snapshot: AccountSnapshot };

export const HISTORY_MS = 2 * 24 * 60 * 60_000;
const RECHECK_MS = 2_000;
/** History is asked for symbol by symbol; those traded last come first. */
const MAX_SYMBOLS = 50;
const HISTORY_CONCURRENCY = 2;
const MAX_TRADES = 2_000;

/** Throws `HoldfastError` `exchange_unreachable` unless the exchange answers in full. */
export async function examine(sources: Sources, options: DiagnoseOptions): Promise<Examined> {
  // History first: what closes while it is read is then still among the positions, or has its row.
  const history = await readHistory(sources, options);
  const first = await examineOnce(sources, options.account, history);
  if (first.diagnosis.agrees) return first;
  await delay(options.recheckMs ?? RECHECK_MS);
  const second = await examineOnce(sources, options.account, history);
  const differences = lasting(first.diagnosis.differences, second.diagnosis.differences);
  return {
    ...second,
    diagnosis: { ...second.diagnosis, differences, agrees: !differences.some(counts) },
  };
}

export type History = { closed: ClosedPosition[]; sinceMs: number; notLookedAt: string[] };

const NO_HISTORY: History = { closed: [], sinceMs: Infinity, notLookedAt: [] };

/** One comparison; without a history, gaps of the journal are not looked for. */
export async function examineOnce(
  sources: Sources,
  account: string,
  history: History = NO_HISTORY,
): Promise<Examined> {
  const [views, snapshot, running] = await Promise.all([
    sources.views(),
    sources.snapshot(),
    runningOf(sources),
  ]);
  insistWhole(snapshot);
  const differences = [
    ...compare(account, views, snapshot),
    ...(running.ids ? unmatched(account, views, snapshot, running.ids) : []),
    ...(await gapsIn(sources, account, history, views)),
  ];
  const diagnosis: Diagnosis = {
    account,
    agrees: !differences.some(counts),
    positions: snapshot.positions.length,
    differences,
    unprotected: unprotected(snapshot, views),
    notLookedAt: [...history.notLookedAt, ...running.notLookedAt],
    checkedAt: new Date(snapshot.readAtMs).toISOString(),
  };
  return { diagnosis, snapshot };
}

/** What the journal lacks of a history; its own rows are read anew. */
export async function gapsIn(
  sources: Sources,
  account: string,
  { closed, sinceMs }: History,
  views?: readonly PositionView[],
): Promise<Difference[]> {
  const kept = views ?? (await sources.views());
  // After the positions: one that ended in between has its row by now.
  const trades = await tradesSince(sources, sinceMs);
  return journalGaps({ account, views: kept, trades, closed });
}

async function runningOf({ running }: Sources): Promise<{ ids?: Set<string>; notLookedAt: string[] }> {
  if (!running) return { notLookedAt: [] };
  try {
    return { ids: new Set(await running()), notLookedAt: [] };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { notLookedAt: [`whether a workflow keeps each position: ${error.message}`] };
  }
}

function unmatched(
  account: string,
  views: readonly PositionView[],
  snapshot: AccountSnapshot,
  running: ReadonlySet<string>,
): Difference[] {
  const { abandoned, unwritten } = unmatchedWorkflows(views, running);
  const open = ({ symbol, leg }: Pick<PositionView, 'symbol' | 'leg'>) =>
    snapshot.positions.find((position) => position.symbol === symbol && position.leg === leg);
  return [
    ...abandoned.map((view) =>
      finder(view, view.workflowId)('no_workflow', 'written down as open, and no workflow keeps it', {
        here: view.quantity,
        there: open(view)?.quantity ?? null,
        epoch: view.epoch,
      }),
    ),
    ...unwritten.flatMap((workflowId) => {
      const leg = parsePositionWorkflowId(workflowId);
      if (!leg || leg.account !== account) return [];
      return [finder(leg, workflowId)('no_row', 'a workflow keeps it, and it is not written down as open')];
    }),
  ];
}

/** What the exchange closed since the journal began, or for as long as is asked for. */
export async function readHistory(
  sources: Sources,
  { historyMs = HISTORY_MS, now = Date.now }: DiagnoseOptions,
): Promise<History> {
  const { closedPositions, trades } = sources;
  if (!closedPositions || historyMs <= 0) return NO_HISTORY;
  if (!trades) return { ...NO_HISTORY, notLookedAt: ['gaps of the journal: there is no journal here'] };
  const views = await sources.views();
  const rows = await tradesSince(sources, now() - historyMs);
  const sinceMs = await journalBegan(sources, now() - historyMs, rows, views);
  if (sinceMs === undefined) return NO_HISTORY;
  const symbols = [...new Set([...views, ...rows].map(({ symbol }) => symbol))];
  try {
    const closed = await mapBounded(symbols.slice(0, MAX_SYMBOLS), HISTORY_CONCURRENCY, (symbol) =>
      closedPositions({ symbol, sinceMs }),
    );
    const left = symbols.length - MAX_SYMBOLS;
    const notLookedAt = left > 0 ? [`closed positions of ${left} more symbols`] : [];
    // Some exchanges tell a little more than they were asked for.
    return { closed: closed.flat().filter((row) => (row.closedAtMs ?? 0) >= sinceMs), sinceMs, notLookedAt };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ...NO_HISTORY,
      notLookedAt: [`closed positions: the exchange's history does not answer (${why})`],
    };
  }
}

/** What was traded before the journal's first position is not missing from it; undefined: it has none. */
async function journalBegan(
  { trades }: Sources,
  sinceMs: number,
  rows: readonly TradeRow[],
  views: readonly PositionView[],
): Promise<number | undefined> {
  const older = await trades?.({ untilAt: new Date(sinceMs).toISOString(), limit: 1 });
  if (older && older.length > 0) return sinceMs;
  const entries = [...rows, ...views].flatMap(({ entryAt }) =>
    entryAt === null ? [] : [Date.parse(entryAt)],
  );
  return entries.length === 0 ? undefined : Math.max(sinceMs, Math.min(...entries));
}

/** Rows end when their positions do, which the two clocks may tell a little apart. */
const ROWS_SLACK_MS = 60_000;

/** Those that lack figures besides: their ends may not be known. */
async function tradesSince({ trades }: Sources, sinceMs: number): Promise<TradeRow[]> {
  if (!trades || !Number.isFinite(sinceMs)) return [];
  const sinceAt = new Date(sinceMs - ROWS_SLACK_MS).toISOString();
  const [ended, lacking] = await Promise.all([
    trades({ sinceAt, limit: MAX_TRADES }),
    trades({ incomplete: true, limit: MAX_TRADES }),
  ]);
  const keyOf = ({ symbol, leg, epoch }: TradeRow): string => `${symbol} ${leg} ${epoch}`;
  return [...new Map([...lacking, ...ended].map((row) => [keyOf(row), row])).values()];
}
