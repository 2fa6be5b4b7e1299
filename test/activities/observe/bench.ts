/** A watcher with everything around it in the test's hands, under fake timers. */
import { onTestFinished, vi } from 'vitest';
import type {
  Delivery,
  ObserveDeps,
  ObserveHeartbeat,
  ObserveMetrics,
  UnmanagedLeg,
} from '../../../activities/observe/deps.ts';
import { createLevelChanges } from '../../../activities/observe/level-changes.ts';
import { createObserve } from '../../../activities/observe/observe.ts';
import type { PriceCrossing } from '../../../domain/commands.ts';
import type { LegSnapshot } from '../../../domain/exchange-truth.ts';
import type { Leg } from '../../../domain/terms.ts';
import type { PositionPublication } from '../../../domain/publication.ts';
import type { PositionView, PriceLevel } from '../../../domain/view.ts';
import type {
  BalanceRecord,
  JournalEvent,
  ReconciliationCounts,
  ReconciliationKind,
  TradeRow,
} from '../../../journal/journal.ts';
import { aView } from '../../journal/records.ts';
import { createFakeExchange } from '../../support/fake-exchange.ts';

export const STARTED_MS = Date.parse('2026-03-01T10:00:00.000Z');

export type Told = { leg: string; snapshot: LegSnapshot };

type BenchOptions = Pick<ObserveDeps, 'followPrices' | 'alert' | 'ignoresUnmanaged' | 'reconnectDelayMs'> & {
  /** What the attempt before said last. */
  pricesSeenAtMs?: number;
};

/** Starts a watcher of account `main`; it is cancelled when the test is over. */
export function startWatching(
  prepare: (bench: ReturnType<typeof createBench>) => void = () => {},
  options: BenchOptions = {},
) {
  vi.useFakeTimers({ now: STARTED_MS });
  const bench = createBench(options);
  prepare(bench);
  const ended = bench.observer.observe({ account: 'main', generation: 1 }).catch((error: unknown) => error);
  onTestFinished(async () => {
    bench.cancel();
    await ended;
    vi.useRealTimers();
  });
  return { ...bench, ended };
}

export function createBench({ pricesSeenAtMs, ...options }: BenchOptions = {}) {
  const clock = { now: () => Date.now() };
  const exchange = createFakeExchange({ account: 'main', clock });
  const cancellation = new AbortController();
  const levelChanges = createLevelChanges();
  const journal = createFakeJournal();
  const outgoing = createFakeSignals();
  const heartbeats: ObserveHeartbeat[] = [];
  const warnings: string[] = [];
  const measured: string[] = [];
  const metrics: ObserveMetrics = {
    snapshot: (result) => measured.push(`snapshot ${result}`),
    signal: (kind, result) => measured.push(`${kind} ${result}`),
    crossing: (kind) => measured.push(`crossing ${kind}`),
    balance: (result) => measured.push(`balance ${result}`),
    reconciled: (kind, count) => measured.push(`reconciled ${kind} ${count}`),
    figures: (result) => measured.push(`figures ${result}`),
  };
  const observer = createObserve({
    exchange,
    journal,
    signals: outgoing.signals,
    levelChanges,
    clock,
    log: { debug: () => {}, info: () => {}, warn: (_, text) => warnings.push(text) },
    metrics,
    run: () => ({
      heartbeat: (details) => heartbeats.push(details),
      cancelled: cancellation.signal,
      ...(pricesSeenAtMs !== undefined && { pricesSeenAtMs }),
    }),
    ...options,
  });
  return {
    exchange,
    journal,
    levelChanges,
    ...outgoing,
    heartbeats,
    warnings,
    measured,
    observer,
    cancel: (reason: unknown = new Error('cancelled')) => cancellation.abort(reason),
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

function createFakeJournal() {
  const journal = {
    rows: [] as (Pick<PositionView, 'symbol' | 'leg' | 'epoch'> & Partial<PositionView>)[],
    armed: [] as PriceLevel[],
    version: 1,
    failing: false,
    reads: { levels: 0 },
    worth: [] as BalanceRecord[],
    reconciled: [] as { kind: ReconciliationKind; atMs: number }[],
    uncoveredTodayMs: 0,
    lacking: [] as TradeRow[],
    story: [] as JournalEvent[],
    completed: [] as TradeRow[],
    check: () => {
      if (journal.failing) throw new Error('the journal is away');
    },
    publish: async ({ key, view }: PositionPublication) => {
      journal.check();
      if (view === null) journal.rows = journal.rows.filter(({ epoch }) => epoch !== key.epoch);
    },
    balances: async () => (journal.check(), journal.worth.toReversed().slice(0, 1)),
    appendBalance: async (balance: BalanceRecord) => (journal.check(), void journal.worth.push(balance)),
    reconciliationCounts: async ({ sinceAt }: { sinceAt: string }) => {
      journal.check();
      const counts: ReconciliationCounts = {};
      for (const { kind, atMs } of journal.reconciled)
        if (atMs >= Date.parse(sinceAt)) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    },
    uncoveredMs: async () => (journal.check(), journal.uncoveredTodayMs),
    trades: async () => (journal.check(), journal.lacking),
    events: async () => (journal.check(), journal.story),
    writeTrade: async (row: TradeRow) => (journal.check(), journal.completed.push(row), row),
    // As far as its own epoch is concerned, a row agrees with what these tests hold unless it says otherwise.
    positions: async () => (
      journal.check(),
      journal.rows.map((row) => aView({ account: 'main', tranches: [], quantity: '0.05', ...row }))
    ),
    levels: async () => {
      journal.check();
      journal.reads.levels += 1;
      return journal.armed;
    },
    levelsVersion: async () => (journal.check(), journal.version),
    /** As a publication would. */
    arm: (...levels: PriceLevel[]) => {
      journal.armed = levels;
      journal.version += 1;
    },
  };
  return journal;
}

function createFakeSignals() {
  const told: Told[] = [];
  const crossings: ({ workflowId: string } & PriceCrossing)[] = [];
  const unmanaged: string[][] = [];
  const delivery = {
    /** What Temporal does with a signal; may throw or wait. */
    reconcile: async (_leg: string): Promise<Delivery> => 'delivered',
    priceCrossed: async (): Promise<Delivery> => 'delivered',
    unmanaged: async (): Promise<void> => {},
    atOnce: 0,
    mostAtOnce: 0,
  };
  const signals = {
    reconcile: async ({ symbol, leg }: Leg, snapshot: LegSnapshot) => {
      delivery.atOnce += 1;
      delivery.mostAtOnce = Math.max(delivery.mostAtOnce, delivery.atOnce);
      try {
        const result = await delivery.reconcile(`${symbol} ${leg}`);
        told.push({ leg: `${symbol} ${leg}`, snapshot });
        return result;
      } finally {
        delivery.atOnce -= 1;
      }
    },
    priceCrossed: async (workflowId: string, crossing: PriceCrossing) => {
      const result = await delivery.priceCrossed();
      crossings.push({ workflowId, ...crossing });
      return result;
    },
    unmanaged: async (_account: string, legs: readonly UnmanagedLeg[]) => {
      await delivery.unmanaged();
      unmanaged.push(legs.map(({ leg }) => `${leg.symbol} ${leg.leg}`));
    },
  };
  return { signals, told, crossings, unmanaged, delivery };
}
