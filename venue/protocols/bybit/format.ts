/** How Bybit writes symbols, words and figures. */
import type { Leg, OrderSide, PositionDirection, PriceSource } from '../../control/types.ts';
import { toPlaces } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';

export const MONEY_PLACES = 8;

/** `BTC-USDT` in the books is `BTCUSDT`. */
export const symbolOf = (symbol: string): string => symbol.replace('-', '');

export const baseOf = (symbol: string): string => symbol.split('-')[0] ?? symbol;

export const quoteCoinOf = (symbol: string): string => symbol.split('-')[1] ?? 'USDT';

export const sideOf = (side: OrderSide): string => (side === 'buy' ? 'Buy' : 'Sell');

export const sideOfPosition = (direction: PositionDirection): string =>
  direction === 'long' ? 'Buy' : 'Sell';

export const positionIdxOf = (leg: Leg): number => ({ net: 0, long: 1, short: 2 })[leg];

export const triggerByOf = (source: PriceSource): string =>
  ({ last: 'LastPrice', mark: 'MarkPrice', index: 'IndexPrice' })[source];

const SOURCES: Readonly<Record<string, PriceSource>> = {
  LastPrice: 'last',
  MarkPrice: 'mark',
  IndexPrice: 'index',
};

/** Left out, it is the last price; `undefined` where it is none of the three. */
export const readSource = (text: string | undefined): PriceSource | undefined =>
  text ? SOURCES[text] : 'last';

export const money = (value: Decimal): Decimal => toPlaces(value, MONEY_PLACES);

export const millis = (atMs: number): string => String(Math.trunc(atMs));
