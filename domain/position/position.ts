/**
 * The durable state of one position: a leg from flat to flat. Plain JSON, carried through history,
 * continue-as-new and queries. What can be derived (open quantity, cover, entry price) is derived, in
 * `quantities.ts`, so that it can never disagree with the orders it comes from.
 *
 * Two clocks: `...Ms` fields are of the workflow's clock unless the comment says *gateway clock*;
 * the two are never compared with each other.
 */
import type { Adoption, KeptPolicy } from './adoption.ts';
import type { Decimal } from '../decimal.ts';
import type { ClosedPosition, OrderRequest } from '../exchange-truth.ts';
import type { LifeSigns } from '../reconcile/same-life.ts';
import type { PositionSettings } from '../settings.ts';
import type { AccountMode, ExchangeName, LegName, MarketRules, Side, Symbol, WorkingType } from '../terms.ts';
import type {
  BreakEvenSpec,
  ProtectionSpec,
  RefusedTranche,
  TargetLevel,
  TimeExit,
  TrailingSpec,
  Tranche,
} from './tranche.ts';
import type { ExitReason, Finding, ForeignOrder } from '../view.ts';

export type IntentRole = 'entry' | 'stop' | 'target' | 'close';

/** How an order that needs no more attention ended. `unsent`: it never left, for certain. */
export type IntentEnd = 'filled' | 'cancelled' | 'expired' | 'rejected' | 'refused' | 'unsent';

export type IntentStatus =
  /** Decided and on record; it is being sent, or will be at `nextAtMs`. */
  | { name: 'planned'; nextAtMs: number; attempts: number }
  /** Its outcome or its present state is not known: being looked up, for as long as it takes. */
  | {
      name: 'unknown';
      why: 'placement' | 'vanished' | 'cancel';
      sinceMs: number;
      /** Gateway clock; 0 until it is known. What is in no list a receive window later never will be. */
      sentAtMs: number;
      asks: number;
      /** Definite answers that no such order exists. */
      notFound: number;
      nextAtMs: number;
    }
  /** Acknowledged by the exchange or seen there. */
  | {
      name: 'live';
      asks: number;
      nextAskAtMs: number | null;
      cancelNextAtMs: number;
      cancelAttempts: number;
      /** It was told to go, and no answer proves that it did. */
      cancelUnprovenSinceMs?: number;
    }
  /** `presumedAtMs` (gateway clock): no list showed it any more; it is done unless a later one does. */
  | { name: 'done'; how: IntentEnd; reason: string | null; presumedAtMs?: number };

/** What of an order rests otherwise than it was sent: somebody altered it on the exchange. */
export type AlteredTerms = { quantity?: Decimal; price?: Decimal; triggerPrice?: Decimal };

/** One order that this position decided on. */
export type Intent = {
  number: number;
  role: IntentRole;
  trancheId: string;
  request: OrderRequest;
  /** Absent: as it was sent; see `altered.ts`. */
  rests?: AlteredTerms;
  plannedAtMs: number;
  status: IntentStatus;
  /** How often it was sent again, because the exchange never received it; absent: never. */
  resends?: number;
  /** It shall not rest any longer. */
  cancelWanted: boolean;
  orderId: string | null;
  /** Gateway clock of the acknowledgement or first sighting. */
  acceptedAtMs: number | null;
  /** Only ever grows. */
  filledQuantity: Decimal;
  averagePrice: Decimal | null;
  /** Gateway clock of the last fill heard of. */
  filledAtMs: number | null;
  /** What to attribute the exit to; null: to what the role says. */
  closeReason: ExitReason | null;
  /** Which of several targets it is, or closes in the place of. */
  target?: string;
};

/** A change of quantity that no own order made. */
export type ExternalChange = {
  /** Identifies the execution, so that it counts once; inferred ones are named after the reading. */
  fillId: string;
  orderId: string | null;
  trancheId: string;
  /** Positive adds, negative reduces. */
  quantity: Decimal;
  price: Decimal | null;
  fee: Decimal | null;
  /** Gateway clock. */
  atMs: number;
  /** `adopted`: what was open when it was taken up. */
  cause: 'manual' | 'liquidation' | 'adl' | 'inferred' | 'adopted';
};

/** The exchange's list says something that own knowledge does not explain yet. */
export type Suspicion = {
  seenQuantity: Decimal;
  seenSide: Side | null;
  seenPositionId: string | null;
  sinceMs: number;
  /** Readings in a row that said the same. */
  readings: number;
  /** Gateway clock of the last one. */
  takenAtMs: number;
  asks: number;
  nextAtMs: number;
  /** Side, size and id are ours; what else the exchange tells of it contradicts us. */
  signs?: LifeSigns;
  /** An own reading agreed meanwhile; one more is taken, see `ownReading`. */
  agreed?: true;
};

