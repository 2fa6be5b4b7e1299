/** Positions in several parts, each with its own quantity, stop and target. */
import { describe, expect, it } from 'vitest';
import { effects } from '../../domain/position/effects.ts';
import { evolve } from '../../domain/position/evolve.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import { planIntent } from '../../domain/position/orders.ts';
import { plan } from '../../domain/position/plan.ts';
import type { IntentRole, PositionState } from '../../domain/position/position.ts';
import { openQuantity, trancheQuantity } from '../../domain/position/quantities.ts';
import { start, T0 } from '../support/builders.ts';

const SPEC = { stopLoss: { price: '108000' }, takeProfit: { price: '110000' } };

/** Two parts of 0.03 and 0.05, open, each with a live stop. */
function inTwoParts(): PositionState {
  const begun = initialState(start(), T0);
  const tranches = ['t1', 't2'].map((id) => ({ id, ...SPEC }));
  let state: PositionState = { ...begun, tranches, stage: { name: 'open' }, cover: { name: 'covered' } };
  for (const [trancheId, quantity] of [
    ['t1', '0.03'],
    ['t2', '0.05'],
  ] as const) {
    state = order(state, 'entry', trancheId, quantity, quantity);
    state = order(state, 'stop', trancheId, quantity, '0');
  }
  return state;
}

/** An order that was taken; it has filled where `filled` is all of it, else it rests. */
function order(
  state: PositionState,
  role: IntentRole,
  trancheId: string,
  quantity: string,
  filled: string,
): PositionState {
  const terms =
    role === 'stop'
      ? ({ kind: 'stop_market', quantity, triggerPrice: '108000', workingType: 'CONTRACT_PRICE' } as const)
      : ({ kind: 'market', quantity } as const);
  const intent = planIntent(state, role, trancheId, terms, { nowMs: T0 });
  const { number } = intent;
  const orderId = `o${number}`;
  const figures = { filledQuantity: filled, averagePrice: filled === '0' ? null : '109000' };
  const events: PositionEvent[] = [
    { type: 'IntentPlanned', intent },
    { type: 'IntentAccepted', number, orderId, atMs: T0, sentAtMs: T0, nowMs: T0 },
    filled === quantity
      ? { type: 'IntentEnded', number, how: 'filled', reason: null, orderId, ...figures, atMs: T0, nowMs: T0 }
      : { type: 'IntentProgressed', number, orderId, ...figures, atMs: T0, nextAskAtMs: null },
  ];
  return events.reduce(evolve, state);
}

describe('a position in parts', () => {
  it('counts what one part closed beyond its own as taken out of the others', () => {
    const state = order(inTwoParts(), 'close', 't1', '0.04', '0.04');
    expect(trancheQuantity(state, 't1')).toBe('0');
    expect(trancheQuantity(state, 't2')).toBe('0.04');
    expect(openQuantity(state)).toBe('0.04');
  });

  it('takes back the stop of a part that is closed, while another is open', () => {
    const state = order(inTwoParts(), 'close', 't1', '0.03', '0.03');
    const [wanted] = plan(state, T0);
    expect(wanted).toMatchObject({ type: 'CancelWanted', number: 2 });
    const after = wanted ? evolve(state, wanted) : state;
    const cancel = { type: 'cancel', intent: expect.objectContaining({ number: 2, trancheId: 't1' }) };
    expect(effects(after, T0)).toContainEqual(expect.objectContaining(cancel));
  });

  it('keeps the stop of a part that is open', () => {
    expect(plan(inTwoParts(), T0)).not.toContainEqual(expect.objectContaining({ type: 'CancelWanted' }));
  });
});
