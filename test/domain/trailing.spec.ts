/** A stop that follows the price: from where, by what steps, through which orders, and how its exit is told. */
import { describe, expect, it } from 'vitest';
import { exitReasonOf } from '../../domain/position/attribution.ts';
import { view } from '../../domain/position/describe.ts';
import { exchangePosition } from '../support/builders.ts';
import { fills, levelOf, reach, restingStops, stopFollows } from '../support/moving.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

/** Filled at 100000, so that percents can be read. */
function open(change: ConstructorParameters<typeof PositionDriver>[0] = {}): PositionDriver {
  const position = new PositionDriver({
    takeProfit: null,
    stopLoss: { price: '95000' },
    trailing: { distance: { percent: '2' } },
    positionIds: false,
    ...change,
  });
  position.accept('entry', { filled: '0.05', price: '100000' });
  if (position.wanted().includes('place stop')) position.accept('stop');
  return position;
}

describe('where trailing begins', () => {
  it('with the entry, where that is better than the stop that is asked for', () => {
    const position = open();
    expect(position.state.tranches[0]?.trailedTo).toBe('100000');
    expect(restingStops(position)).toEqual(['98000']);
  });

  it('with the entry, where no stop is asked for: the position is covered from its first fill', () => {
    const position = open({ stopLoss: null });
    expect(restingStops(position)).toEqual(['98000']);
    expect(position.state.cover.name).toBe('covered');
    expect(position.finding('no_stop')).toBeUndefined();
  });

  it('a step beyond the stop that is asked for, where that is the tighter one', () => {
    const position = open({ stopLoss: { price: '99000' } });
    expect(position.state.tranches[0]?.trailedTo).toBeUndefined();
    expect(restingStops(position)).toEqual(['99000']);
    // A tenth of the distance is 200: 2 % below 101224.5 is 99200.
    expect(levelOf(position, 'trail')).toMatchObject({ price: '101224.5', direction: 'up' });
    reach(position, 'trail');
    expect(stopFollows(position).intent('stop').request.triggerPrice).toBe('99200.1');
  });

  it('at its activation price, and not before', () => {
    const position = open({
      trailing: { distance: { percent: '2' }, activation: { percent: '3' } },
    });
    expect(restingStops(position)).toEqual(['95000']);
    expect(levelOf(position, 'trail')).toMatchObject({ price: '103000' });
    stopFollows(reach(position, 'trail', '103100'));
    expect(restingStops(position)).toEqual(['101038']);
  });

  it('of a short below its entry', () => {
    const position = open({ side: 'short', stopLoss: { price: '105000' } });
    expect(restingStops(position)).toEqual(['102000']);
    expect(levelOf(position, 'trail')).toMatchObject({ price: '99800', direction: 'down' });
    stopFollows(reach(position, 'trail', '99000'));
    expect(restingStops(position)).toEqual(['100980']);
  });

  it('of a position that ran without a stop for an hour: it is given time to place its first one', () => {
    const position = open({
      stopLoss: null,
      trailing: { distance: { percent: '1' }, activation: { percent: '2' } },
    });
    position.wait(3_600_000);
    expect(position.stage).toBe('open');
    reach(position, 'trail');
    expect(position.stage).toBe('open');
    expect(position.accept('stop').state.cover.name).toBe('covered');
  });
});

describe('how it follows', () => {
  it('once a step: the next level is a tenth of the distance further, and the same crossing moves it once', () => {
    const position = open();
    expect(levelOf(position, 'trail')).toMatchObject({ price: '100200' });
    const told = { ...levelOf(position, 'trail'), crossingId: 'c', atMs: position.now };
    stopFollows(reach(position, 'trail', '100250'));
    expect(restingStops(position)).toEqual(['98245']);
    expect(levelOf(position, 'trail')).toMatchObject({ price: '100450.5' });
    const before = position.recorded.length;
    position.command({ type: 'priceCrossed', crossing: told as never });
    expect(position.recorded).toHaveLength(before);
  });

  it('by the step that was asked for', () => {
    const position = open({ trailing: { distance: { distance: '1500' }, step: { distance: '700' } } });
    expect(restingStops(position)).toEqual(['98500']);
    expect(levelOf(position, 'trail')).toMatchObject({ price: '100700' });
  });

  it('the new stop rests before the old one goes', () => {
    const position = open();
    reach(position, 'trail', '101000');
    expect(position.wanted()).toEqual(['place stop']);
    expect(restingStops(position)).toEqual(['98000']);
    position.accept('stop');
    expect(position.wanted()).toContain('cancel stop');
    expect(position.state.cover.name).toBe('covered');
  });

  it('the old one goes first where the exchange takes a single stop', () => {
    const position = open();
    position.apply([{ type: 'SingleProtectionFound' }]);
    reach(position, 'trail', '101000');
    expect(position.wanted()).toEqual(['cancel stop']);
    stopFollows(position);
    expect(restingStops(position)).toEqual(['98980']);
  });

  it('while one placement is under way the price may go on: the next stop is for the best price by then', () => {
    const position = open();
    reach(position, 'trail', '101000');
    reach(position, 'trail', '102000');
    reach(position, 'trail', '103000');
    expect(position.wanted()).toEqual(['place stop']);
    position.accept('stop');
    expect(position.wanted()).toContain('place stop');
    position.accept('stop');
    expect(position.intent('stop').request.triggerPrice).toBe('100940');
  });

  it('all of the state there is: nothing of it is lost when a worker dies', () => {
    const position = open();
    stopFollows(reach(position, 'trail', '104000'));
    const carried = JSON.parse(JSON.stringify(position.state));
    expect(carried).toEqual(position.state);
    expect(view(position.state, 'w', position.now).tranches[0]?.trailing).toEqual({
      distance: '2 %',
      following: true,
      bestPrice: '104000',
    });
  });

  it('nothing for a position that is only watched', () => {
    const position = open({ trailing: { distance: { percent: '2' }, activation: { percent: '1' } } });
    const [tranche] = position.state.tranches;
    if (!tranche) throw new Error('there is a tranche');
    const trailing = { distance: { percent: '2' } };
    position.state = { ...position.state, policy: 'watch', tranches: [{ ...tranche, trailing }] };
    position.apply([]);
    expect(levelOf(position, 'trail')).toBeUndefined();
    expect(position.types()).not.toContain('StopTrailed');
  });

  it('not to a worse price, whatever is told of the level', () => {
    const position = open();
    reach(position, 'trail', '99000');
    expect(position.state.tranches[0]?.trailedTo).toBe('100000');
  });

  it('behind a stop that is asked for and tighter: that one goes on resting', () => {
    const position = open({
      stopLoss: { price: '99500' },
      trailing: { distance: { percent: '2' }, activation: { price: '100500' } },
    });
    reach(position, 'trail');
    expect(position.state.tranches[0]?.trailedTo).toBe('100500');
    expect(position.wanted()).toEqual([]);
    expect(restingStops(position)).toEqual(['99500']);
    fills(position, position.intent('stop'));
    expect(position.state.exitReason).toBe('STOP_LOSS');
  });
});

