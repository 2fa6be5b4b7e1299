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
import type { JournalEvent, JournalFill, PositionPublication } from '../domain/publication.ts';
import type { Symbol } from '../domain/terms.ts';
import type { TradeKey, TradeRow } from '../domain/trade.ts';
import type { ExitReason, PositionView, PriceLevel } from '../domain/view.ts';

export type { JournalEvent, JournalFill, PositionPublication } from '../domain/publication.ts';
export type { FiguresSource, TradeKey, TradeRow } from '../domain/trade.ts';

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
