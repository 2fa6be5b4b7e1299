import { describe, expect, it } from 'vitest';
import { doubling } from '../../domain/backoff.ts';
import { card } from '../../domain/position/card.ts';
import { view } from '../../domain/position/describe.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { settings } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

describe('a placement of unknown outcome', () => {
  it('is looked up at once, and settled by what is found', () => {
    const position = new PositionDriver().lose('entry');
    expect(position.wanted()).toEqual(['find entry']);
    position.find('entry', { orderId: '1', filled: '0.05' });
    expect(position.intent('entry')).toMatchObject({ orderId: '1', status: { name: 'done', how: 'filled' } });
  });

  it('is not resent for one "not found", nor for two within the receive window', () => {
    const position = new PositionDriver()
      .lose('entry')
      .find('entry', 'none')
      .wait(500)
      .find('entry', 'none')
      .wait(1_000)
      .find('entry', 'none');
    expect(position.intent('entry').status).toMatchObject({ name: 'unknown', notFound: 3 });
    expect(position.wanted()).not.toContain('place entry');
  });

  it('is not resent for one "not found" after the receive window', () => {
    const position = new PositionDriver().lose('entry').wait(20_000).find('entry', 'none');
    expect(position.intent('entry').status.name).toBe('unknown');
  });

  it('is resent, the same order, after two of them beyond the receive window', () => {
    const position = new PositionDriver();
    const { request } = position.intent('entry');
    position.lose('entry').wait(6_000).find('entry', 'none').wait(500).find('entry', 'none');
    expect(position.wanted()).toEqual(['place entry']);
    expect(position.state.intents).toHaveLength(1);
    expect(position.intent('entry').request).toEqual(request);
    expect(position.accept('entry', { filled: '0.05' }).stage).toBe('open');
  });

  it('whose sending time nobody knows counts its window from the first question', () => {
    const position = new PositionDriver().workerLost('entry', { neverStarted: false });
    position.find('entry', 'none').wait(5_000).find('entry', 'none');
    expect(position.intent('entry').status.name).toBe('unknown');
    position.wait(5_000).find('entry', 'none');
    expect(position.wanted()).toEqual(['place entry']);
  });

  it('of an entry that is too old by then is given up, never sent late', () => {
    const position = new PositionDriver({ settings: settings({ entryValidMs: 6_000 }) }).lose('entry');
    position.wait(6_000).find('entry', 'none').wait(500).find('entry', 'none');
    expect(position.intent('entry').status).toMatchObject({ name: 'done', how: 'unsent' });
    expect(position.state.exitReason).toBe('NEVER_OPENED');
  });

  it('of a stop is resent however old it is', () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).lose('stop');
    position.find('stop', 'fault').wait(20_000).find('stop', 'none').wait(5_000).find('stop', 'none');
    expect(position.wanted()).toContain('place stop');
    expect(position.intents('stop')).toHaveLength(1);
  });

  it('stays unknown for as long as nothing can be asked, with back-off and an alarm', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).lose('entry');
    const waits: number[] = [];
    for (let asks = 0; asks < 12; asks++) {
      position.find('entry', 'fault');
      const before = position.now;
      while (position.wanted().length === 0) position.wait(100);
      waits.push(position.now - before);
    }
    expect(waits).toEqual(waits.map((_, asks) => doubling(500, asks, 60_000)));
    expect(position.stage).toBe('entering');
    expect(position.finding('unknown_order')).toContain(position.intent('entry').request.clientOrderId);
    position.find('entry', { filled: '0', status: 'cancelled' });
    expect(position.finding('unknown_order')).toBeUndefined();
  });

  it('with several matches is not guessed: an alarm asks for a person, and it stays unknown', () => {
    const position = new PositionDriver()
      .accept('entry', { filled: '0.05' })
      .lose('stop')
      .find('stop', 'many');
    expect(position.intent('stop').status.name).toBe('unknown');
    expect(position.finding('ambiguous_order')).toContain('cancel the ones that are not wanted');
    expect(position.wait(600_000).intents('stop')).toHaveLength(1);
  });

  it('is settled by a list that shows its client id', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).lose('entry');
    position.observe({ flat: true, orders: [position.order(position.intent('entry'), '55')] });
    expect(position.intent('entry')).toMatchObject({ orderId: '55', status: { name: 'live' } });
  });

  it('without client ids is left to the look-up, not to a list that looks alike', () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).lose('stop');
    position.observe({ orders: [position.order(position.intent('stop'), '55')] });
    expect(position.intent('stop').status.name).toBe('unknown');
    expect(position.state.foreignOrders).toEqual([]);
  });

  it('that was presumed lost and rests after all is looked up and cancelled', () => {
    const position = openPosition();
    const [stop, target] = position.restingOrders();
    const orders = target ? [target] : [];
    position
      .observe({ orders })
      .wait(6_000)
      .find('stop', 'none')
      .wait(500)
      .find('stop', 'none')
      .accept('stop', { orderId: '602' });
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['701', '602']);
    position.wait(1_000).observe({ orders: [...position.restingOrders(), ...(stop ? [stop] : [])] });
    expect(position.wanted()).toEqual(['find stop']);
    position.find('stop', { filled: '0', status: 'open' });
    expect(position.wait(1_000).wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['701', '602']);
  });

  it('takes a refusal of a second attempt as no news once the exchange gave it an id', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', { orderId: '1' });
    const refused = {
      type: 'IntentRefused',
      number: 1,
      kind: 'other',
      code: null,
      reason: 'duplicate',
      nowMs: position.now,
    } as const;
    expect(position.apply([refused]).intent('entry').status.name).toBe('live');
  });
});

