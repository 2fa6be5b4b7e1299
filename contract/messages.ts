/**
 * The messages that positions and accounts understand: definitions only, safe to import from
 * workflows and clients alike. Requests that need an answer are updates; facts are signals; the same
 * requests exist as plain signals for people who signal from the Temporal Web UI.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccountConfiguration, AccountView, LegEnded } from '../domain/account/account.ts';
import type {
  AdoptRequest,
  ClosePositionRequest,
  OpenPositionRequest,
  PriceCrossing,
  SetProtectionRequest,
} from '../domain/commands.ts';
import type { LegName, Symbol } from '../domain/terms.ts';
import type { LegSnapshot } from '../domain/exchange-truth.ts';
import type { PositionView } from '../domain/view.ts';

export type { AccountConfiguration, AccountView, LegEnded } from '../domain/account/account.ts';
export type { AccountLimits } from '../domain/account/risk.ts';
export type {
  AdoptRequest,
  ClosePositionRequest,
  OpenPositionRequest,
  PriceCrossing,
  ProtectionPrice,
  SetProtectionRequest,
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

export type ReconcileSignal = {
  snapshot: LegSnapshot;
};

// --- position -----------------------------------------------------------------------------------
export const setProtection = defineUpdate<PositionView, [SetProtectionRequest]>('setProtection');
export const close = defineUpdate<PositionView, [ClosePositionRequest?]>('close');
/** `setProtection` as a plain signal: a refusal shows in the card. */
export const adjustProtection = defineSignal<[SetProtectionRequest]>('adjustProtection');
/** `close` as a plain signal: a refusal shows in the card. */
export const requestClose = defineSignal<[ClosePositionRequest?]>('requestClose');
export const reconcile = defineSignal<[ReconcileSignal]>('reconcile');
export const priceCrossed = defineSignal<[PriceCrossing]>('priceCrossed');
/** The account asks whether the position still runs; a delivered signal is the answer. */
export const areYouThere = defineSignal('areYouThere');
export const status = defineQuery<PositionView>('status');

// --- account ------------------------------------------------------------------------------------
export const openPosition = defineUpdate<OpenPositionAnswer, [OpenPositionRequest]>('openPosition');
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
