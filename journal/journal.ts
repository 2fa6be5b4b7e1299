/**
 * The journal port: what remains of every position. Three kinds of record:
 * - append-only facts (`fills`, `events`), each with a key, so that writing again changes nothing;
 * - one row per trade (`trades`), keyed by account, symbol, leg and epoch: completed later where a
 *   figure was unknown, never doubled and never taken back;
 * - the projection of what is open now (`positions`, `levels`): rebuilt at will, read by the watcher,
 *   the command line and dashboards instead of asking every workflow.
 *
 * Every adapter passes `test/journal/conformance.ts`.
 */
import type { Fill } from '../domain/exchange-truth.ts';
import type { Symbol } from '../domain/terms.ts';
import type { TradeKey, TradeRow } from '../domain/trade.ts';
import type { ExitReason, PositionView, PriceLevel } from '../domain/view.ts';

export type { FiguresSource, TradeKey, TradeRow } from '../domain/trade.ts';

/** One thing that happened to a position, in words that stay readable without the code. */
export type JournalEvent = TradeKey & {
  /** Grows by one per event of an epoch; with the trade key it is the record's key. */
  sequence: number;
  type: string;
  atMs: number;
  /** Plain JSON, decimals as strings. */
  data: Readonly<Record<string, unknown>>;
};

export type JournalFill = Fill & TradeKey & { role: string };

export type TradeQuery = {
  account?: string;
  symbol?: Symbol;
  exitReason?: ExitReason;
  /** By exit time, inclusive, ISO 8601. */
  sinceAt?: string;
  untilAt?: string;
  /** Newest first; 100 unless told. */
  limit?: number;
};

/** What one change of a position adds to the journal; written in one transaction. */
export type PositionPublication = {
  key: TradeKey;
  events: JournalEvent[];
  fills: JournalFill[];
  /** Replaces the projection unless a newer `generation` is already there; null removes it. */
  view: PositionView | null;
  levels: PriceLevel[];
  /** Grows with every publication of an epoch: an older one arriving late changes no projection. */
  generation: number;
};

/** The reading half: what the command line and the facade get. */
export type JournalReader = {
  /** Newest exit first. */
  trades(query?: TradeQuery): Promise<TradeRow[]>;
  trade(key: TradeKey): Promise<TradeRow | undefined>;
  events(key: TradeKey): Promise<JournalEvent[]>;
  fills(key: TradeKey): Promise<JournalFill[]>;
  /** The projection, ordered by account, symbol and leg. */
  positions(account?: string): Promise<PositionView[]>;
  close(): Promise<void>;
};

export type Journal = JournalReader & {
  publish(publication: PositionPublication): Promise<void>;
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
