/** A stop that goes to the entry price: when, where to, and how its exit is told. */
import { describe, expect, it } from 'vitest';
import { view } from '../../domain/position/describe.ts';
import type { TargetLevel } from '../../domain/position/tranche.ts';
import { fills, levelOf, reach, restingStops, stopFollows } from '../support/moving.ts';
import { PositionDriver } from '../support/position-driver.ts';

const TARGETS: TargetLevel[] = [
  { id: '1', at: { percent: '1' }, share: '40' },
  { id: '2', at: { percent: '2' }, share: '30' },
  { id: '3', at: { percent: '3' }, share: '30' },
];

/** Filled at 100000 with 40/30/30 and a stop at 98000. */
function open(change: ConstructorParameters<typeof PositionDriver>[0] = {}): PositionDriver {
  const position = new PositionDriver({
    takeProfit: null,
    targets: TARGETS,
    stopLoss: { price: '98000' },
    breakEven: { after: { targets: 1 } },
    positionIds: false,
    ...change,
  });
  position.accept('entry', { filled: '0.05', price: '100000' });
  if (position.wanted().includes('place stop')) position.accept('stop');
  while (position.wanted().includes('place target')) position.accept('target');
  return position;
}

const target = (position: PositionDriver, id: string) => {
  const found = position.intents('target').findLast((intent) => intent.target === id);
  if (!found) throw new Error(`no order of target ${id}`);
  return found;
};

describe('after the first of 40/30/30', () => {
  it('the stop rests at the entry price, for what is left', () => {
    const position = open();
    fills(position, target(position, '1'));
    expect(position.state.tranches[0]?.breakEvenReached).toBe(true);
    stopFollows(position);
    expect(restingStops(position)).toEqual(['100000']);
    expect(position.intent('stop').request).toMatchObject({ quantity: '0.03', reduceOnly: true });
    expect(position.state.cover.name).toBe('covered');
  });

  it('not before all of its share has filled', () => {
    const position = open();
    fills(position, target(position, '1'), '0.01');
    expect(position.state.tranches[0]?.breakEvenReached).toBeUndefined();
  });

  it('a close at market in its place counts as much', () => {
    const position = open();
    reach(position, 'target');
    position.find('target', { filled: '0', status: 'open' });
    position.wait(1_500);
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    position.accept('close', { filled: '0.02', price: '101100' });
    expect(position.state.tranches[0]?.breakEvenReached).toBe(true);
  });

  it('its exit is told as BREAK_EVEN_STOP', () => {
    const position = open();
    fills(position, target(position, '1'));
    stopFollows(position);
    fills(position, position.intent('stop'));
    expect(position.state.exitReason).toBe('BREAK_EVEN_STOP');
  });

  it('a stop that would act at once closes what is left', () => {
    const position = open();
    fills(position, target(position, '1'));
    position.refuse('stop', 'would_trigger');
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
  });
});

describe('at a price', () => {
  it.each([
    [{ percent: '1.5' }, '101500'],
    [{ price: '101200' }, '101200'],
  ])('of %j', (after, price) => {
    const position = open({ breakEven: { after, offset: '0.1' } });
    expect(levelOf(position, 'break_even')).toMatchObject({ price, direction: 'up' });
    stopFollows(reach(position, 'break_even'));
    expect(restingStops(position)).toEqual(['100100']);
    expect(levelOf(position, 'break_even')).toBeUndefined();
    expect(view(position.state, 'w', position.now).tranches[0]?.breakEven).toMatchObject({ reached: true });
  });

  it('of a short, below its entry', () => {
    const position = open({
      side: 'short',
      stopLoss: { price: '102000' },
      breakEven: { after: { percent: '1' }, offset: '0.2' },
    });
    expect(levelOf(position, 'break_even')).toMatchObject({ price: '99000', direction: 'down' });
    stopFollows(reach(position, 'break_even'));
    expect(restingStops(position)).toEqual(['99800']);
  });
});

it('never loosens a stop that is tighter already', () => {
  const position = open({ trailing: { distance: { percent: '0.5' }, activation: { percent: '0.9' } } });
  stopFollows(reach(position, 'trail', '101000'));
  expect(restingStops(position)).toEqual(['100495']);
  fills(position, target(position, '1'));
  stopFollows(position);
  expect(position.state.tranches[0]?.breakEvenReached).toBe(true);
  expect(restingStops(position)).toEqual(['100495']);
  expect(position.intent('stop').closeReason).toBe('TRAILING_STOP');
});

it('a stop that is set by hand afterwards holds', () => {
  const position = open();
  fills(position, target(position, '1'));
  stopFollows(position);
  position.command({ type: 'setProtection', request: { stopLoss: { price: '99000' } } });
  stopFollows(position);
  expect(restingStops(position)).toEqual(['99000']);
  fills(position, position.intent('stop'));
  expect(position.state.exitReason).toBe('STOP_LOSS');
});

it.each([
  [{ after: { percent: '1' }, offset: '1' }],
  [{ after: { percent: '0.5' }, offset: '0.7' }],
  [{ after: { price: '100100' }, offset: '0.2' }],
])('%j is refused: the stop would act at once', (breakEven) => {
  expect(open().decide({ type: 'setProtection', request: { breakEven } })).toMatchObject({
    refused: { code: 'bad_request', text: expect.stringContaining('it would act at once') },
  });
});
