/** What an older bot wrote down about one position, in our terms. */
import type { Decimal } from '../../domain/decimal.ts';
import type { TradeRecord } from '../../domain/audit/record-match.ts';

export type BotRecord = TradeRecord & {
  /** Where it stands, for people: `state.json: trades[3]`. */
  place: string;
  /** The record's own word for its exchange, in lower case; null: it has none. */
  exchange: string | null;
  stopLoss: Decimal | null;
  takeProfit: Decimal | null;
  stopOrderId: string | null;
  targetOrderId: string | null;
  /** When it was opened, where the record says just that; `entryAtMs` may be when the record was made. */
  openedAtMs: number | null;
  /** The record itself says that it is over. */
  ended: boolean;
  /** What of it was not taken, and why. */
  remarks: string[];
};

export type Unreadable = { place: string; why: string };

export type Records = { records: BotRecord[]; unreadable: Unreadable[] };
