/** Learning the exchange's own id of a position, where it has one. */
import { isPositive } from '../decimal.ts';
import type { PositionState } from './position.ts';
import { openQuantity } from './quantities.ts';

export const wantsIdentity = (state: PositionState): boolean =>
  state.positionIds &&
  state.exchangePositionId === null &&
  (state.stage.name === 'entering' || state.stage.name === 'open') &&
  isPositive(openQuantity(state));

/** The id is on its way: the reading that brings it comes by itself, or is asked for soon. */
export const expectsIdentity = (state: PositionState, nowMs: number): boolean =>
  wantsIdentity(state) && state.identify.asks === 0 && state.identify.nextAtMs > nowMs;
