/**
 * The activities that workflows call, as types. One object in, one object out; every one is safe to
 * repeat, because orders carry client ids and journal records carry keys.
 */
import type { AdoptionPolicy } from '../domain/commands.ts';
import type { EntryFacts } from '../domain/account/account.ts';
import type { AverageRange, Timeframe } from '../domain/candles.ts';
import type { AdoptionFacts } from '../domain/position/adoption.ts';
import type { Evidence } from '../domain/reconcile/evidence.ts';
import type { LegSnapshot, OrderRequest } from '../domain/exchange-truth.ts';
import type { FindReport } from '../domain/position/look-ups.ts';
import type { CancelReport, PlaceReport } from '../domain/position/outcomes.ts';
import type { EndReport } from '../domain/position/ending.ts';
import type { ToldOrder } from '../domain/position/told-order.ts';
import type { FiguresReport } from '../domain/position/readings.ts';
import type { LegName, Side, Symbol } from '../domain/terms.ts';
import type { RiskNeed } from '../domain/account/risk.ts';
import type { AccountReport, SyncReport } from '../domain/audit/sync-report.ts';
import type { TradeRow } from '../domain/position/trade.ts';
import type { PositionPublication } from '../domain/publication.ts';

export type LegInput = { account: string; symbol: Symbol; leg: LegName };

export type FindInput = LegInput & {
  orderId: string | null;
  request: OrderRequest;
  /** Orders known to be other intents' of this position. */
  excludeOrderIds: string[];
  /** Gateway clock; null where nothing was sent yet that anybody knows of. */
  sinceMs: number | null;
};

/** How to read a position's end; see `activities/ending.ts`. */
export type EndInput = {
  leg: LegName;
  sinceMs: number;
  exchangePositionId: string | null;
  /** Own orders that were still resting: an exchange takes them back by itself, or does not. */
  orderIds: string[];
};

/** Of one order, only what differs from its request. */
export type FoundOrder =
  | Exclude<FindReport, { found: 'one' }>
  | { found: 'one'; order: ToldOrder; askedAtMs: number };

export type ExchangeActivities = {
  /** One attempt, never retried: whatever is not a definite answer comes back as `unknown`. */
  placeOrder(input: { account: string; request: OrderRequest }): Promise<PlaceReport>;
  /** Orders that leave at the same moment, each with its own outcome; reports in the orders' order. */
  placeOrders(input: { account: string; requests: OrderRequest[] }): Promise<PlaceReport[]>;
  /** `ending`: where it was the last order of a finished position, what is left to read then. */
  cancelOrder(input: {
    account: string;
    symbol: Symbol;
    orderId: string;
    role: string;
    ending?: EndInput;
  }): Promise<CancelReport & { ending?: EndReport }>;
  /** `ending`: where the order turns out to have filled and closed the position, what is left to read then. */
  findOrder(input: FindInput & { ending?: EndInput }): Promise<FoundOrder & { ending?: EndReport }>;
  /** `figures`: where the leg is flat, they are read with it. */
  readLeg(
    input: LegInput & { figures?: Omit<EndInput, 'leg' | 'orderIds'> },
  ): Promise<LegSnapshot & { figures?: FiguresReport }>;
  readEvidence(input: LegInput & { sinceMs: number; exchangePositionId: string | null }): Promise<Evidence>;
  readFigures(
    input: LegInput & { sinceMs: number; exchangePositionId: string | null },
  ): Promise<FiguresReport>;
  /** Latest contract price. */
  readPrice(input: { account: string; symbol: Symbol }): Promise<{ price: string }>;
  /** How far the contract price usually goes within a candle: Wilder's average over `periods` closed ones. */
  readVolatility(input: {
    account: string;
    symbol: Symbol;
    timeframe: Timeframe;
    /** 1 to 100. */
    periods: number;
  }): Promise<AverageRange>;
  /** What an entry is checked against; `unknown_symbol` comes back as a refusal text. */
  readEntryFacts(input: {
    account: string;
    symbol: Symbol;
    side: Side;
    fresh: boolean;
    /** What the limits count on; absent where a workflow from before them asks. */
    needs?: RiskNeed[];
  }): Promise<EntryFacts>;
  /** What is known of a leg that is to be taken up. `sighted`: it was seen before; else it is read twice. */
  readAdoptionFacts(input: LegInput & { sighted: boolean }): Promise<AdoptionFacts>;
};

export type JournalActivities = {
  publish(publication: PositionPublication): Promise<void>;
  /** The same and the trade's row, if it is over, as `workflows/packing.ts` packs them. */
  publishPacked(packed: Uint8Array): Promise<void>;
  writeTrade(row: TradeRow): Promise<void>;
  /** Those of the epochs of a leg that the journal has anything of. */
  knownEpochs(input: LegInput & { epochs: string[] }): Promise<string[]>;
};

export type ObserveActivities = {
  /** Runs until it is cancelled; heartbeats. */
  observe(input: { account: string }): Promise<void>;
};

export type SyncActivities = {
  /**
   * Compares one account with its exchange, reading twice where they differ, and with `execute` brings
   * them together; heartbeats. Every run plans anew, so a repeat does what is left.
   */
  examineAccount(input: {
    account: string;
    execute: boolean;
    /** null: as the account is configured. */
    policy: AdoptionPolicy | null;
    requestId: string;
  }): Promise<AccountReport>;
};

export type ReportActivities = {
  keepReport(report: SyncReport): Promise<void>;
};
