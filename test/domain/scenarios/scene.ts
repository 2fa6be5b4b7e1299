/** What the scenarios begin with: situations that other systems test or were bitten by, under the numbers of the project's list. */
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../../domain/exchange-truth.ts';
import { exchangePosition, gateway, start, T0 } from '../../support/builders.ts';
import { openPosition, type PositionDriver } from '../../support/position-driver.ts';

export const MARKET = { ...start().market, lotSize: '1', minQuantity: '1' };

/** Open with this many whole units, entered at 109206.8. */
export const holding = (quantity: string, change: Parameters<typeof openPosition>[0] = {}): PositionDriver =>
  openPosition({ quantity, market: MARKET, ...change });

/** The list says so; what the position then asks for is up to the test. */
export const shows = (position: PositionDriver, quantity: string, more: object = {}): PositionDriver =>
  position.observe({ position: exchangePosition({ quantity, ...more }) });

export const at = (position: PositionDriver, agoMs = 1_000): number => gateway(position.now) - agoMs;

export const reading = (position: PositionDriver, quantity: string, more: object = {}) =>
  position.reading({ position: exchangePosition({ quantity, ...more }) });

export const stopGone = (position: PositionDriver) =>
  position.restingOrders().filter(({ kind }) => kind !== 'stop_market');

/** A complete reading of a whole account. */
export const account = (
  positions: ExchangePosition[],
  takenAtMs = gateway(T0),
  orders: ExchangeOrder[] = [],
): AccountSnapshot => ({
  sequence: 1,
  takenAtMs,
  readAtMs: takenAtMs + 20,
  complete: true,
  problems: [],
  positions,
  orders,
});
