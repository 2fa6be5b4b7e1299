import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../../activities/observe/legs.ts';
import { positionWorkflowId } from '../../../contract/ids.ts';
import { view } from '../../../domain/position/describe.ts';
import type { AccountSnapshot, ExchangePosition } from '../../../domain/exchange-truth.ts';
import { openQuantity } from '../../../domain/position/quantities.ts';
import { adopted, takenUp } from '../../support/adopted.ts';
import { exchangePosition, gateway, T0 } from '../../support/builders.ts';
import type { PositionDriver } from '../../support/position-driver.ts';
import { account } from './scene.ts';

const leg = (side: 'long' | 'short', quantity: string, more: Partial<ExchangePosition> = {}) =>
  exchangePosition({ leg: side, side, quantity, exchangePositionId: `id-${side}`, ...more });

/** Every leg of the reading, taken up as what it is. */
const legsOf = (snapshot: AccountSnapshot): PositionDriver[] =>
  [...(readingsOf(snapshot)?.values() ?? [])].flatMap(({ snapshot: { position } }) =>
    position ? [takenUp(position)] : [],
  );

const known = (positions: PositionDriver[]) =>
  positions.map(({ state }) => [state.leg, state.side, openQuantity(state), state.exchangePositionId]);

describe('hedge legs', () => {
  it('scenario 19: a long of 10 and a short of 5 are two positions, never a net of 5', () => {
    const both = legsOf(account([leg('long', '10'), leg('short', '5')]));
    expect(known(both)).toEqual([
      ['long', 'long', '10', 'id-long'],
      ['short', 'short', '5', 'id-short'],
    ]);
    expect(new Set(both.map(({ state }) => positionWorkflowId(state))).size).toBe(2);
  });

  it("scenario 20: what happens to one of two legs is none of the other's business", () => {
    const [long, short] = legsOf(account([leg('long', '10'), leg('short', '5')]));
    const later = account([leg('short', '5')], gateway(T0) + 10_000);
    const told = readingsOf(later)?.get('BTC/USDT:USDT short');
    if (!long || !short || !told) throw new Error('two legs, and a reading of one');
    short.wait(10_000).observe(told.snapshot);
    expect([short.state.suspicion, openQuantity(short.state)]).toEqual([null, '5']);
    long.accept('stop');
    expect(long.wait(10_000).observe({ flat: true, orders: [] }).wanted()).toContain('readEvidence');
  });

  it('scenario 21: a leg that names its position keeps that id, for everybody to read', () => {
    const position = adopted({ ...leg('long', '1000'), exchangePositionId: '1981288265204482048' });
    expect(view(position.state, 'w', position.now)).toMatchObject({
      quantity: '1000',
      exchangePositionId: '1981288265204482048',
      identifiedBy: 'position_id',
      adopted: true,
    });
  });

  it('scenario 22: a leg that names none is known by leg and epoch', () => {
    const { exchangePositionId: _, ...nameless } = leg('long', '1000');
    const position = takenUp(nameless);
    expect(view(position.state, 'w', position.now)).toMatchObject({
      exchangePositionId: null,
      identifiedBy: 'leg_and_epoch',
    });
  });

  it('scenario 23: equal legs are two positions, not a net of zero', () => {
    expect(known(legsOf(account([leg('long', '5'), leg('short', '5')])))).toEqual([
      ['long', 'long', '5', 'id-long'],
      ['short', 'short', '5', 'id-short'],
    ]);
  });

  it('scenario 24: two rows for one leg are no truth at all', () => {
    expect(readingsOf(account([leg('long', '5'), leg('long', '6')]))).toBeUndefined();
  });

  it('each leg gets a stop on its own side, for its own quantity', () => {
    const both = legsOf(account([leg('long', '10'), leg('short', '5')]));
    expect(both.map((each) => each.intent('stop').request)).toMatchObject([
      { leg: 'long', side: 'sell', quantity: '10', triggerPrice: '103746.5' },
      { leg: 'short', side: 'buy', quantity: '5', triggerPrice: '114667.1' },
    ]);
  });
});
