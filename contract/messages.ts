/**
 * The messages that positions and accounts understand: definitions only, safe to import from
 * workflows and clients alike. Requests that need an answer are updates; facts are signals; the same
 * requests exist as plain signals for people who signal from the Temporal Web UI.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decimal } from '../domain/decimal.ts';
import type { LegSnapshot } from '../domain/exchange-truth.ts';
import type { AccountMode, ExchangeName, LegName, Side, Symbol, WorkingType } from '../domain/terms.ts';
import type { PositionView } from '../domain/view.ts';

/** A protective price: absolute, or percent away from the entry price (`"1.5"` is 1.5 %). */
export type ProtectionPrice = { price: Decimal } | { percent: Decimal };

/** What `openPosition` asks for. */
export type OpenPositionRequest = {
  symbol: Symbol;
  side: Side;
  /** Base units, a multiple of the lot. */
  quantity: Decimal;
  /** Limit price; absent for a market entry. */
  limitPrice?: Decimal;
  stopLoss?: ProtectionPrice;
  takeProfit?: ProtectionPrice;
  /** Default from the account's settings. */
  workingType?: WorkingType;
  /** The same id gives the same position, however often it is sent: for callers that retry. */
  requestId?: string;
};

export type OpenPositionAnswer = {
  workflowId: string;
  runId: string;
  epoch: string;
  entryClientOrderId: string;
};

/** Absent: leave as it is; `null`: take it away. */
export type SetProtectionRequest = {
  /** Default: every tranche. */
  trancheId?: string;
  stopLoss?: ProtectionPrice | null;
  takeProfit?: ProtectionPrice | null;
};

export type ClosePositionRequest = {
  /** Base units; absent: all of it. */
  quantity?: Decimal;
};

/** A price level of this position was crossed; `crossingId` makes a repeat harmless. */
export type PriceCrossing = {
  crossingId: string;
  levelId: string;
  generation: number;
  price: Decimal;
  atMs: number;
};

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
export const status = defineQuery<PositionView>('status');

// --- account ------------------------------------------------------------------------------------
export type AccountLimits = {
  maxOpenPositions: number;
  /** Quote units of one position; absent: no limit. */
  maxNotionalPerPosition?: Decimal;
  /** Quote units of all positions together; absent: no limit. */
  maxNotionalTotal?: Decimal;
};

export type AccountView = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  paused: boolean;
  pausedReason: string | null;
  limits: AccountLimits;
  /** Legs with a running position or a reservation. */
  legs: { symbol: Symbol; leg: LegName; side: Side; notional: Decimal; workflowId: string; state: 'reserved' | 'running' }[];
};

/** A position tells its account that its leg is free again. */
export type LegEnded = { symbol: Symbol; leg: LegName; epoch: string };

export const openPosition = defineUpdate<OpenPositionAnswer, [OpenPositionRequest]>('openPosition');
export const pause = defineUpdate<AccountView, [{ reason?: string }?]>('pause');
export const resume = defineUpdate<AccountView, []>('resume');
export const legEnded = defineSignal<[LegEnded]>('legEnded');
export const accountStatus = defineQuery<AccountView>('status');