/** Whether live stops would close all that is open. */
export type Cover =
  | { name: 'flat' }
  | { name: 'covered' }
  | {
      name: 'uncovered';
      sinceMs: number;
      /** Since when a stop has been tried, where none was wanted before. */
      triedSinceMs?: number;
    };

export type StageState =
  | { name: 'entering' }
  | { name: 'open' }
  | { name: 'closing'; reason: ExitReason }
  | { name: 'settling'; sinceMs: number; reason: ExitReason | null }
  | { name: 'closed' };

/** What has been proven on the way from flat to done. */
export type Settlement = {
  /** Gateway clock of a complete reading that showed the leg flat after the last own fill. */
  flatSeenAtMs: number | null;
  /** That reading showed another position on the leg. */
  left?: true;
  figures: ClosedPosition | null;
  asks: number;
  nextAtMs: number;
  /** The figures that the last journalled row had; null: not journalled yet. */
  journalled: 'exchange' | 'fills' | 'unknown' | null;
};

/** The watched price crossed a protective level whose order should have acted. */
export type Crossing = {
  levelId: string;
  kind: 'stop' | 'target';
  trancheId: string;
  /** Which of several targets. */
  target?: string;
  sinceMs: number;
};

/** Hold-offs after refusals, per role and tranche. */
export type HoldOff = { key: string; attempts: number; untilMs: number };

/** What is fixed at a position's start and holds to its end. */
type PositionTerms = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  symbol: Symbol;
  leg: LegName;
  epoch: string;
  side: Side;
  /** Whether positions carry the exchange's own id (BingX). */
  positionIds: boolean;
  market: MarketRules;
  settings: PositionSettings;
  workingType: WorkingType;
};

export type PositionState = PositionTerms & {
  version: 1;
  requestedQuantity: Decimal;
  startedAtMs: number;
  adopted: boolean;
  /** Of an adopted position: what is done for it. */
  policy?: KeptPolicy;
  /** Gateway clock of the reading that it was adopted from. */
  adoptedAtMs?: number;
  /** What the exchange kept saying of its life, although no execution tells of it. */
  stated?: LifeSigns & { takenAtMs: number };
  stage: StageState;
  tranches: Tranche[];
  intents: Intent[];
  externals: ExternalChange[];
  exchangePositionId: string | null;
  identify: { asks: number; nextAtMs: number };
  /** Gateway clock: the first fill; the last change of quantity; the first order sent. */
  entryAtMs: number | null;
  lastFillAtMs: number | null;
  firstSentAtMs: number | null;
  /** Gateway clock of the newest reading compared. */
  lastSnapshotAtMs: number | null;
  suspicion: Suspicion | null;
  /** Orders on the leg that are not ours, by id. */
  foreignOrders: ForeignOrder[];
  /** Orders of a second writer that were seen, and when the account is told of them; null: it was. */
  secondWriter?: { orderIds: string[]; tellAtMs: number | null; attempts: number };
  cover: Cover;
  uncoveredMs: number;
  /** The exchange takes one protective order of a kind per position: replace by cancelling first. */
  singleProtection: boolean;
  timeExit?: TimeExit;
  /** When it was first seen open; absent before this was kept. */
  openedHereAtMs?: number;
  crossings: Crossing[];
  holdOffs: HoldOff[];
  settlement: Settlement;
  findings: Finding[];
  exitReason: ExitReason | null;
  /** The highest number that any tranche had; absent: 1. None is used twice. */
  trancheCount?: number;
  /** Tranches that were not added, dropped again or closed, of which the account is told. */
  refusedTranches?: RefusedTranche[];
  /** Counts of what was recorded, for the journal's keys. */
  eventCount: number;
  levelGeneration: number;
};

/** How a position workflow is started. */
export type PositionStart = PositionTerms & {
  quantity: Decimal;
  limitPrice: Decimal | null;
  stopLoss: ProtectionSpec | null;
  takeProfit: ProtectionSpec | null;
  targets?: TargetLevel[];
  trailing?: TrailingSpec;
  breakEven?: BreakEvenSpec;
  /** Only so much of a limit entry shows at a time. */
  visibleQuantity?: Decimal;
  timeExit?: TimeExit;
  /** Taken up rather than opened: there is no entry to send. */
  adopt?: Adoption;
};
