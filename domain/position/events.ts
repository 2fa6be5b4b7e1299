/** What can happen to a position. Each is a fact with everything needed to apply it; see `evolve.ts`. */
import type { Adoption } from './adoption.ts';
import type { Decimal } from '../decimal.ts';
import type { ClosedPosition, Fill, RefusalKind } from '../exchange-truth.ts';
import type {
  AlteredTerms,
  Crossing,
  ExternalChange,
  Intent,
  IntentEnd,
  PositionStart,
  Suspicion,
} from './position.ts';
import type {
  BreakEvenSpec,
  ProtectionSpec,
  TargetLevel,
  TimeExit,
  TrailingSpec,
  Tranche,
} from './tranche.ts';
import type { LifeSigns } from '../reconcile/same-life.ts';
import type { ExitReason, Finding, ForeignOrder } from '../view.ts';

export type PositionEvent =
  | { type: 'PositionStarted'; start: PositionStart; nowMs: number }
  | { type: 'PositionAdopted'; adoption: Adoption; intents: Intent[]; nowMs: number }
  // --- orders ---
  | { type: 'IntentPlanned'; intent: Intent }
  /** `atMs`: gateway clock of the answer or sighting; `sentAtMs` where this process sent it. */
  | {
      type: 'IntentAccepted';
      number: number;
      orderId: string;
      atMs: number;
      sentAtMs: number | null;
      nowMs: number;
    }
  | {
      type: 'IntentRefused';
      number: number;
      kind: RefusalKind;
      code: string | null;
      reason: string;
      nowMs: number;
    }
  /** Certainly not accepted; the same order goes out again at `nextAtMs`. */
  | { type: 'IntentDeferred'; number: number; reason: string; nextAtMs: number }
  | {
      type: 'IntentUnknown';
      number: number;
      why: 'placement' | 'vanished' | 'cancel';
      reason: string;
      sentAtMs: number;
      nowMs: number;
    }
  /** Looked up without a final answer. */
  | {
      type: 'IntentAsked';
      number: number;
      result: 'none' | 'many' | 'fault';
      askedAtMs: number | null;
      nextAtMs: number;
    }
  /** Looked up or listed: it rests, with so much filled. */
  | {
      type: 'IntentProgressed';
      number: number;
      orderId: string;
      filledQuantity: Decimal;
      averagePrice: Decimal | null;
      atMs: number;
      nextAskAtMs: number | null;
      /** Gateway clock, as the exchange dates the order and its last fill, where it does. */
      createdAtMs?: number;
      filledAtMs?: number;
      /** Executions told of it; whether it rests is as unknown as before. */
      byFills?: true;
    }
  | {
      type: 'IntentEnded';
      number: number;
      how: IntentEnd;
      reason: string | null;
      orderId: string | null;
      filledQuantity: Decimal | null;
      averagePrice: Decimal | null;
      atMs: number;
      nowMs: number;
      /** Gateway clock, as the exchange dates the order and its last fill, where it does. */
      createdAtMs?: number;
      filledAtMs?: number;
      /** Gateway clock of the look-up that no longer found it: presumed, where nothing else proves it. */
      presumedAtMs?: number;
    }
  /** It rests otherwise than it was sent, as far as terms are named; none: as it was sent again. */
  | ({ type: 'IntentAltered'; number: number; atMs: number } & AlteredTerms)
  | { type: 'CancelWanted'; number: number; why: string }
  | { type: 'CancelDeferred'; number: number; reason: string; nextAtMs: number; nowMs: number }
  /** Look at this resting order at once. */
  | { type: 'LookWanted'; number: number; nowMs: number }
  /** Presumed gone, it is in a later list: to be looked up, and cancelled. */
  | { type: 'IntentResurfaced'; number: number; orderId: string; atMs: number; nowMs: number }
  | { type: 'SingleProtectionFound' }
  | { type: 'HeldOff'; key: string; attempts: number; untilMs: number }
  // --- what the exchange says ---
  | { type: 'SnapshotCompared'; takenAtMs: number; foreignOrders: ForeignOrder[] }
  /** For the journal: the state has them by the comparison. `atMs`: gateway clock. */
  | {
      type: 'ForeignOrdersChanged';
      appeared: ForeignOrder[];
      altered: ForeignOrder[];
      gone: ForeignOrder[];
      atMs: number;
    }
  | { type: 'SecondWriterSeen'; orderIds: string[]; nowMs: number }
  /** `nextAtMs`: it could not be told, and is told again then; null: it was. */
  | { type: 'AccountTold'; nextAtMs: number | null }
  | { type: 'PositionIdentified'; exchangePositionId: string; openedAtMs: number | null }
  | { type: 'IdentityAsked'; nextAtMs: number }
  | { type: 'Suspected'; suspicion: Suspicion }
  | { type: 'SuspicionCleared'; why: string }
  /** Taken at its word: an average or a date that no execution explains. */
  | { type: 'LifeStated'; signs: LifeSigns; takenAtMs: number }
  | { type: 'ExternallyChanged'; change: ExternalChange }
  // --- wishes ---
  | {
      type: 'ProtectionSet';
      trancheId: string;
      stopLoss?: ProtectionSpec | null;
      takeProfit?: ProtectionSpec | null;
      targets?: TargetLevel[] | null;
      trailing?: TrailingSpec | null;
      breakEven?: BreakEvenSpec | null;
      why: string;
      /** Absent where it only takes back what was asked for. */
      nowMs?: number;
    }
  | { type: 'TimeExitSet'; timeExit: TimeExit | null; nowMs: number }
  // --- tranches ---
  | { type: 'TrancheAdded'; tranche: Tranche; nowMs: number }
  /** `into` now holds what the tranches of `from` held, orders included; `tranche` is what it is now. */
  | { type: 'TranchesMerged'; into: string; from: string[]; tranche: Tranche; why: string; nowMs: number }
  /** Its entry ended without a fill. */
  | { type: 'TrancheDropped'; trancheId: string; why: string; nowMs: number }
  /** All of it is closed, while others are open. */
  | { type: 'TrancheClosed'; trancheId: string; nowMs: number }
  /** It could not be added; the account is told, to free what it reserved. */
  | { type: 'TrancheRefused'; requestId: string; epoch: string; reason: string; nowMs: number }
  /** `nextAtMs`: the account could not be told, and is told again then; null: it was. */
  | { type: 'TrancheRefusalTold'; requestId: string; nextAtMs: number | null }
  /** The price has gone far enough in its favour for a merge. */
  | { type: 'TrancheProfitable'; trancheId: string; nowMs: number }
  /** No further slice of its entry is sent. */
  | { type: 'IcebergEnded'; trancheId: string; why: string; nowMs: number }
  // --- a stop that moves by itself ---
  /** The best price that the trailing stop follows. */
  | { type: 'StopTrailed'; trancheId: string; to: Decimal; nowMs: number }
  | { type: 'BreakEvenReached'; trancheId: string; nowMs: number }
  | { type: 'CloseRequested'; reason: ExitReason; why: string; nowMs: number }
  | { type: 'PriceCrossed'; crossing: Crossing }
  | { type: 'CrossingSettled'; levelId: string }
  // --- stages and cover ---
  | { type: 'PositionOpened'; nowMs: number }
  | { type: 'CoverLost'; nowMs: number }
  | { type: 'CoverRestored'; nowMs: number }
  | { type: 'WentFlat'; reason: ExitReason | null; nowMs: number }
  /** `left`: the leg holds another position by now, as after a flip. */
  | { type: 'FlatSeen'; takenAtMs: number; left?: true }
  | { type: 'SettlementAsked'; nextAtMs: number }
  | { type: 'FiguresFound'; figures: ClosedPosition }
  /** Every execution of the leg since the entry, for the journal. */
  | { type: 'FillsRead'; fills: Fill[] }
  | { type: 'TradeJournalled'; figuresSource: 'exchange' | 'fills' | 'unknown' }
  | { type: 'PositionClosed' }
  // --- for people ---
  | { type: 'FindingRaised'; finding: Finding }
  | { type: 'FindingCleared'; code: string };
