/** Closes at a limit: they rest, they only reduce, and everything else goes on beside them. */
import { describe, expect, it } from 'vitest';
import { view } from '../../domain/position/describe.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { openQuantity, trancheQuantity } from '../../domain/position/quantities.ts';
import { fills, reach, restingStops, stopFollows } from '../support/moving.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const AT = '109500';

/** 0.05 open, and a close of `quantity` of it resting. */
function resting(quantity?: string): PositionDriver {
  const position = openPosition();
  position.command({
    type: 'close',
    request: { limitPrice: AT, ...(quantity !== undefined && { quantity }) },
  });
  return position.accept('close', { orderId: '801' });
}

const shown = (position: PositionDriver) => view(position.state, 'w', position.now).restingCloses;

describe('a close at a limit', () => {
  it('rests as a reduce-only limit order, and leaves stop and target for all that is open', () => {
    const position = resting();
    expect(position.intent('close').request).toMatchObject({
      kind: 'limit',
      price: AT,
      quantity: '0.05',
      side: 'sell',
      reduceOnly: true,
    });
    expect(position.stage).toBe('open');
    expect(shown(position)).toEqual([{ trancheId: 't1', quantity: '0.05', price: AT, orderId: '801' }]);
    expect(restingStops(position)).toEqual(['108000']);
    expect(position.wanted()).toEqual([]);
  });

  it('shrinks the protection as it fills, and ends the position as asked for', () => {
    const position = resting();
    fills(position, position.intent('close'), '0.02');
    stopFollows(position);
    expect(position.intent('stop').request.quantity).toBe('0.03');
    expect(shown(position)).toMatchObject([{ quantity: '0.03' }]);
    fills(position, position.intent('close'));
    expect(position.state.exitReason).toBe('USER_CLOSE');
    expect(position.wanted()).toContain('cancel stop');
  });

  it('of a part leaves the rest open and protected', () => {
    const position = resting('0.02');
    fills(position, position.intent('close'));
    stopFollows(position);
    expect(position.stage).toBe('open');
    expect(openQuantity(position.state)).toBe('0.03');
    expect(position.intent('stop').request.quantity).toBe('0.03');
  });

  it('is taken back when the stop closes the position', () => {
    const position = resting();
    fills(position, position.intent('stop'));
    expect(position.state.exitReason).toBe('STOP_LOSS');
    expect(position.wanted()).toContain('cancel close');
  });

  it('is given up where the exchange refuses it, and nothing else changes', () => {
    const position = openPosition();
    position.command({ type: 'close', request: { limitPrice: AT } });
    position.refuse('close', 'rule');
    expect(position.stage).toBe('open');
    expect(shown(position)).toEqual([]);
    expect(position.finding('close_refused')).toBeDefined();
    position.wait(60_000);
    expect(position.intents('close')).toHaveLength(1);
  });

  it('that somebody altered on the exchange is taken as it rests', () => {
    const position = resting();
    const [first] = position.restingOrders().filter(({ kind }) => kind === 'limit');
    if (!first) throw new Error('it rests');
    const others = position.restingOrders().filter(({ kind }) => kind !== 'limit');
    position.observe({ orders: [...others, { ...first, quantity: '0.01' }] });
    expect(shown(position)).toMatchObject([{ quantity: '0.01' }]);
    expect(position.finding('order_altered')).toContain('it is taken as it rests');
    expect(position.wanted()).toEqual([]);
  });
});

describe('a close at market after it', () => {
  it('takes the resting one back first, then closes the rest', () => {
    const position = resting('0.02');
    position.command({ type: 'close', request: {} });
    expect(position.wanted()).toEqual(['cancel close']);
    position.cancel('close', 'cancelled', { filled: '0.01', status: 'cancelled' });
    expect(position.wanted()).toContain('place close');
    expect(position.intent('close').request).toMatchObject({ kind: 'market', quantity: '0.04' });
  });

  it('does not wait for a cancel that fails: it can only reduce', () => {
    const position = resting();
    position.command({ type: 'close', request: {} });
    position.cancel('close', 'unknown');
    expect(position.wanted()).toContain('place close');
    expect(position.intent('close').request.reduceOnly).toBe(true);
  });

  it('of a part is taken from what no limit holds', () => {
    const position = resting('0.02');
    position.command({ type: 'close', request: { quantity: '0.03' } });
    expect(position.wanted()).toEqual(['place close']);
    expect(position.decide({ type: 'close', request: { quantity: '0.01' } })).toMatchObject({
      refused: { code: 'closing', text: 'a close is under way already: wait for it' },
    });
  });

  it('of more than that is refused, with what to do', () => {
    expect(resting('0.03').decide({ type: 'close', request: { quantity: '0.04' } })).toEqual({
      refused: {
        code: 'closing',
        text: 'closes at a limit rest already, which leaves 0.02: take them back first (cancelOrders), or close all',
      },
    });
  });

  it('by the instant exit takes it back as well', () => {
    const position = resting();
    reach(position, 'target');
    position.find('target', { filled: '0', status: 'open' });
    position.wait(1_500);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'INSTANT_TAKE_PROFIT' });
    expect(position.wanted()).toContain('cancel close');
    expect(position.wanted()).not.toContain('place close');
  });
});

