/**
 * An account: which legs are taken or reserved, and whether it takes entries. What a new one is checked for
 * is in `open-request.ts`, before it is held against the limits in `risk.ts`.
 */
import type { Decimal } from '../decimal.ts';
import { DEFAULT_ADOPTION, type AdoptionSettings } from '../position/adoption.ts';
import type { BreakEvenSpec, ProtectionPrice, TakeProfitLevel, TimeExit, TrailingStop } from '../commands.ts';
import { notionalReserved, type TakenLeg } from './exposure.ts';
import type { Halt, HaltState } from './halt.ts';
import type { AccountLimits, LimitFacts } from './risk.ts';
import type { PositionSettings } from '../settings.ts';
import type { AccountMode, ExchangeName, LegName, MarketRules, Side, Symbol } from '../terms.ts';

/** What the configuration says of an account, as its workflow gets it. */
export type AccountConfiguration = {
  exchange: ExchangeName;
  mode: AccountMode;
  limits: AccountLimits;
  /** Settings by symbol; `*` for all others. */
  settings: Record<string, PositionSettings>;
  /** Protection for requests that name none, by symbol; `*` for all others. */
  defaults: Record<string, DefaultProtection>;
  /** What becomes of positions that no workflow keeps, by symbol; `*` for all others. */
  adoption?: Record<string, AdoptionSettings>;
};

export type AccountState = AccountConfiguration &
  HaltState & {
    version: 1;
    account: string;
    paused: boolean;
    pausedReason: string | null;
    legs: TakenLeg[];
    /** When this account was first watched, ms of the workflow's clock. Absent in states of older runs. */
    watchedSinceMs?: number;
    /** Positions on the exchange that no workflow keeps, as the watcher told them last. */
    unmanaged?: UnmanagedLeg[];
    /** Answers by request id, newest last, at most `MAX_REQUESTS`. */
    requests: {
      requestId: string;
      workflowId: string;
      runId: string;
      epoch: string;
      entryClientOrderId: string;
    }[];
    /** The same of added tranches. Absent in states of older runs. */
    additions?: { requestId: string; workflowId: string }[];
  };

/** A position on the exchange that no workflow keeps, and what becomes of it. */
export type UnmanagedLeg = {
  symbol: Symbol;
  leg: LegName;
  side: Side;
  quantity: Decimal;
  /** `ignored`: the policy says so; `pending`: it is being taken up; `refused`: it cannot be, for `reason`. */
  state: 'ignored' | 'pending' | 'refused';
  reason?: string;
};

/** A part that is absent is not wanted. */
export type DefaultProtection = {
  stopLoss?: ProtectionPrice;
  takeProfit?: ProtectionPrice;
  takeProfitLevels?: TakeProfitLevel[];
  trailing?: TrailingStop;
  breakEven?: BreakEvenSpec;
  timeExit?: TimeExit;
};

/** Requests remembered, so that a retried one opens nothing twice. */
export const MAX_REQUESTS = 200;

export type AccountView = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  paused: boolean;
  pausedReason: string | null;
  /** No entries: another copy may trade this account. `resume` lifts it. */
  halted: Halt | null;
  limits: AccountLimits;
  /** Legs with a running position or a reservation. */
  legs: {
    symbol: Symbol;
    leg: LegName;
    side: Side;
    notional: Decimal;
    workflowId: string;
    state: 'reserved' | 'running';
  }[];
  /** Positions on the exchange that no workflow keeps. */
  unmanaged: UnmanagedLeg[];
};

/** A position tells its account that its leg is free again. */
export type LegEnded = {
  symbol: Symbol;
  leg: LegName;
  epoch: string;
  /** The exchange shows another position there: the other side of a flip, say. */
  left?: boolean;
};

export const accountView = (state: AccountState): AccountView => ({
  account: state.account,
  exchange: state.exchange,
  mode: state.mode,
  paused: state.paused,
  pausedReason: state.pausedReason,
  halted: state.halted ?? null,
  limits: state.limits,
  legs: state.legs.map((taken) => ({
    symbol: taken.symbol,
    leg: taken.leg,
    side: taken.side,
    notional: notionalReserved(taken),
    workflowId: taken.workflowId,
    state: taken.state,
  })),
  unmanaged: state.unmanaged ?? [],
});

/** What the exchange knows about a market at the time of an entry. */
export type EntryFacts = LimitFacts & {
  rules: MarketRules;
  positionIds: boolean;
  /** The exchange takes several orders in one request; absent in facts that were read before it was asked. */
  batches?: boolean;
  /** The average true range, quote units; null: too few candles. Absent where nobody asked for it. */
  atr?: Decimal | null;
};

export function initialAccount(account: string, configuration: AccountConfiguration): AccountState {
  const entries = { paused: false, pausedReason: null, halted: null };
  return { version: 1, account, ...configuration, ...entries, legs: [], requests: [] };
}

export const settingsFor = (state: AccountState, symbol: Symbol): PositionSettings => {
  const settings = state.settings[symbol] ?? state.settings['*'];
  if (!settings) throw new Error('an account without settings');
  return settings;
};

export const defaultsFor = (state: AccountState, symbol: Symbol): DefaultProtection =>
  state.defaults[symbol] ?? state.defaults['*'] ?? {};

export const adoptionFor = (state: AccountState, symbol: Symbol): AdoptionSettings =>
  state.adoption?.[symbol] ?? state.adoption?.['*'] ?? DEFAULT_ADOPTION;
