/** What a position tells the journal. */
import type { Fill } from './exchange-truth.ts';
import type { TradeKey } from './position/trade.ts';
import type { PositionView, PriceLevel } from './view.ts';

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

/** Takes a position off what is open whose workflow is gone, whatever generation that one came to. */
export const forgotten = (key: TradeKey): PositionPublication => ({
  key,
  events: [],
  fills: [],
  view: null,
  levels: [],
  generation: Number.MAX_SAFE_INTEGER,
});
