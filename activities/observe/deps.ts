/** What the watcher of an account works with, and what it tells of itself. */
import type { PriceCrossing } from '../../domain/commands.ts';
import type { LegSnapshot } from '../../domain/exchange-truth.ts';
import type { ToldSnapshot } from '../../domain/reconcile/snapshot-shape.ts';
import type { FrequencyRule } from '../../domain/audit/reconciliations.ts';
import type { Leg } from '../../domain/terms.ts';
import type { PriceLevel } from '../../domain/view.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { BalanceRecord, Journal, ReconciliationKind } from '../../journal/journal.ts';
import type { Agreement } from './agreement.ts';
import type { LevelChanges } from './level-changes.ts';
import type { SeenPrice } from './price-ages.ts';
import type { ReconciliationHealth } from './reconciliation-watch.ts';

/** `no_workflow`: nobody of that id runs, for certain; whatever else goes wrong throws. */
export type Delivery = 'delivered' | 'no_workflow';

export type ObserveSignals = {
  reconcile(leg: Leg, snapshot: ToldSnapshot): Promise<Delivery>;
  priceCrossed(workflowId: string, crossing: PriceCrossing): Promise<Delivery>;
  /**
   * All legs that no workflow keeps and that hold a position or own-style orders, whenever that list
   * changes; empty when it has emptied.
   */
  unmanaged(account: string, legs: readonly UnmanagedLeg[]): Promise<unknown>;
};

export type UnmanagedLeg = { leg: Leg; snapshot: LegSnapshot };

/** The part of a pino logger that the watcher uses. */
export type ObserveLog = {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

/** Counters and timings for whoever exports them. */
export type ObserveMetrics = {
  snapshot(result: 'complete' | 'incomplete' | 'failed', tookMs: number): void;
  signal(kind: SignalKind, result: Delivery | 'failed', tookMs: number): void;
  crossing(kind: LevelKind, workflowId: string): void;
  balance(result: BalanceResult, tookMs: number): void;
  /** `count` more, as the journal has them from all workers. */
  reconciled(kind: ReconciliationKind, count: number): void;
  figures(result: FiguresResult): void;
};

/** An order acts at a stop and at a target; the others only wake their position. */
export type LevelKind = PriceLevel['kind'];

/** `same`: read, and nothing to write. */
export type BalanceResult = 'changed' | 'same' | 'failed';
/** Of a finished trade that lacked them. */
export type FiguresResult = 'found' | 'not_found' | 'failed';

export type SignalKind = 'reconcile' | 'priceCrossed' | 'unmanaged';

/** One run of the activity, as Temporal sees it. */
export type ActivityRun = {
  heartbeat(details: ObserveHeartbeat): void;
  /** Aborted by a cancellation or by the worker's shutdown: nothing else ends the watcher. */
  cancelled: AbortSignal;
  /** What the last heartbeat of an attempt before this one said; absent: there was none. */
  pricesSeenAtMs?: number;
};

export type ObserveHeartbeat = {
  /** Since the last complete reading left; null before the first one. */
  snapshotAgeMs: number | null;
  /** The oldest price among the symbols watched; null while there is none. */
  priceAgeMs: number | null;
  /** By when every price watched had been seen, epoch ms; null: not yet. What happens after it counts for the next attempt. */
  pricesSeenAtMs: number | null;
  positions: number;
  errors: number;
};

/** The watcher's state of health, for the worker's health endpoint. */
export type ObserveHealth = {
  /** A run is under way in this process; without one, nothing here is known. */
  watching: boolean;
  /** Both streams are open; whether they deliver, the ages tell. */
  websocketConnected: boolean;
  /** In the last complete reading. */
  activePositions: number;
  pendingOrders: number;
  /** When the last complete reading ended, epoch ms. */
  lastUpdateMs: number | null;
  /** Since the process began. */
  errors: number;
  ageOfTruthMs: number | null;
  ageOfPriceMs: number | null;
  /** Every price that is watched. */
  prices: readonly SeenPrice[];
} & TruthHealth;

/** How well this account is known and kept. */
export type TruthHealth = {
  /** Whether positions and exchange say the same. */
  agreement: Agreement;
  reconciliations: ReconciliationHealth;
  cover: CoverHealth;
  /** What the exchange said the account is worth, when that changed last; null before the first answer. */
  balance: BalanceRecord | null;
};

/** How long positions that are open now have been without full cover. */
export type CoverHealth = {
  /** Those that lack a stop that they want now. */
  uncovered: number;
  /** Of all of them, added up, whether they want a stop or not. */
  uncoveredMs: number;
  /** Of the one that lacks it now and has been without for longest; 0: none does. */
  longestMs: number;
};

export type ObserveDeps = {
  exchange: Exchange;
  journal: Pick<
    Journal,
    | 'positions'
    | 'levels'
    | 'levelsVersion'
    | 'balances'
    | 'appendBalance'
    | 'reconciliationCounts'
    | 'uncoveredMs'
    | 'trades'
    | 'events'
    | 'writeTrade'
    | 'publish'
  >;
  signals: ObserveSignals;
  /** Publications of this process; those of others are found by polling. */
  levelChanges: LevelChanges;
  clock: { now(): number };
  log: ObserveLog;
  metrics?: ObserveMetrics;
  /** The activity that is running; see `temporal-run.ts`. */
  run: () => ActivityRun;
  /** Between two readings of the account. Default 5000. */
  pollMs?: number;
  /** Whether prices are followed and levels watched. Default true. */
  followPrices?: boolean;
  /** Between two looks for finished trades that lack their figures. Default 60000. */
  figuresMs?: number;
  /** When reconciliations count as frequent. Default: more than ten within an hour. */
  alert?: FrequencyRule;
  /** Positions that no workflow keeps are none of its business. Default false. */
  ignoresUnmanaged?: boolean;
  /** Before a lost socket is opened again. Default 1000. */
  reconnectDelayMs?: number;
};
