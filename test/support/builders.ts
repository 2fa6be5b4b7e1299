/** Builders of what a position starts from and of what an exchange says, with a BTC market's figures. */
import type { AccountState, EntryFacts } from '../../domain/account/account.ts';
import { initialAccount } from '../../domain/account/account.ts';
import type { Evidence } from '../../domain/reconcile/evidence.ts';
import type {
  ClosedPosition,
  ExchangeOrder,
  ExchangePosition,
  Fill,
  LegSnapshot,
  OrderRequest,
} from '../../domain/exchange-truth.ts';
import { epochAt } from '../../domain/ids.ts';
import type { PositionStart } from '../../domain/position/position.ts';
import { DEFAULT_SETTINGS, type PositionSettings } from '../../domain/settings.ts';
import type { MarketRules } from '../../domain/terms.ts';

/** The workflow's clock at the start of every test. */
export const T0 = Date.UTC(2026, 0, 2, 3, 4, 5);
/** The gateway's clock is behind: a test that compares one with the other shows it. */
export const GATEWAY_BEHIND_MS = 7_200_000;
/** The gateway's time at a time of the workflow's. */
export const gateway = (nowMs: number): number => nowMs - GATEWAY_BEHIND_MS;

export const BTC: MarketRules = {
  symbol: 'BTC/USDT:USDT',
  tickSize: '0.1',
  lotSize: '0.0001',
  minQuantity: '0.0001',
  minNotional: '2',
};

export const ENTRY_ORDER_ID = '1981288264506753024';
export const POSITION_ID = '1981288265204482048';

export const settings = (change: Partial<PositionSettings> = {}): PositionSettings => ({
  ...DEFAULT_SETTINGS,
  batchProtection: false,
  ...change,
});

/** A long of 0.05 BTC at market with a stop at 108000 and a target at 110000. */
export function start(change: Partial<PositionStart> = {}): PositionStart {
  return {
    account: 'paper',
    exchange: 'bingx',
    mode: 'paper',
    symbol: BTC.symbol,
    leg: 'net',
    epoch: epochAt(T0),
    side: 'long',
    positionIds: true,
    market: BTC,
    settings: settings(),
    quantity: '0.05',
    limitPrice: null,
    workingType: 'CONTRACT_PRICE',
    stopLoss: { price: '108000' },
    takeProfit: { price: '110000' },
    ...change,
  };
}

export function exchangePosition(change: Partial<ExchangePosition> = {}): ExchangePosition {
  return {
    symbol: BTC.symbol,
    leg: 'net',
    side: 'long',
    quantity: '0.05',
    entryPrice: '109206.8',
    exchangePositionId: POSITION_ID,
    ...change,
  };
}

/** The order that a request became, resting untouched unless said otherwise. */
export function orderOf(
  request: OrderRequest,
  orderId: string,
  change: Partial<ExchangeOrder> = {},
): ExchangeOrder {
  const { clientOrderId, ...terms } = request;
  // BingX keeps no client id on conditional orders.
  const named = terms.triggerPrice === undefined ? { clientOrderId } : {};
  return {
    ...terms,
    ...named,
    orderId,
    status: 'open',
    filledQuantity: '0',
    closePosition: false,
    ...change,
  };
}

export function foreignOrder(change: Partial<ExchangeOrder> = {}): ExchangeOrder {
  return {
    orderId: '7777',
    symbol: BTC.symbol,
    leg: 'net',
    side: 'sell',
    kind: 'stop_market',
    status: 'open',
    quantity: '0.05',
    filledQuantity: '0',
    triggerPrice: '107000',
    reduceOnly: true,
    closePosition: false,
    ...change,
  };
}

export function snapshot(takenAtMs: number, change: Partial<LegSnapshot> = {}): LegSnapshot {
  return {
    sequence: 1,
    takenAtMs,
    readAtMs: takenAtMs + 20,
    complete: true,
    problems: [],
    orders: [],
    ...change,
  };
}

export function fill(change: Partial<Fill> & Pick<Fill, 'fillId' | 'atMs'>): Fill {
  return {
    orderId: '9999',
    symbol: BTC.symbol,
    leg: 'net',
    side: 'sell',
    price: '109000',
    quantity: '0.05',
    ...change,
  };
}

export function closedPosition(change: Partial<ClosedPosition> = {}): ClosedPosition {
  return {
    exchangePositionId: POSITION_ID,
    symbol: BTC.symbol,
    leg: 'net',
    side: 'long',
    quantity: '0.05',
    entryPrice: '109206.8',
    closePrice: '109953.4',
    realizedPnl: '57.14',
    netPnl: '51.6',
    whole: true,
    ...change,
  };
}

export const evidence = (reading: LegSnapshot, change: Partial<Evidence> = {}): Evidence => ({
  snapshot: reading,
  fills: [],
  closed: [],
  ...change,
});

export function account(change: Partial<AccountState> = {}): AccountState {
  const configuration = {
    exchange: 'bingx',
    mode: 'paper',
    limits: { maxOpenPositions: 3 },
    settings: { '*': settings() },
    defaults: { '*': {} },
  } as const;
  return { ...initialAccount('paper', configuration), ...change };
}

export function entryFacts(change: Partial<EntryFacts> = {}): EntryFacts {
  return {
    rules: BTC,
    positionMode: 'one-way',
    price: '109200',
    positions: [],
    positionIds: true,
    ...change,
  };
}