describe('a cancel of unknown outcome', () => {
  const told = () => openPosition().command({ type: 'setProtection', request: { takeProfit: null } });
  const shown = (position: PositionDriver) =>
    view(position.state, 'w', position.now).unknownOrders.map(({ role }) => role);

  it('is tried again for as long as it takes, shown at once and alarmed after 15 s', () => {
    const position = told().cancel('target', 'unknown');
    expect([shown(position), position.finding('unknown_order')]).toEqual([['target'], undefined]);
    for (let attempt = 0; attempt < 40; attempt++) {
      while (!position.wanted().includes('cancel target')) position.wait(100);
      position.cancel('target', 'unknown');
    }
    expect(position.finding('unknown_order')).toContain(position.intent('target').request.clientOrderId);
    expect(position.intent('target').status.name).toBe('live');
  });

  it('is alarmed at 15 s and not before, by the clock alone', () => {
    const position = told().cancel('target', 'unknown');
    expect(position.wait(14_999).finding('unknown_order')).toBeUndefined();
    expect(position.wait(1).finding('unknown_order')).toBeDefined();
  });

  it('said to be gone and seen again, over and over, is one doubt', () => {
    const position = told();
    for (let round = 0; round < 15; round++)
      position.cancel('target', 'gone').find('target', { filled: '0', status: 'open' }).wait(1_000);
    expect(position.finding('unknown_order')).toBeDefined();
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    expect([shown(position), position.finding('unknown_order')]).toEqual([[], undefined]);
  });

  it('leaves its order known: what it fills after all is counted', () => {
    const position = told().cancel('target', 'unknown').wait(500);
    position.cancel('target', 'gone', { filled: '0.02', status: 'cancelled' });
    expect(openQuantity(position.state)).toBe('0.03');
    expect(position.finding('unknown_order')).toBeUndefined();
  });
});

describe('an order of unknown outcome', () => {
  it('is on the card from the first moment, with its id and since when', () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).lose('stop');
    const { clientOrderId } = position.intent('stop').request;
    const since = new Date(position.now).toISOString();
    expect(card(position.state, 'w', position.now)).toContain(
      `| unknown stop order | \`${clientOrderId}\` since ${since} |`,
    );
  });

  it('holds no other order up: a stop in doubt is no reason not to close', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } })
      .lose('stop');
    expect(position.command({ type: 'close', request: {} }).wanted()).toEqual(['find stop', 'place close']);
  });
});
