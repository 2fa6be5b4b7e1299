/**
 * The journal port: what remains of every position. Three kinds of record:
 * - append-only facts (`fills`, `events`, `reconciliations`, `balances`), each with a key, so that
 *   writing again changes nothing;
 * - one row per trade (`trades`), keyed by account, symbol, leg and epoch: completed later where a
 *   figure was unknown, never doubled and never taken back;
 * - the projection of what is open now (`positions`, `levels`): rebuilt at will, read by the watcher,
 *   the command line and dashboards instead of asking every workflow.
 *
 * Every adapter passes `test/journal/conformance.ts`.
 */
import type { Decimal } from '../domain/decimal.ts';
import type { JournalEvent, JournalFill, PositionPublication } from '../domain/publication.ts';
import type { Reconciliation, ReconciliationKind } from '../domain/audit/reconciliations.ts';
import type { SyncReport } from '../domain/audit/sync-report.ts';
import type { Symbol } from '../domain/terms.ts';
import type { TradeKey, TradeRow } from '../domain/position/trade.ts';
import type { ExitReason, PositionView, PriceLevel } from '../domain/view.ts';

export type { JournalEvent, JournalFill, PositionPublication } from '../domain/publication.ts';
export type { Reconciliation, ReconciliationKind } from '../domain/audit/reconciliations.ts';
export type { FiguresSource, TradeKey, TradeRow } from '../domain/position/trade.ts';

/** What the exchange said an account is worth. */
export type BalanceRecord = {
  account: string;
  asset: string;
  /** Gateway clock. */
  atMs: number;
  equity: Decimal;
  available: Decimal;
  /** What made us ask: the first look of a watch, a position or order that changed, or the exchange's hint. */
  why: 'start' | 'change' | 'hint';
};

export type TradeQuery = {
  account?: string;
  symbol?: Symbol;
  exitReason?: ExitReason;
  /** True: only rows whose figures are not the exchange's, of positions that did open. */
  incomplete?: boolean;
  /** By exit time, inclusive, ISO 8601. */
  sinceAt?: string;
  untilAt?: string;
  /** Newest first; 100 unless told. */
  limit?: number;
};

/** Bounds are inclusive, ISO 8601; newest first; 100 unless told. */
type Span = { sinceAt?: string; untilAt?: string; limit?: number };

export type BalanceQuery = Span & { account?: string; asset?: string };

export type ReconciliationQuery = Span & { account?: string; symbol?: Symbol; kind?: ReconciliationKind };

export type SyncReportQuery = Span;

/** A kind that did not occur is absent. */
export type ReconciliationCounts = Partial<Record<ReconciliationKind, number>>;

/** The reading half: what the command line and the facade get. */
export type JournalReader = {
  /** Newest exit first. */
  trades(query?: TradeQuery): Promise<TradeRow[]>;
  trade(key: TradeKey): Promise<TradeRow | undefined>;
  events(key: TradeKey): Promise<JournalEvent[]>;
  fills(key: TradeKey): Promise<JournalFill[]>;
  balances(query?: BalanceQuery): Promise<BalanceRecord[]>;
  reconciliations(query?: ReconciliationQuery): Promise<Reconciliation[]>;
  /** How many there were since then, by kind. */
  reconciliationCounts(query: { account: string; sinceAt: string }): Promise<ReconciliationCounts>;
  /** Time without full cover of all trades that ended since then, added up. */
  uncoveredMs(query: { account: string; sinceAt: string }): Promise<number>;
  /** What comparisons of all accounts with their exchanges found and did. */
  syncReports(query?: SyncReportQuery): Promise<SyncReport[]>;
  /** The projection, ordered by account, symbol and leg. */
  positions(account?: string): Promise<PositionView[]>;
  close(): Promise<void>;
};

export type Journal = JournalReader & {
  /** Events, fills and projection, and which of the events were reconciliations: all or nothing. */
  publish(publication: PositionPublication): Promise<void>;
  appendBalance(balance: BalanceRecord): Promise<void>;
  appendSyncReport(report: SyncReport): Promise<void>;
  /**
   * Writes or completes a trade's one row: a known figure is never replaced by an unknown one, and
   * figures from `exchange` are replaced by nothing. Returns the row as it now stands.
   */
  writeTrade(row: TradeRow): Promise<TradeRow>;
  /** All price levels of an account's open positions, in one read. */
  levels(account: string): Promise<PriceLevel[]>;
  /** Changes whenever any level of the account may have changed; cheap enough to poll. */
  levelsVersion(account: string): Promise<number>;
};
