/** Several targets of one tranche: their shares, their orders, and what closes at market in their place. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { gte, isMultiple, isPositive, lt, lte, sum } from '../../domain/decimal.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import type { Intent, PositionStart } from '../../domain/position/position.ts';
import type { TargetLevel } from '../../domain/position/tranche.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { targetsFilled, wantedTargets } from '../../domain/position/targets.ts';
import { view } from '../../domain/position/describe.ts';
import { found } from '../../domain/position/look-ups.ts';
import { reduceBy } from '../../domain/reconcile/external-changes.ts';
import { exchangePosition, fill, gateway } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const levels = (...shares: string[]): TargetLevel[] =>
  shares.map((share, index) => ({
    id: String(index + 1),
    at: { price: `${110_000 + index * 1_000}` },
    share,
  }));

/** Open with its stop and all its targets resting; the first order of the exchange is 5000. */
function scaled(shares: string[], change: Partial<PositionStart> = {}): PositionDriver {
  const position = new PositionDriver({
    quantity: '0.1',
    takeProfit: null,
    targets: levels(...shares),
    positionIds: false,
    ...change,
  });
  position.accept('entry', { orderId: '1', filled: position.intent('entry').request.quantity });
  position.accept('stop', { orderId: '600' });
  for (let count = 0; position.wanted().includes('place target'); count++)
    position.accept('target', { orderId: String(700 + count) });
  return position;
}

const resting = (position: PositionDriver, role: 'stop' | 'target'): string[] =>
  position
    .intents(role)
    .filter(({ status, cancelWanted }) => status.name === 'live' && !cancelWanted)
    .map(({ target, request }) => `${target ?? '-'} ${request.quantity} at ${request.triggerPrice}`);

const targetOf = (position: PositionDriver, target: string): Intent => {
  const intent = position.intents('target').findLast((each) => each.target === target);
  if (!intent) throw new Error(`no order of target ${target}`);
  return intent;
};

/** The exchange tells, by a look at the order, that a target has filled. */
function fills(position: PositionDriver, target: string, filled: string): PositionDriver {
  const intent = targetOf(position, target);
  return position.apply([
    {
      type: 'IntentEnded',
      number: intent.number,
      how: filled === intent.request.quantity ? 'filled' : 'cancelled',
      reason: null,
      orderId: intent.orderId,
      filledQuantity: filled,
      averagePrice: intent.request.triggerPrice ?? null,
      atMs: gateway(position.now),
      nowMs: position.now,
    },
  ]);
}

const crossed = (position: PositionDriver, kind: 'stop' | 'target', target?: string): PositionDriver => {
  const level = priceLevels(position.state).find((each) => each.kind === kind && each.target === target);
  if (!level) throw new Error('no such level');
  const { levelId, generation, price } = level;
  return position.command({
    type: 'priceCrossed',
    crossing: { crossingId: levelId, levelId, generation, price, atMs: position.now },
  });
};

