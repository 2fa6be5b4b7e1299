/** What Holdfast does for programs: the facade's shape. `holdfast.ts` makes one. */
import type {
  AccountView,
  AddTrancheRequest,
  AdoptAnswer,
  AdoptRequest,
  CancelOrdersRequest,
  ClosePositionRequest,
  EntryFillRequest,
  MergeTranchesRequest,
  OpenPositionAnswer,
  OpenPositionRequest,
  SetProtectionRequest,
} from '../contract/messages.ts';
import type { AdoptionPolicy } from '../domain/commands.ts';
import type { Diagnosis } from '../domain/audit/diagnosis.ts';
import type { SyncReport } from '../domain/audit/sync-report.ts';
import type { PositionView } from '../domain/view.ts';
import type {
  BalanceQuery,
  BalanceRecord,
  Reconciliation,
  ReconciliationQuery,
  TradeQuery,
  TradeRow,
} from '../journal/journal.ts';
import type { CheckResult } from './check.ts';
import type { CloseAllOptions, ClosingProgress } from './close-all.ts';
import type { HoldfastErrorCode } from './errors.ts';
import type { PositionRef } from './position-ref.ts';

/** The symbol and leg are those of the position. */
export type TrancheRequest = Omit<AddTrancheRequest, 'symbol' | 'leg'>;

/** The position as it then stands, and which of its tranches is the new one. */
export type AddedTranche = { position: PositionView; trancheId: string; requestId: string };

/** A position, and whether its workflow said so itself or the journal did in its place. */
export type Shown =
  | { position: PositionView; answeredBy: 'workflow' }
  /** `updatedAt` of the position tells how old this is; `because` why its workflow did not answer. */
  | { position: PositionView; answeredBy: 'projection'; because: HoldfastErrorCode };

/** Every method throws `HoldfastError` and nothing else. */
export type Holdfast = {
  /** Opens a position through its account's limits; answers when the entry is on record. */
  openPosition(account: string, request: OpenPositionRequest): Promise<OpenPositionAnswer>;
  /** Changes stop, targets, trailing, break-even and time exit; answers with the position as it then stands. */
  setProtection(ref: PositionRef, request: SetProtectionRequest): Promise<PositionView>;
  /** Closes the whole position, or a part: at market, or resting at a limit. */
  close(ref: PositionRef, request?: ClosePositionRequest): Promise<PositionView>;
  /**
   * Closes every open position, of one account or of all, at market, and waits until nothing is open any
   * more, or for two minutes at most. One that fails holds up no other: what came of each is in the answer.
   */
  closeAll(account?: string, options?: CloseAllOptions): Promise<ClosingProgress>;
  /** Adds to an open position, within its account's limits; answers once the position shows the tranche. */
  addTranche(ref: PositionRef, request: TrancheRequest): Promise<AddedTranche>;
  /** Several tranches become one; all of them unless some are named. */
  mergeTranches(ref: PositionRef, request?: MergeTranchesRequest): Promise<PositionView>;
  /** Takes back what rests of the entry, and closes at a limit; protection stays. */
  cancelOrders(ref: PositionRef, request?: CancelOrdersRequest): Promise<PositionView>;
  /** Somebody heard of a fill of the entry: it is looked up at once, and the answer is what is known then. */
  handleEntryFill(ref: PositionRef, request?: EntryFillRequest): Promise<PositionView>;
  /** One position, asked from its workflow, else as last written down. */
  show(ref: PositionRef): Promise<Shown>;
  /** All open positions, ordered by account, symbol and leg. */
  positions(account?: string): Promise<PositionView[]>;
  account(account: string): Promise<AccountView>;
  /** No new entries until `resume`; open positions are kept and protected. */
  pause(account: string, reason?: string): Promise<AccountView>;
  resume(account: string): Promise<AccountView>;
  /** Takes up a position that the exchange holds and no workflow keeps. */
  adopt(account: string, request: AdoptRequest): Promise<AdoptAnswer>;
  /** Compares an account with its exchange; changes nothing. */
  check(account: string): Promise<CheckResult>;
  /** The same in full, with orders and journal; neither a worker nor a server has to run. `days` of history. */
  diagnose(account: string, options?: { days?: number }): Promise<Diagnosis>;
  /** Brings accounts and their exchanges together, and waits until they are, or for minutes at most. */
  sync(request: SyncRequest): Promise<SyncReport>;
  /** What earlier comparisons of all accounts found and did, the newest first. */
  syncReports(limit?: number): Promise<SyncReport[]>;
  trades(query?: TradeQuery): Promise<TradeRow[]>;
  /** What was brought in line with the exchange, the newest first. */
  reconciliations(query?: ReconciliationQuery): Promise<Reconciliation[]>;
  /** What accounts were worth, the newest first. */
  balances(query?: BalanceQuery): Promise<BalanceRecord[]>;
};

/** `policy`: under which positions are taken up; absent: as each account is configured. */
export type SyncRequest = { accounts: readonly string[]; policy?: AdoptionPolicy };