describe('orders taken back', () => {
  it('are the resting closes, or the entry, or both; a repeat is harmless', () => {
    const position = resting();
    position.command({ type: 'cancelOrders', request: { roles: ['entry'] } });
    expect(position.wanted()).toEqual([]);
    position.command({ type: 'cancelOrders', request: {} });
    position.cancel('close', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(shown(position)).toEqual([]);
    expect(position.stage).toBe('open');
    position.command({ type: 'cancelOrders', request: {} });
    expect(position.wanted()).toEqual([]);
  });

  it('of an entry that has not filled end the position', () => {
    const position = new PositionDriver({ limitPrice: '100000' }).accept('entry');
    position.command({ type: 'cancelOrders', request: { roles: ['entry'] } });
    position.cancel('entry', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.state.exitReason).toBe('NEVER_OPENED');
  });

  it('leave protection alone', () => {
    const position = openPosition();
    position.command({ type: 'cancelOrders', request: {} });
    expect(position.wanted()).toEqual([]);
    expect(restingStops(position)).toEqual(['108000']);
  });

  it.each([
    [{ roles: ['stop'] }, 'roles must be a list of "entry", "close" or both, not ["stop"]'],
    [{ roles: [] }, 'roles must be a list of "entry", "close" or both, not []'],
    [{ orders: 1 }, 'there is no orders: roles, trancheId'],
  ])('%j is refused', (request, text) => {
    const asked = request as never; // wrong on purpose
    expect(openPosition().decide({ type: 'cancelOrders', request: asked })).toEqual({
      refused: { code: 'bad_request', text },
    });
  });
});

describe('a fill that somebody heard of', () => {
  it('is looked up, never believed', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', { orderId: '42' });
    position.command({ type: 'entryFill', request: { orderId: '42' } });
    expect(openQuantity(position.state)).toBe('0');
    expect(position.wanted()).toEqual(['find entry']);
    position.find('entry', { filled: '0.03', status: 'open' });
    expect(openQuantity(position.state)).toBe('0.03');
  });

  it('of an order that is no entry of this position is refused', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', { orderId: '42' });
    expect(position.decide({ type: 'entryFill', request: { orderId: '43' } })).toEqual({
      refused: { code: 'bad_request', text: 'order "43" is no entry of this position: 42' },
    });
  });

  it('that is known already changes nothing', () => {
    const position = openPosition();
    expect(position.decide({ type: 'entryFill', request: {} })).toEqual({ events: [] });
  });
});

describe('with two tranches', () => {
  /** A second tranche beside the first of 0.05, both with their stops. */
  function two(quantity = '0.03'): PositionDriver {
    const position = openPosition({ takeProfit: null, positionIds: false });
    const tranche = { id: 't2', stopLoss: { price: '107000' }, takeProfit: null };
    const entry = position.intent('entry');
    position.state = {
      ...position.state,
      tranches: [...position.state.tranches, tranche],
      intents: [
        ...position.state.intents,
        {
          ...entry,
          number: 90,
          trancheId: 't2',
          orderId: '90',
          filledQuantity: quantity,
          request: { ...entry.request, quantity },
        },
      ],
    } satisfies PositionState;
    position.apply([]);
    return position.accept('stop');
  }

  it('a close of more than one holds is made of orders in each', () => {
    const position = two();
    position.command({ type: 'close', request: { quantity: '0.06', limitPrice: AT } });
    expect(
      position.intents('close').map(({ trancheId, request }) => `${trancheId} ${request.quantity}`),
    ).toEqual(['t1 0.05', 't2 0.01']);
    expect(new Set(position.intents('close').map(({ request }) => request.clientOrderId)).size).toBe(2);
  });

  it('a close that one of them has enough for is taken from that one alone', () => {
    const position = two('0.08');
    position.command({ type: 'close', request: { quantity: '0.06', limitPrice: AT } });
    expect(
      position.intents('close').map(({ trancheId, request }) => `${trancheId} ${request.quantity}`),
    ).toEqual(['t2 0.06']);
  });

  it('a close leaves no order under the minimum', () => {
    const position = two();
    position.state = { ...position.state, market: { ...position.state.market, minQuantity: '0.02' } };
    position.command({ type: 'close', request: { quantity: '0.06', limitPrice: AT } });
    expect(
      position.intents('close').map(({ trancheId, request }) => `${trancheId} ${request.quantity}`),
    ).toEqual(['t1 0.04', 't2 0.02']);
  });

  it('a close of more than its tranche still holds is taken back: it would close another', () => {
    const position = two();
    position.command({ type: 'close', request: { trancheId: 't2', limitPrice: AT } });
    position.accept('close');
    const stop = position.intents('stop').find(({ trancheId }) => trancheId === 't2');
    if (!stop) throw new Error('t2 has a stop');
    fills(position, stop);
    expect(trancheQuantity(position.state, 't2')).toBe('0');
    expect(position.wanted()).toContain('cancel close');
    expect(position.stage).toBe('open');
  });

  it('a stop that was crossed takes back the close at a limit of its tranche first', () => {
    const position = two();
    position.command({ type: 'close', request: { trancheId: 't1', limitPrice: AT } });
    position.accept('close');
    reach(position, 'stop');
    position.find('stop', { filled: '0', status: 'open' });
    position.wait(1_500);
    expect(position.wanted()).toContain('cancel close');
    position.cancel('close', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.intent('close')).toMatchObject({
      trancheId: 't1',
      closeReason: 'LAST_RESORT_STOP',
      request: { kind: 'market', quantity: '0.05' },
    });
  });
});
