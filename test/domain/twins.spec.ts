/** Two parts with the same quantity and stop, where conditional orders carry no client id. */
import { describe, expect, it } from 'vitest';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import { planIntent } from '../../domain/position/orders.ts';
import type { Intent, PositionState } from '../../domain/position/position.ts';
import { chosenTwin } from '../../domain/reconcile/twins.ts';
import { orderOf, start, T0 } from '../support/builders.ts';

const TERMS = {
  kind: 'stop_market',
  quantity: '0.02',
  triggerPrice: '108000',
  workingType: 'CONTRACT_PRICE',
} as const;

/** Stops of two parts, alike, both sent without an answer. */
function twins(): { state: PositionState; first: Intent; second: Intent } {
  let state = initialState(start(), T0);
  for (const trancheId of ['t1', 't2']) {
    const planned = planIntent(state, 'stop', trancheId, TERMS, { nowMs: T0 });
    const status: Intent['status'] = {
      name: 'unknown',
      why: 'placement',
      sinceMs: T0,
      sentAtMs: 1,
      asks: 0,
      notFound: 0,
      nextAtMs: T0,
    };
    state = { ...state, intents: [...state.intents, { ...planned, status }] };
  }
  const [first, second] = state.intents;
  if (!first || !second) throw new Error('two were planned');
  return { state, first, second };
}

const resting = ({ request }: Intent, orderId: string, createdAtMs: number): ExchangeOrder =>
  orderOf(request, orderId, { createdAtMs });

describe('own orders that are alike', () => {
  const { state, first, second } = twins();
  const older = resting(first, 'a', 1);
  const newer = resting(second, 'b', 2);

  it('take one each', () => {
    expect(chosenTwin(state, first, [newer, older])).toBe(older);
    expect(chosenTwin(state, second, [newer, older])).toBe(newer);
  });

  it('never take the same one, when only one has arrived', () => {
    expect(chosenTwin(state, first, [older])).toBe(older);
    expect(chosenTwin(state, second, [older])).toBe('none');
  });

  it('leave what the other one has taken', () => {
    const known = { ...state, intents: [{ ...first, orderId: 'a' }, second] };
    expect(chosenTwin(known, second, [older, newer])).toBe(newer);
    expect(chosenTwin(known, second, [older])).toBe('none');
  });

  it("do not choose where one more looks the same: it is somebody else's", () => {
    expect(chosenTwin(state, first, [older, newer, resting(first, 'c', 3)])).toBe('many');
  });
});
