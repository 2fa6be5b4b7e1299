/**
 * An account's risk: which legs are taken or reserved, and the limits that a new entry must respect.
 * Counted on everything the exchange shows plus what is reserved here, so that entries at the same
 * moment never exceed a limit together.
 */
import { add, gt, mul, sum, type Decimal } from './decimal.ts';
import { DEFAULT_ADOPTION, type AdoptionSettings } from './adoption.ts';
import type { OpenPositionRequest, ProtectionPrice, Refusal } from './commands.ts';
import type { ExchangePosition } from './exchange-truth.ts';
import { protectionPrice } from './quantities.ts';
import { checkNotional, checkPrice, checkProtection, checkQuantity, checkSide } from './rules.ts';
import type { PositionSettings } from './settings.ts';
import {
  legFor,
  type AccountMode,
  type ExchangeName,
  type LegName,
  type MarketRules,
  type PositionMode,
  type Side,
  type Symbol,
} from './terms.ts';

export type AccountLimits = {
  maxOpenPositions: number;
  /** Quote units of one position; absent: no limit. */
  maxNotionalPerPosition?: Decimal;
  /** Quote units of all positions together; absent: no limit. */
  maxNotionalTotal?: Decimal;
};

/** A leg with a running position, or with an entry being checked. */
export type TakenLeg = {
  symbol: Symbol;
  leg: LegName;
  side: Side;
  notional: Decimal;
  epoch: string;
  workflowId: string;
  state: 'reserved' | 'running';
};

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

export type AccountState = AccountConfiguration & {
  version: 1;
  account: string;
  paused: boolean;
  pausedReason: string | null;
  legs: TakenLeg[];
  /** Answers by request id, newest last, at most `MAX_REQUESTS`. */
  requests: {
    requestId: string;
    workflowId: string;
    runId: string;
    epoch: string;
    entryClientOrderId: string;
  }[];
};

/** A part that is absent is not wanted. */
export type DefaultProtection = { stopLoss?: ProtectionPrice; takeProfit?: ProtectionPrice };

/** Requests remembered, so that a retried one opens nothing twice. */
export const MAX_REQUESTS = 200;

export type AccountView = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  paused: boolean;
  pausedReason: string | null;
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
};

/** A position tells its account that its leg is free again. */
export type LegEnded = { symbol: Symbol; leg: LegName; epoch: string };

export const accountView = (state: AccountState): AccountView => ({
  account: state.account,
  exchange: state.exchange,
  mode: state.mode,
  paused: state.paused,
  pausedReason: state.pausedReason,
  limits: state.limits,
  legs: state.legs.map(({ symbol, leg, side, notional, workflowId, state: name }) => ({
    symbol,
    leg,
    side,
    notional,
    workflowId,
    state: name,
  })),
});

/** What the exchange knows about a market at the time of an entry. */
export type EntryFacts = {
  rules: MarketRules;
  positionMode: PositionMode;
  /** Latest contract price. */
  price: Decimal;
  /** Everything open on the account. */
  positions: ExchangePosition[];
  positionIds: boolean;
  /** The exchange takes several orders in one request; absent in facts that were read before it was asked. */
  batches?: boolean;
};

/** Before anything is asked of the exchange: the shape of the request, and whether entries are on. */
export function checkRequest(state: AccountState, request: unknown): Refusal | null {
  if (state.paused) {
    return {
      code: 'paused',
      text: `entries on ${state.account} are paused${state.pausedReason ? `: ${state.pausedReason}` : ''}; resume first`,
    };
  }
  return checkOpenShape(request);
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
  if (figures) return figures;
  for (const [kind, name, spec] of [
    ['stop', 'stopLoss', request.stopLoss],
    ['target', 'takeProfit', request.takeProfit],
  ] as const) {
    if (spec === undefined) continue;
    const wellFormed = typeof spec === 'object' && spec !== null && 'price' in spec !== 'percent' in spec;
    if (!wellFormed)
      return { code: 'bad_request', text: `${name} must be {"price": "..."} or {"percent": "..."}` };
    const refused = checkProtection(name, spec, rules);
    if (refused) return refused;
    const level = protectionPrice(spec, kind, { side: request.side, entry: price, tickSize: rules.tickSize });
    const wrong = level === null ? null : checkSide(kind, level, price, request.side);
    if (wrong) return wrong;
  }
  return null;
}

/** Against the limits: what the exchange shows and what is reserved, together. */
export function checkLimits(
  state: AccountState,
  request: OpenPositionRequest,
  facts: EntryFacts,
): Refusal | null {
  const leg = legFor(facts.positionMode, request.side);
  const taken = state.legs.find((each) => each.symbol === request.symbol && each.leg === leg);
  const shown = facts.positions.find((each) => each.symbol === request.symbol && each.leg === leg);
  if (taken ?? shown) {
    const where = taken
      ? `by ${taken.workflowId}`
      : 'by a position on the exchange that Holdfast does not manage';
    return { code: 'leg_busy', text: `${request.symbol} ${leg} is taken ${where}: one position per leg` };
  }
  const others = facts.positions.filter(
    (each) => !state.legs.some((held) => held.symbol === each.symbol && held.leg === each.leg),
  );
  const count = state.legs.length + others.length;
  const { maxOpenPositions, maxNotionalPerPosition, maxNotionalTotal } = state.limits;
  if (count >= maxOpenPositions) {
    return {
      code: 'max_open_positions',
      text: `max open positions is ${maxOpenPositions}, and ${count} are open or being opened`,
    };
  }
  const notional = mul(request.quantity, request.limitPrice ?? facts.price);
  if (maxNotionalPerPosition !== undefined && gt(notional, maxNotionalPerPosition)) {
    return {
      code: 'max_notional_per_position',
      text: `the position would be worth ${notional}, the limit is ${maxNotionalPerPosition}`,
    };
  }
  const total = add(add(notional, sum(state.legs.map((each) => each.notional))), sum(others.map(notionalOf)));
  if (maxNotionalTotal !== undefined && gt(total, maxNotionalTotal)) {
    return {
      code: 'max_notional_total',
      text: `all positions together would be worth ${total}, the limit is ${maxNotionalTotal}`,
    };
  }
  return null;
}

const notionalOf = (position: ExchangePosition): Decimal =>
  mul(position.quantity, position.markPrice ?? position.entryPrice ?? '0');

export function initialAccount(account: string, configuration: AccountConfiguration): AccountState {
  return { version: 1, account, ...configuration, paused: false, pausedReason: null, legs: [], requests: [] };
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
