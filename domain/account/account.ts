/**
 * An account: which legs are taken or reserved, whether it takes entries, and what a new one is checked
 * for before it is held against the limits (`risk.ts`).
 */
import type { Decimal } from '../decimal.ts';
import { DEFAULT_ADOPTION, type AdoptionSettings } from '../position/adoption.ts';
import type {
  BreakEvenSpec,
  OpenPositionRequest,
  ProtectionPrice,
  Refusal,
  TakeProfitLevel,
  TimeExit,
  TrailingStop,
} from '../commands.ts';
import type { TakenLeg } from './exposure.ts';
import { checkHalt, type Halt, type HaltState } from './halt.ts';
import { checkSymbol, type AccountLimits, type LimitFacts } from './risk.ts';
import { checkLevels, checkNotional, checkPrice, checkQuantity } from '../rules.ts';
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
  legs: state.legs.map(({ symbol, leg, side, notional, workflowId, state: name }) => ({
    symbol,
    leg,
    side,
    notional,
    workflowId,
    state: name,
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

/** Before anything is asked of the exchange: whether entries are on, the request's shape, and its symbol. */
export function checkRequest(state: AccountState, request: unknown): Refusal | null {
  const halted = checkHalt(state, state.account);
  if (halted) return halted;
  if (state.paused) {
    return {
      code: 'paused',
      text: `entries on ${state.account} are paused${state.pausedReason ? `: ${state.pausedReason}` : ''}; resume first`,
    };
  }
  const misshapen = checkOpenShape(request);
  if (misshapen) return misshapen;
  const { symbol } = request as Pick<OpenPositionRequest, 'symbol'>; // a string, checked above
  return checkSymbol(state.limits, symbol);
}

const OPEN_KEYS = [
  'symbol',
  'side',
  'quantity',
  'limitPrice',
  'stopLoss',
  'takeProfit',
  'workingType',
  'requestId',
];

function checkOpenShape(request: unknown): Refusal | null {
  const bad = (text: string): Refusal => ({ code: 'bad_request', text });
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return bad(`send one JSON object with ${OPEN_KEYS.join(', ')}`);
  const stranger = Object.keys(request).find((key) => !OPEN_KEYS.includes(key));
  if (stranger !== undefined) return bad(`there is no ${stranger}: ${OPEN_KEYS.join(', ')}`);
  const { symbol, side, workingType, requestId } = request as Partial<Record<string, unknown>>; // an object, checked above
  if (typeof symbol !== 'string' || symbol === '') return bad('name the symbol, for example "BTC/USDT:USDT"');
  if (side !== 'long' && side !== 'short') return bad('side must be "long" or "short"');
  if (workingType !== undefined && workingType !== 'CONTRACT_PRICE' && workingType !== 'MARK_PRICE') {
    return bad('workingType must be "CONTRACT_PRICE" or "MARK_PRICE"');
  }
  if (requestId !== undefined && (typeof requestId !== 'string' || requestId.length > 100))
    return bad('requestId must be a string of at most 100 characters');
  return null;
}

/** Against the market: rules, sides and sizes. */
export function checkMarket(request: OpenPositionRequest, facts: EntryFacts): Refusal | null {
  const { rules } = facts;
  const price = request.limitPrice ?? facts.price;
  const figures =
    checkQuantity(request.quantity, rules) ??
    (request.limitPrice === undefined ? null : checkPrice('limitPrice', request.limitPrice, rules)) ??
    checkNotional(request.quantity, price, rules);
  return figures ?? checkLevels(request, { side: request.side, entry: price, price, rules });
}

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