describe('how its exit is told', () => {
  it('as TRAILING_STOP where the stop stood where it had moved to', () => {
    const position = open();
    stopFollows(reach(position, 'trail', '104000'));
    fills(position, position.intent('stop'));
    expect(position.stage).toBe('settling');
    expect(position.state.exitReason).toBe('TRAILING_STOP');
    expect(exitReasonOf(position.state)).toBe('TRAILING_STOP');
  });

  it('as STOP_LOSS where it had not moved yet', () => {
    const position = open({ trailing: { distance: { percent: '2' }, activation: { percent: '3' } } });
    fills(position, position.intent('stop'));
    expect(position.state.exitReason).toBe('STOP_LOSS');
  });

  it('as LAST_RESORT_STOP where the price was beyond it before it could rest', () => {
    const position = open();
    reach(position, 'trail', '104000');
    position.refuse('stop', 'would_trigger');
    expect(position.wanted()).toContain('place close');
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
    expect(position.types()).not.toContain('ProtectionSet');
  });

  it('a price that falls through it without its order acting closes at market after the grace', () => {
    const position = open();
    stopFollows(reach(position, 'trail', '104000'));
    reach(position, 'stop', '101900');
    expect(position.stage).toBe('open');
    position.find('stop', { filled: '0', status: 'open' });
    position.wait(1_500);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
  });
});

describe('a person', () => {
  it('who sets a stop ends trailing, even with a looser one', () => {
    const position = open();
    stopFollows(reach(position, 'trail', '104000'));
    position.command({ type: 'setProtection', request: { stopLoss: { price: '97000' } } });
    stopFollows(position);
    expect(restingStops(position)).toEqual(['97000']);
    expect(levelOf(position, 'trail')).toBeUndefined();
  });

  it('may begin it later', () => {
    const position = openPosition({ takeProfit: null });
    position.command({
      type: 'setProtection',
      request: { trailing: { distance: { percent: '1' }, activation: { price: '112000' } } },
      price: '109500',
    });
    expect(restingStops(position)).toEqual(['108000']);
    stopFollows(reach(position, 'trail', '112000'));
    expect(restingStops(position)).toEqual(['110880']);
  });

  it('is refused a stop that would act at once', () => {
    const position = openPosition({ takeProfit: null, stopLoss: { price: '100000' } });
    expect(
      position.decide({
        type: 'setProtection',
        request: { trailing: { distance: { percent: '1' } } },
        price: '107000',
      }),
    ).toEqual({
      refused: {
        code: 'wrong_side',
        text: 'the trailing stop would begin at 108114.7, and the price is 107000: name an activation, or a greater distance',
      },
    });
  });
});

it('follows what fills later with the same best price', () => {
  const position = new PositionDriver({
    limitPrice: '100000',
    takeProfit: null,
    stopLoss: null,
    trailing: { distance: { percent: '2' } },
    positionIds: false,
  });
  position.accept('entry', { filled: '0.02', price: '100000' }).accept('stop');
  stopFollows(reach(position, 'trail', '101000'));
  fills(position, position.intent('entry'));
  stopFollows(position);
  expect(restingStops(position)).toEqual(['98980']);
  expect(position.intent('stop').request).toMatchObject({ quantity: '0.05', triggerPrice: '98980' });
  position.observe({ position: exchangePosition({ quantity: '0.05' }) });
  expect(position.state.cover.name).toBe('covered');
});
