/** What a position tells the journal, as it goes through Temporal: raw deflate of this as JSON. */
import type { TradeRow } from '../domain/position/trade.ts';
import type { JournalEvent, PositionPublication } from '../domain/publication.ts';

export type PackedPublication = Omit<PositionPublication, 'events'> & {
  version: 1;
  /** Sequence, type, time (ms) and data of each; all are of the publication's own key. */
  events: [number, string, number, JournalEvent['data']][];
  /** The row of a position that is over. */
  trade?: TradeRow;
};
