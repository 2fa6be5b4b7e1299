import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../../domain/position/quantities.ts';
import { exchangePosition, fill } from '../../support/builders.ts';
import { PositionDriver } from '../../support/position-driver.ts';
import { at, holding, MARKET, reading, shows } from './scene.ts';

describe('bad or late information', () => {
  it('scenario 25: a reading that failed changes nothing', () => {
    const position = holding('100');
    const before = position.state;
    position.observe({ flat: true, orders: [], complete: false, problems: ['positions: 502'] });
    expect(position.state).toEqual(before);
  });

  it('scenario 26: a reading of which only the orders failed changes nothing either', () => {
    const position = holding('100');
    const before = position.state;
    position.observe({ orders: [], complete: false, problems: ['orders: 502'] });
    expect(position.state).toEqual(before);
  });

  it('scenario 27: failing executions keep what is known, and ask again', () => {
    const position = holding('100').observe({ flat: true });
    position.weigh({ reading: position.reading({ flat: true, complete: false }) });
    expect(openQuantity(position.state)).toBe('100');
    expect(position.wanted()).toEqual([]);
    expect(position.wait(15_000).wanted()).toContain('readEvidence');
  });

  it('scenario 28: executions that come after all are counted, once', () => {
    const position = shows(holding('100'), '60');
    position.weigh({ reading: reading(position, '60', {}) }).wait(15_000);
    const fills = [fill({ fillId: 'x', quantity: '40', atMs: at(position) })];
    position.weigh({ reading: reading(position, '60'), fills });
    expect([openQuantity(position.state), position.state.suspicion]).toEqual(['60', null]);
    expect(position.state.externals).toHaveLength(1);
  });

  it('scenario 29: an execution of an unknown order on a flat leg invents no position', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry').wait(10_000);
    position.observe({ position: exchangePosition() });
    position.weigh({
      reading: position.reading(),
      fills: [fill({ fillId: 'x', side: 'buy', atMs: at(position) })],
    });
    expect([position.stage, openQuantity(position.state), position.state.externals]).toEqual([
      'entering',
      '0',
      [],
    ]);
  });

  it('scenario 30: an execution of a known order counts although the list still shows the leg flat', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '0.05' }).accept('stop');
    position.observe({ flat: true });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
  });

  it('scenario 31: of two accounts, the one that cannot be read does not touch the other', () => {
    const [sick, well] = ['sick', 'well'].map((account) => holding('100', { account }));
    if (!sick || !well) throw new Error('two accounts');
    const before = sick.state;
    sick.observe({ flat: true, orders: [], complete: false, problems: ['positions: 401'] });
    shows(well, '60').weigh({
      reading: reading(well, '60'),
      fills: [fill({ fillId: 'x', quantity: '40', atMs: at(well) })],
    });
    expect([sick.state, openQuantity(well.state)]).toEqual([before, '60']);
  });

  it('scenario 32: both unreadable, both as they were, however long it lasts', () => {
    const both = ['sick', 'ill'].map((account) => holding('100', { account }));
    for (const position of both)
      for (let reads = 0; reads < 20; reads++)
        position.wait(60_000).observe({ flat: true, orders: [], complete: false });
    expect(both.map(({ stage, state }) => [stage, openQuantity(state)])).toEqual([
      ['open', '100'],
      ['open', '100'],
    ]);
  });

  it('scenario 33: a list that executions contradict closes nothing', () => {
    const position = holding('100').observe({ flat: true });
    for (let asks = 0; asks < 3; asks++)
      position.weigh({ reading: position.reading({ flat: true }) }).wait(2_000);
    expect(position.stage).toBe('open');
    position.observe({ position: exchangePosition({ quantity: '100' }) });
    expect([position.state.suspicion, position.state.externals]).toEqual([null, []]);
  });

  it('scenario 35: a fill never goes backwards, whatever an older answer says', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '2',
      market: MARKET,
      positionIds: false,
    }).accept('entry', { filled: '1', status: 'open' });
    const number = position.intent('entry').number;
    const older = { orderId: '5000', averagePrice: null, atMs: 1, nowMs: position.now } as const;
    position.apply([
      { type: 'IntentEnded', number, how: 'cancelled', reason: null, filledQuantity: '0', ...older },
    ]);
    expect(openQuantity(position.state)).toBe('1');
    position.apply([{ type: 'IntentProgressed', number, filledQuantity: '0', nextAskAtMs: null, ...older }]);
    expect(openQuantity(position.state)).toBe('1');
  });

  it('scenario 35: an older reading than the last one is not compared', () => {
    const position = holding('100');
    const older = position.reading({ flat: true, orders: [] });
    position.wait(1_000).observe({ position: exchangePosition({ quantity: '100' }) });
    const before = position.state;
    expect(position.observe(older).state).toEqual(before);
  });

  it('scenario 36: a newer answer with more filled counts, cancelled or not', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { filled: '0.01', status: 'open' })
      .accept('stop');
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .find('entry', { filled: '0.03', status: 'cancelled' });
    expect(openQuantity(position.state)).toBe('0.03');
  });

  it('scenario 37: a cancel of an "unknown order" whose look-up fails stays unknown, its id kept', () => {
    const position = new PositionDriver({ limitPrice: '109000' })
      .accept('entry', { orderId: '1' })
      .command({ type: 'close', request: {} });
    position.cancel('entry', 'gone').find('entry', 'fault').wait(60_000).find('entry', 'fault');
    expect(position.intent('entry')).toMatchObject({
      orderId: '1',
      status: { name: 'unknown', why: 'cancel' },
    });
  });

  it('scenario 38: a cancel of an "unknown order" that turns out to have filled is a position', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .command({ type: 'close', request: {} });
    position.cancel('entry', 'gone').find('entry', 'fault').wait(1_000).find('entry', { filled: '0.05' });
    expect(openQuantity(position.state)).toBe('0.05');
    expect(position.intent('close').request).toMatchObject({ quantity: '0.05', reduceOnly: true });
  });
});
