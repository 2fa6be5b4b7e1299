/**
 * The messages that positions and accounts understand: definitions only, safe to import from
 * workflows and clients alike. Requests that need an answer are updates; facts are signals; the same
 * requests exist as plain signals for people who signal from the Temporal Web UI.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccountConfiguration, AccountView, LegEnded } from '../domain/account/account.ts';
import type {
  AddTrancheRequest,
  AdoptRequest,
  CancelOrdersRequest,
  ClosePositionRequest,
  EntryFillRequest,
  MergeTranchesRequest,
  OpenPositionRequest,
  PriceCrossing,
  SetProtectionRequest,
} from '../domain/commands.ts';
import type { GrantedTranche } from '../domain/position/add-tranche.ts';
import type { LegName, Symbol } from '../domain/terms.ts';
import type { LegSnapshot } from '../domain/exchange-truth.ts';
import type { ToldSnapshot } from '../domain/reconcile/snapshot-shape.ts';
import type { PositionView } from '../domain/view.ts';

export type { AccountConfiguration, AccountView, LegEnded } from '../domain/account/account.ts';
export type { AccountLimits } from '../domain/account/risk.ts';
export type {
  AddTrancheRequest,
  AdoptRequest,
  BreakEvenSpec,
  CancelOrdersRequest,
  ClosePositionRequest,
  EntryFillRequest,
  MergeTranchesRequest,
  OpenPositionRequest,
  PriceCrossing,
  ProtectionPrice,
  SetProtectionRequest,
  TakeProfitLevel,
  TimeExit,
  TrailingStop,
} from '../domain/commands.ts';

export type OpenPositionAnswer = {
  workflowId: string;
  runId: string;
  epoch: string;
  entryClientOrderId: string;
};

export type AdoptAnswer = { workflowId: string; runId: string; epoch: string };

/** Every leg that holds a position or own-style orders and has no workflow; empty when there is none left. */
export type UnmanagedSignal = { legs: { symbol: Symbol; leg: LegName; snapshot: LegSnapshot }[] };

/** Orders in our own dialect that nobody here placed: another copy trades this account. */
export type SecondWriterSignal = { symbol: Symbol; leg: LegName; orderIds: string[] };

/** The account has reserved what the tranche takes; `requestId` names it from now on. */
export type TrancheGranted = GrantedTranche;

/** The position could not take the tranche, or has closed it: what was reserved for it is free again. */
export type TrancheRefused = {
  symbol: Symbol;
  leg: LegName;
  epoch: string;
  requestId: string;
  reason: string;
};

/** The tranche is in the view of `workflowId` under this `requestId`, or a finding there says why not. */
export type AddTrancheAnswer = { workflowId: string; requestId: string };

export type ReconcileSignal = {
  snapshot: ToldSnapshot;
};

// --- position -----------------------------------------------------------------------------------
export const setProtection = defineUpdate<PositionView, [SetProtectionRequest]>('setProtection');
export const close = defineUpdate<PositionView, [ClosePositionRequest?]>('close');
/** Several tranches become one; answers once their orders have followed. */
export const mergeTranches = defineUpdate<PositionView, [MergeTranchesRequest?]>('mergeTranches');
/** `mergeTranches` as a plain signal: a refusal shows in the card. */
export const requestMerge = defineSignal<[MergeTranchesRequest?]>('requestMerge');
/** Takes back what rests of the entry, and closes at a limit. */
export const cancelOrders = defineUpdate<PositionView, [CancelOrdersRequest?]>('cancelOrders');
/** Looks at the entry's orders at once; answers with what is known then. */
export const handleEntryFill = defineUpdate<PositionView, [EntryFillRequest?]>('handleEntryFill');
/** Sent by the account. */
export const trancheGranted = defineSignal<[TrancheGranted]>('trancheGranted');
/** `setProtection` as a plain signal: a refusal shows in the card. */
export const adjustProtection = defineSignal<[SetProtectionRequest]>('adjustProtection');
/** `close` as a plain signal: a refusal shows in the card. */
export const requestClose = defineSignal<[ClosePositionRequest?]>('requestClose');
/** `cancelOrders` as a plain signal: a refusal shows in the card. */
export const requestCancelOrders = defineSignal<[CancelOrdersRequest?]>('requestCancelOrders');
/** `handleEntryFill` as a plain signal. */
export const entryFilled = defineSignal<[EntryFillRequest?]>('entryFilled');
export const reconcile = defineSignal<[ReconcileSignal]>('reconcile');
/** A level was crossed; answers once the position has it in its state. Twice is once: it carries an id. */
export const takeCrossing = defineUpdate<void, [PriceCrossing]>('takeCrossing');
/** `takeCrossing` as a plain signal: kept until a worker takes it, at the price of two more writes before. */
export const priceCrossed = defineSignal<[PriceCrossing]>('priceCrossed');
/** The account asks whether the position still runs; a delivered signal is the answer. */
export const areYouThere = defineSignal('areYouThere');
export const status = defineQuery<PositionView>('status');

// --- account ------------------------------------------------------------------------------------
export const openPosition = defineUpdate<OpenPositionAnswer, [OpenPositionRequest]>('openPosition');
/** Adds to an open position, within the account's limits. */
export const addTranche = defineUpdate<AddTrancheAnswer, [AddTrancheRequest]>('addTranche');
/** Sent by a position. */
export const trancheRefused = defineSignal<[TrancheRefused]>('trancheRefused');
/** Takes up a position that the exchange holds and no workflow keeps. */
export const adopt = defineUpdate<AdoptAnswer, [AdoptRequest]>('adopt');
export const pause = defineUpdate<AccountView, [{ reason?: string }?]>('pause');
export const resume = defineUpdate<AccountView, []>('resume');
/** Limits and settings from the configuration; sent by every worker that starts. */
export const configure = defineSignal<[AccountConfiguration]>('configure');
export const unmanaged = defineSignal<[UnmanagedSignal]>('unmanaged');
export const secondWriter = defineSignal<[SecondWriterSignal]>('secondWriter');
export const legEnded = defineSignal<[LegEnded]>('legEnded');
export const accountStatus = defineQuery<AccountView>('status');
