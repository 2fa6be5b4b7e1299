/** The field's terms, shared by every part of Holdfast. Pure data, no behaviour beyond naming. */
import type { Decimal } from './decimal.ts';

export type { ExchangeName } from './exchanges.ts';

/** `paper` trades on the simulated venue, `demo` on the exchange's own test money, `live` on real money. */
export type AccountMode = 'paper' | 'demo' | 'live';

/** A ccxt unified symbol of a linear perpetual, e.g. `BTC/USDT:USDT`. */
export type Symbol = string;

/** The direction of a position. */
export type Side = 'long' | 'short';

/** Where a position lives on an account: `long` and `short` in hedge mode, `net` in one-way mode. */
export type LegName = 'long' | 'short' | 'net';

export type PositionMode = 'one-way' | 'hedge';

export type OrderSide = 'buy' | 'sell';

/** Which price a conditional order watches; the names are the exchanges' own. */
export type WorkingType = 'CONTRACT_PRICE' | 'MARK_PRICE';

export type OrderKind = 'market' | 'limit' | 'stop_market' | 'take_profit_market';

/** Whether an order waits for a trigger price; any other trades, or rests in the book, at once. */
export const isConditional = (order: { kind: OrderKind | 'other' } | undefined): boolean =>
  order?.kind === 'stop_market' || order?.kind === 'take_profit_market';

/** One leg of one account: the identity under which a position workflow runs. */
export type Leg = {
  account: string;
  symbol: Symbol;
  leg: LegName;
};

/** What an exchange demands of an order in one market. Quantities in base units, prices in quote. */
export type MarketRules = {
  symbol: Symbol;
  /** Price step. */
  tickSize: Decimal;
  /** Quantity step, in base units. */
  lotSize: Decimal;
  minQuantity: Decimal;
  /** Smallest order value in quote units; `'0'` where the exchange names none. */
  minNotional: Decimal;
  /** Largest quantity of one order, where the exchange names one. */
  maxQuantity?: Decimal;
};

/** The order side that opens or adds to a position of this direction. */
export const openingSide = (side: Side): OrderSide => (side === 'long' ? 'buy' : 'sell');

/** The order side that closes or reduces a position of this direction. */
export const closingSide = (side: Side): OrderSide => (side === 'long' ? 'sell' : 'buy');

/** The leg that a position of this direction occupies under a position mode. */
export const legFor = (mode: PositionMode, side: Side): LegName => (mode === 'hedge' ? side : 'net');
