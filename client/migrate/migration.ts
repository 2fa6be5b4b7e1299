/** What becomes of an older bot's records, item by item; and everything that they are compared with. */
import type { AdoptRequest, SetProtectionRequest } from '../../contract/messages.ts';
import type { AccountSnapshot, ClosedPosition } from '../../domain/exchange-truth.ts';
import type { Kept } from '../../domain/audit/explained.ts';
import type { LostTrades } from '../../domain/audit/lost-trades.ts';
import type { LegName, MarketRules, Side, Symbol } from '../../domain/terms.ts';
import type { PositionView } from '../../domain/view.ts';

export type MigrationStep =
  | 'take_over' // open, and kept by nobody yet
  | 'set_protection' // taken up by policy meanwhile: it gets the stop and target of its record
  | 'write_trade' // closed meanwhile, and the journal lacks it
  | 'kept' // taken over already
  | 'written' // closed, and in the journal already
  | 'ended' // over by the record's own word
  | 'elsewhere' // a record of another exchange
  | 'left' // open without any record: the adoption policy's
  | 'unclear' // could be one or another
  | 'not_found';

export type MigrationItem = {
  step: MigrationStep;
  symbol: Symbol;
  leg: LegName | null;
  side: Side | null;
  /** At the exchange, base units. */
  quantity: string | null;
  /** Where the records stand. */
  records: string[];
  /** A sentence. */
  text: string;
  remarks: string[];
  request?: AdoptRequest;
  protection?: SetProtectionRequest;
  workflowId?: string;
  closed?: ClosedPosition;
  entryOrderId?: string;
};

export type MigrationSides = {
  /** The account's exchange, as configured. */
  exchange: string;
  /** Complete. */
  snapshot: AccountSnapshot;
  views: readonly PositionView[];
  kept: readonly Kept[];
  /** Of all symbols in records; a symbol whose history could not be read is missing. */
  histories: ReadonlyMap<Symbol, readonly ClosedPosition[]>;
  lost: LostTrades;
  rules: ReadonlyMap<Symbol, MarketRules>;
};