describe('several targets', () => {
  it('rest each with its share, beside one stop for all', () => {
    const position = scaled(['40', '30', '30']);
    expect(resting(position, 'stop')).toEqual(['- 0.1 at 108000']);
    expect(resting(position, 'target')).toEqual(['1 0.04 at 110000', '2 0.03 at 111000', '3 0.03 at 112000']);
  });

  it('leave the rest to run where the shares are less than all', () => {
    expect(resting(scaled(['50', '20']), 'target')).toEqual(['1 0.05 at 110000', '2 0.02 at 111000']);
  });

  it('are in whole lots, and lose none', () => {
    const position = scaled(['33.3', '33.3', '33.4'], { quantity: '0.0101' });
    expect(resting(position, 'target')).toEqual([
      '1 0.0033 at 110000',
      '2 0.0033 at 111000',
      '3 0.0035 at 112000',
    ]);
  });

  it('that would be under the minimum go with the next one', () => {
    const market = { ...scaled(['100']).state.market, minQuantity: '0.02' };
    expect(resting(scaled(['10', '60', '30'], { market }), 'target')).toEqual([
      '2 0.07 at 111000',
      '3 0.03 at 112000',
    ]);
  });

  it('close one after the other: the stop shrinks, the others stay as they are', () => {
    const position = fills(scaled(['40', '30', '30']), '1', '0.04');
    expect(resting(position, 'target')).toEqual(['2 0.03 at 111000', '3 0.03 at 112000']);
    position.accept('stop', { orderId: '601' });
    expect(resting(position, 'stop')).toEqual(['- 0.06 at 108000']);
    expect(targetsFilled(position.state, position.state.tranches[0] ?? never())).toBe(1);
    fills(position, '2', '0.03');
    fills(position, '3', '0.03');
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'TAKE_PROFIT']);
  });

  it('shrink in proportion when a part is closed outside', () => {
    const position = scaled(['50', '50']).wait(10_000);
    const orders = position.restingOrders();
    const half = { position: exchangePosition({ quantity: '0.05' }), orders };
    position.observe(half).wait(3_000).observe(half);
    position.weigh({
      reading: position.reading(half),
      fills: [
        fill({
          fillId: 'f9',
          orderId: '900',
          side: 'sell',
          quantity: '0.05',
          atMs: gateway(position.now) - 4_000,
        }),
      ],
    });
    expect(openQuantity(position.state)).toBe('0.05');
    position.accept('stop', { orderId: '601' }).accept('target', { orderId: '711' });
    position.accept('target', { orderId: '712' });
    expect(resting(position, 'target')).toEqual(['1 0.025 at 110000', '2 0.025 at 111000']);
  });

  it('follow an entry that fills bit by bit', () => {
    const position = new PositionDriver({ quantity: '0.1', takeProfit: null, targets: levels('50', '50') });
    position.accept('entry', { orderId: '1', filled: '0.04', status: 'open' });
    position.accept('stop').accept('target').accept('target');
    expect(resting(position, 'target')).toEqual(['1 0.02 at 110000', '2 0.02 at 111000']);
    position.wait(150).find('entry', { orderId: '1', filled: '0.1' });
    position.accept('stop').accept('target').accept('target');
    expect(resting(position, 'target')).toEqual(['1 0.05 at 110000', '2 0.05 at 111000']);
  });

  it('can be set while open, and taken away; one target takes the place of several', () => {
    const position = scaled(['40', '60']);
    position.command({ type: 'setProtection', request: { takeProfit: { price: '115000' } } });
    position.accept('target', { orderId: '710' });
    expect(position.wanted()).toEqual(['cancel target', 'cancel target']);
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(resting(position, 'target')).toEqual(['- 0.1 at 115000']);
    const request = {
      takeProfitLevels: [
        { at: { price: '112000' }, share: '20' },
        { at: { percent: '5' }, share: '80' },
      ],
    };
    position.command({ type: 'setProtection', request }).accept('target').accept('target');
    expect(resting(position, 'target')).toEqual(['1 0.02 at 112000', '2 0.08 at 114667.1']);
    position.command({ type: 'setProtection', request: { takeProfitLevels: null } });
    expect(resting(position, 'target')).toEqual([]);
  });

  it.each([
    [
      [
        { at: { percent: '1' }, share: '60' },
        { at: { percent: '2' }, share: '50' },
      ],
      'add up to 110',
    ],
    [
      [
        { at: { percent: '2' }, share: '50' },
        { at: { percent: '1' }, share: '50' },
      ],
      'must be further away',
    ],
    [[{ at: { percent: '2' }, share: '0' }], 'share must be percent'],
    [[{ at: { percent: '2' }, shares: '5' }], 'there is no shares: at, share'],
    [[{ share: '5' }], 'takeProfitLevels[0].at must say where'],
    [[{ at: { percent: '2', price: '1' }, share: '5' }], 'takeProfitLevels[0].at must be'],
    [[{ at: { price: '90000' }, share: '5' }], 'must be on the losing side'],
    [[], 'a list of 1 to 10'],
    ['1%', 'a list of 1 to 10'],
  ])('refuses %j', (takeProfitLevels, text) => {
    const request = { takeProfitLevels } as never; // what people may type
    expect(scaled(['100']).decide({ type: 'setProtection', request })).toMatchObject({
      refused: { text: expect.stringContaining(text) },
    });
  });

  it('are told with their shares, prices and states', () => {
    const position = fills(scaled(['40', '60']), '1', '0.04');
    const [tranche] = view(position.state, 'w', position.now).tranches;
    expect(tranche?.targets).toEqual([
      { id: '1', share: '40', quantity: '0', price: '110000', orderId: '700', state: 'filled' },
      { id: '2', share: '60', quantity: '0.06', price: '111000', orderId: '701', state: 'live' },
    ]);
    expect(tranche?.takeProfit).toEqual({ price: '111000', orderId: '701', state: 'live' });
  });

  it('want nothing of what is closed, however much the furthest had of it', () => {
    const position = scaled(['40', '30', '30']);
    const last = targetOf(position, '3');
    const order = position.order(last, last.orderId ?? '', { filled: '0.01', status: 'open' });
    const report = { found: 'one', order, askedAtMs: gateway(position.now) } as const;
    position.apply(found(position.state, last.number, report, position.now));
    const outside = { fillId: 'f1', price: '109500', atMs: gateway(position.now) };
    position.apply(reduceBy(position.state, '0.09', outside));
    const [tranche = never()] = position.state.tranches;
    expect(openQuantity(position.state)).toBe('0');
    expect(wantedTargets(position.state, tranche)).toEqual([]);
  });

  const shares = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
  it('never want more than is open, in whole lots, whatever fills and in whatever order', () => {
    fc.assert(
      fc.property(
        shares.filter((all) => all.reduce((a, b) => a + b, 0) <= 100),
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.record({ target: fc.nat(5), part: fc.integer({ min: 1, max: 100 }) }), { maxLength: 8 }),
        (percents, lots, filling) => {
          const quantity = String(lots / 10_000);
          const position = scaled(percents.map(String), { quantity });
          const { lotSize } = position.state.market;
          for (const { target, part } of filling) {
            const live = position
              .intents('target')
              .filter(({ status, request }) => status.name === 'live' && isPositive(request.quantity));
            const order = live[target % Math.max(live.length, 1)];
            if (!order || position.stage !== 'open') break;
            const most = Number(order.request.quantity) * 10_000;
            const filled = String(Math.max(1, Math.round((most * part) / 100)) / 10_000);
            fills(
              position,
              order.target ?? '',
              lte(filled, order.request.quantity) ? filled : order.request.quantity,
            );
            while (position.wanted().some((each) => each.startsWith('place')))
              position.accept(position.wanted().includes('place stop') ? 'stop' : 'target');
            const [tranche] = position.state.tranches;
            const wanted = tranche ? wantedTargets(position.state, tranche) : [];
            const all = sum(wanted.map((each) => each.quantity));
            expect(lte(all, openQuantity(position.state))).toBe(true);
            expect(wanted.every((each) => isMultiple(each.quantity, lotSize))).toBe(true);
            const whole = percents.reduce((a, b) => a + b, 0) === 100;
            const open = openQuantity(position.state);
            if (whole && gte(open, position.state.market.minQuantity)) expect(lt(all, open)).toBe(false);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

const never = (): never => {
  throw new Error('a position has a tranche');
};

describe('a crossed target that did not act', () => {
  it('is one of several: its order is taken back, then its part is closed at market', () => {
    const position = crossed(scaled(['40', '60']), 'target', '1').wait(1_500);
    expect(position.wanted()).toContain('cancel target');
    expect(position.intents('close')).toEqual([]);
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.intent('close')).toMatchObject({
      closeReason: 'INSTANT_TAKE_PROFIT',
      target: '1',
      request: { quantity: '0.04', kind: 'market', reduceOnly: true },
    });
    position.accept('close', { orderId: '800', filled: '0.04', price: '110500' });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.06']);
    expect(resting(position, 'target')).toEqual(['2 0.06 at 111000']);
    position.accept('stop', { orderId: '602' });
    expect(resting(position, 'stop')).toEqual(['- 0.06 at 108000']);
    expect(position.wanted()).not.toContain('place target');
  });

  it('closes only what its order left open', () => {
    const position = crossed(scaled(['40', '60']), 'target', '1').wait(1_500);
    position.cancel('target', 'cancelled', { filled: '0.03', status: 'cancelled' });
    expect(position.intent('close').request.quantity).toBe('0.01');
  });

  it('closes nothing where its order turns out to have filled', () => {
    const position = crossed(scaled(['40', '60']), 'target', '1').wait(1_500);
    position.cancel('target', 'gone', { filled: '0.04', status: 'filled' });
    expect(position.intents('close')).toEqual([]);
    expect(openQuantity(position.state)).toBe('0.06');
  });

  it('waits while the outcome of the taking back is unknown, the stop resting all the time', () => {
    const position = crossed(scaled(['40', '60']), 'target', '1').wait(1_500);
    position.cancel('target', 'gone');
    expect(position.intents('close')).toEqual([]);
    expect(resting(position, 'stop')).toEqual(['- 0.1 at 108000']);
    position.find('target', { filled: '0', status: 'cancelled' });
    expect(position.intent('close').request.quantity).toBe('0.04');
  });

  it('keeps its order where the close is refused: it is placed anew', () => {
    const position = crossed(scaled(['40', '60']), 'target', '1').wait(1_500);
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    position.refuse('close', 'other').wait(1_000);
    expect(position.wanted()).toContain('place target');
    expect(targetOf(position, '1').request.quantity).toBe('0.04');
  });

  it('is the last of several: everything is closed', () => {
    const position = scaled(['40', '60']);
    fills(position, '1', '0.04').accept('stop', { orderId: '602' });
    crossed(position, 'target', '2').wait(1_500);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'INSTANT_TAKE_PROFIT' });
  });

  it('was refused because the price is beyond it: its part is closed at once', () => {
    const position = new PositionDriver({
      quantity: '0.1',
      takeProfit: null,
      targets: levels('40', '60'),
      positionIds: false,
    });
    position.accept('entry', { orderId: '1', filled: '0.1' }).accept('stop', { orderId: '600' });
    position.refuse('target', 'would_trigger');
    expect(position.intent('close')).toMatchObject({ target: '1', request: { quantity: '0.04' } });
    expect(position.stage).toBe('open');
  });
});

describe('a crossed stop that did not act', () => {
  it('closes everything where there is one tranche', () => {
    const position = crossed(openPosition(), 'stop').wait(1_500);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
  });

  it('closes its own tranche, its stop resting until that is done, and no other', () => {
    const position = openPosition({ positionIds: false, quantity: '0.1' });
    const [first] = position.state.tranches;
    position.state = {
      ...position.state,
      tranches: [first ?? never(), { ...(first ?? never()), id: 't2', stopLoss: { price: '108500' } }],
    };
    const { number, ...entry } = position.intent('entry');
    position.apply([
      { type: 'IntentPlanned', intent: { ...entry, number: number + 10, trancheId: 't2', orderId: '2' } },
    ]);
    position.accept('stop', { orderId: '610' }).accept('target', { orderId: '710' });
    crossed(position, 'stop').wait(0);
    const level = priceLevels(position.state).find((each) => each.trancheId === 't2' && each.kind === 'stop');
    expect(level?.price).toBe('108500');
    position.command({
      type: 'priceCrossed',
      crossing: { crossingId: 'c', levelId: level?.levelId ?? '', generation: 1, price: '108400', atMs: 1 },
    });
    position.wait(1_500);
    expect(position.intents('close').map(({ trancheId, request }) => [trancheId, request.quantity])).toEqual([
      ['t1', '0.1'],
      ['t2', '0.1'],
    ]);
    expect(resting(position, 'stop')).toHaveLength(2);
  });
});
