/** Which rows of the exchange's history are asked for, and which of them are this position's. */
import { describe, expect, it } from 'vitest';
import { matchClosed, rowsToAskFor } from '../../domain/reconcile/closed-match.ts';
import { evolve } from '../../domain/position/evolve.ts';
import { openingEvents } from '../../domain/position/entry.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { Adoption } from '../../domain/position/adoption.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { closedPosition, gateway, POSITION_ID, start, T0 } from '../support/builders.ts';

const asked = (asks: number): PositionState => {
  const state = initialState(start(), T0);
  return { ...state, exchangePositionId: POSITION_ID, settlement: { ...state.settlement, asks } };
};

/** Taken up with 0.05, when it had been reduced before. */
function takenUp(entryOrderId: string | null): PositionState {
  const adopt: Adoption = {
    policy: 'protect',
    quantity: '0.05',
    entryPrice: '109206.8',
    exchangePositionId: null,
    entryOrderId,
    openedAtMs: gateway(T0) - 60_000,
    seenAtMs: gateway(T0),
    orders: [],
    others: [],
  };
  const from = start({ adopt, positionIds: false });
  const state = initialState(from, T0);
  return openingEvents(state, from, T0).reduce(evolve, state);
}

/** Rebuilt from executions; it closed more than what was taken up. */
function wholeLife(orderIds: string[]) {
  const { exchangePositionId: _, ...row } = closedPosition({ quantity: '0.08', orderIds });
  return { ...row, openedAtMs: gateway(T0) - 60_000, closedAtMs: gateway(T0) + 60_000 };
}

describe("the exchange's rows of a position", () => {
  it('are those of its id at first, then all of the leg: one of ours may be several there', () => {
    expect(rowsToAskFor(asked(0))).toBe(POSITION_ID);
    expect(rowsToAskFor(asked(3))).toBe(null);
  });

  it('include the one that the order of its beginning had a part in, however much was closed before', () => {
    const row = wholeLife(['77', '78']);
    expect(matchClosed(takenUp('77'), [row])).toBe(row);
  });

  it('do not include one of orders that nobody knows', () => {
    expect(matchClosed(takenUp(null), [wholeLife(['77', '78'])])).toBeUndefined();
  });
});
