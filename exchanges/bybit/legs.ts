/** Bybit's position indexes and our legs. */
import type { LegName, OrderSide, Side } from '../../domain/terms.ts';

export type PositionIdx = '0' | '1' | '2';

/** How an order names the leg it is for. Always sent: without it Bybit takes one-way mode for granted. */
export const positionIdxOf: Record<LegName, 0 | 1 | 2> = { net: 0, long: 1, short: 2 };

const LEGS: Record<PositionIdx, LegName> = { '0': 'net', '1': 'long', '2': 'short' };

/** Every row names its own leg, so none is ever guessed. */
export const legOf = (idx: PositionIdx): LegName => LEGS[idx];

/** `Buy` is a long position and a buying order; what is flat has no side. */
export const positionSideOf = (side: string): Side | undefined =>
  side === 'Buy' ? 'long' : side === 'Sell' ? 'short' : undefined;

export const orderSideOf = (side: string): OrderSide | undefined =>
  side === 'Buy' ? 'buy' : side === 'Sell' ? 'sell' : undefined;

export const bybitSideOf: Record<OrderSide, 'Buy' | 'Sell'> = { buy: 'Buy', sell: 'Sell' };
