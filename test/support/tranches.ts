/** Tranches that are added to a position under test, as its account grants them. */
import { takeTranche, type GrantedTranche } from '../../domain/position/add-tranche.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { trancheQuantity } from '../../domain/position/quantities.ts';
import type { PositionDriver } from './position-driver.ts';

/** 0.03 at market with a stop at 108500 and a target at 111000. */
export const granted = (
  { epoch }: Pick<PositionState, 'epoch'>,
  change: Partial<GrantedTranche> = {},
): GrantedTranche => ({
  requestId: 'more',
  epoch,
  quantity: '0.03',
  stopLoss: { price: '108500' },
  takeProfit: { price: '111000' },
  ...change,
});

/** The account's word comes; nothing has been sent yet. */
export const grant = (position: PositionDriver, change: Partial<GrantedTranche> = {}): PositionDriver =>
  position.apply(takeTranche(position.state, granted(position.state, change), position.now));

/** The same, filled at market at once and protected, as far as it is to be. */
export function grow(
  position: PositionDriver,
  change: Partial<GrantedTranche> = {},
  price = '109300',
): PositionDriver {
  grant(position, change);
  position.accept('entry', { filled: position.intent('entry').request.quantity, price });
  while (position.wanted().includes('place stop')) position.accept('stop');
  while (position.wanted().includes('place target')) position.accept('target');
  return position;
}

/** `t1 0.05`, `t2 0.03`. */
export const parts = ({ state }: Pick<PositionDriver, 'state'>): string[] =>
  state.tranches.map(({ id }) => `${id} ${trancheQuantity(state, id)}`);

/** Orders of a role that rest and are to stay: `t1 0.05 at 108000`. */
export const resting = (position: PositionDriver, role: 'stop' | 'target'): string[] =>
  position
    .intents(role)
    .filter(({ status, cancelWanted }) => status.name === 'live' && !cancelWanted)
    .map(({ trancheId, request }) => `${trancheId} ${request.quantity} at ${request.triggerPrice}`);
