/** Situations that other systems test or were bitten by, under the numbers of the project's list. */
import { describe, expect, it } from 'vitest';
import { coveredQuantity, entryPrice, openQuantity } from '../../domain/quantities.ts';
import { tradeRow } from '../../domain/trade.ts';
import { closedPosition, exchangePosition, fill, gateway, POSITION_ID, start } from '../support/builders.ts';
import {
  opening,
  openPosition,
  PositionDriver,
  settle,
  type PositionDriver as Driver,
} from '../support/position-driver.ts';

const MARKET = { ...start().market, lotSize: '1', minQuantity: '1' };
/** Open with this many whole units, entered at 109206.8. */
const holding = (quantity: string, change: Parameters<typeof openPosition>[0] = {}): Driver =>
  openPosition({ quantity, market: MARKET, ...change });
/** The list says so, twice as much as needed; what the position then asks for is up to the test. */
const shows = (position: Driver, quantity: string, more: object = {}): Driver =>
  position.observe({ position: exchangePosition({ quantity, ...more }) });
const at = (position: Driver, agoMs = 1_000): number => gateway(position.now) - agoMs;
const reading = (position: Driver, quantity: string, more: object = {}) =>
  position.reading({ position: exchangePosition({ quantity, ...more }) });
const stopGone = (position: Driver) => position.restingOrders().filter(({ kind }) => kind !== 'stop_market');

describe('quantity, flat, flip', () => {
  it('scenario 1: more outside is an external addition at the price that makes the average true', () => {
    const position = shows(holding('100'), '150', { entryPrice: '109300' });
    position.weigh({
      reading: reading(position, '150', { entryPrice: '109300' }),
      fills: [fill({ fillId: 'x', side: 'buy', quantity: '50', price: '109486.4', atMs: at(position) })],
    });
    expect(openQuantity(position.state)).toBe('150');
    expect(entryPrice(position.state)).toBe('109300');
    expect(position.accept('stop').intent('stop').request.quantity).toBe('150');
  });

  it('scenario 1: without any execution it is believed when the list keeps saying so, at the implied price', () => {
    const position = shows(holding('100'), '150', { entryPrice: '109300' });
    for (let asks = 0; asks < 12 && position.state.suspicion; asks++) {
      position.weigh({ reading: reading(position, '150', { entryPrice: '109300' }) });
      position.wait(15_000);
    }
    expect(position.state.externals).toMatchObject([
      { quantity: '50', price: '109486.4', cause: 'inferred' },
    ]);
    expect(position.finding('inferred_change')).toBe(
      'the exchange shows 150 instead of 100, and no execution explains it',
    );
  });

  it('scenario 3: less outside is an external reduction, and protection shrinks without a gap', () => {
    const position = shows(holding('150'), '100');
    position.weigh({
      reading: reading(position, '100'),
      fills: [fill({ fillId: 'x', quantity: '50', atMs: at(position) })],
    });
    expect(openQuantity(position.state)).toBe('100');
    expect(position.state.externals).toMatchObject([{ quantity: '-50', orderId: '9999', cause: 'manual' }]);
    expect(position.wanted()).toEqual(['place stop']);
    position.accept('stop');
    expect(position.state.uncoveredMs).toBe(0);
    expect(position.restingOrders().map(({ quantity }) => quantity)).toContain('100');
  });

  it('scenario 5: flat outside is one close, external unless an own order id explains it', () => {
    const external = holding('100').observe({ flat: true });
    external.weigh({ closed: [closedPosition({ quantity: '100' })] });
    expect([external.stage, external.state.exitReason]).toEqual([
      'settling',
      'EXCHANGE_CLOSED_RECONCILIATION',
    ]);
    const own = holding('100').observe({ flat: true });
    own.weigh({
      closed: [closedPosition({ quantity: '100' })],
      fills: [fill({ fillId: 'x', orderId: '601', quantity: '100', atMs: at(own) })],
    });
    expect([own.stage, own.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(tradeRow(own.state)).toMatchObject({ exitOrderId: '601', quantity: '100' });
  });

  it('scenario 9: a flip closes this position for its own quantity, and nothing of the other side', () => {
    const position = holding('100', {
      side: 'short',
      stopLoss: { price: '110000' },
      takeProfit: { price: '108000' },
      positionIds: false,
    });
    shows(position, '75', { side: 'long' });
    const flipped = reading(position, '75', { side: 'long' });
    position.weigh({
      reading: flipped,
      fills: [fill({ fillId: 'x', side: 'buy', quantity: '175', atMs: at(position) })],
    });
    expect([position.stage, openQuantity(position.state)]).toEqual(['settling', '0']);
    expect(position.state.externals).toMatchObject([{ quantity: '100' }].map(() => ({ quantity: '-100' })));
    expect(position.state.suspicion).toBeNull();
    const ended = { filled: '0', status: 'cancelled' } as const;
    position.cancel('stop', 'gone', ended).cancel('target', 'gone', ended);
    position.readLeg('flat', { position: exchangePosition({ side: 'long', quantity: '75' }) });
    expect(position.wanted()).toEqual(['readFigures']);
  });

  it('scenario 11: a difference below one lot is none', () => {
    const position = shows(holding('100'), '100.00000001');
    expect(position.state.suspicion).toBeNull();
    expect(position.effects()).toEqual([]);
  });

  it('scenario 15: a flip without an average price closes, and invents none', () => {
    const position = holding('5', { positionIds: false });
    const flipped = {
      position: { symbol: MARKET.symbol, leg: 'net', side: 'short', quantity: '3' },
    } as const;
    position.observe(flipped);
    for (let asks = 0; asks < 30 && position.state.exitReason === null; asks++) {
      for (const role of ['stop', 'target'] as const)
        if (position.wanted().includes(`find ${role}`))
          position.find(role, { filled: '0', status: 'cancelled' });
      for (const role of ['stop', 'close'] as const)
        if (position.wanted().includes(`place ${role}`)) position.refuse(role, 'no_position');
      if (position.wanted().includes('readEvidence'))
        position.weigh({ reading: position.reading({ ...flipped, orders: [] }) });
      position.wait(4_000);
    }
    expect(position.state.exitReason).toBe('EXCHANGE_CLOSED_RECONCILIATION');
    expect(tradeRow(position.state)).toMatchObject({
      closePrice: null,
      realizedPnl: null,
      figuresSource: 'unknown',
    });
  });
});

describe('bad or late information', () => {
  it('scenario 25: a reading that failed changes nothing', () => {
    const position = holding('100');
    const before = position.state;
    position.observe({ flat: true, orders: [], complete: false, problems: ['positions: 502'] });
    expect(position.state).toEqual(before);
  });

  it('scenario 27: failing executions keep what is known, and ask again', () => {
    const position = holding('100').observe({ flat: true });
    position.weigh({ reading: position.reading({ flat: true, complete: false }) });
    expect(openQuantity(position.state)).toBe('100');
    expect(position.wanted()).toEqual([]);
    expect(position.wait(15_000).wanted()).toContain('readEvidence');
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
});

describe('orders in flight, duplicates, ordering', () => {
  it('scenario 39: a cancel without an answer is unresolved, not done', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { takeProfit: null } })
      .cancel('target', 'unknown');
    expect(position.intent('target').status.name).toBe('live');
    expect(position.wait(500).wanted()).toEqual(['cancel target']);
  });

  it('scenario 41: expired after a part filled is that part, then terminal', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '0.02', status: 'expired' });
    expect(openQuantity(position.state)).toBe('0.02');
    expect(position.intent('entry').status).toMatchObject({ name: 'done', how: 'expired' });
  });

  it('scenario 43: filled 100 stays 100 when something says 75', () => {
    const position = holding('100');
    const { number, orderId } = position.intent('entry');
    position.apply([
      {
        type: 'IntentEnded',
        number,
        how: 'filled',
        reason: null,
        orderId,
        filledQuantity: '75',
        averagePrice: '1',
        atMs: 1,
        nowMs: position.now,
      },
    ]);
    expect([openQuantity(position.state), entryPrice(position.state)]).toEqual(['100', '109206.8']);
  });

  it('scenario 45: the same execution at another price counts once, at the first', () => {
    const position = shows(holding('100'), '60');
    const first = fill({ fillId: 'x', quantity: '40', atMs: at(position) });
    position
      .weigh({ reading: reading(position, '60'), fills: [first] })
      .accept('stop')
      .accept('target')
      .wait(10_000);
    shows(position, '50').weigh({
      reading: reading(position, '50'),
      fills: [{ ...first, price: '1' }, fill({ fillId: 'y', quantity: '10', atMs: at(position) })],
    });
    expect(position.state.externals.map(({ quantity, price }) => [quantity, price])).toEqual([
      ['-40', '109000'],
      ['-10', '109000'],
    ]);
  });

  it('scenario 47: cancelled after a part filled is a position of that part', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', {
      filled: '0.02',
      status: 'cancelled',
    });
    expect([position.stage, position.intent('stop').request.quantity]).toEqual(['open', '0.02']);
  });

  it('scenario 49: an intent with two matches is not guessed: an alarm, and nothing sent', () => {
    const position = new PositionDriver().lose('entry').find('entry', 'many');
    expect(position.state.findings).toMatchObject([{ kind: 'alarm', code: 'ambiguous_order' }]);
    expect(position.wait(300_000).wanted()).toEqual(['find entry']);
  });

  it('scenario 51: cancelled with 1 of 2 filled is 1, its stop 1, the same on a repeat', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '2',
      market: MARKET,
      positionIds: false,
    })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '1', status: 'cancelled' });
    const ended = position.recorded.findLast(({ type }) => type === 'IntentEnded');
    position.accept('stop').apply(ended ? [ended] : []);
    expect([
      openQuantity(position.state),
      coveredQuantity(position.state),
      position.intents('stop').length,
    ]).toEqual(['1', '1', 1]);
  });
});

describe('stop loss and take profit on the exchange', () => {
  it('scenario 55: no stop is placed, one that rests is left alone, one cancelled by hand comes back the same', () => {
    const position = openPosition();
    expect(position.effects()).toEqual([]);
    position.observe({ orders: stopGone(position) }).find('stop', { filled: '0', status: 'cancelled' });
    expect(position.intents('stop').map(({ request }) => [request.triggerPrice, request.quantity])).toEqual([
      ['108000', '0.05'],
      ['108000', '0.05'],
    ]);
  });

  it('scenario 57: a stop cancelled after half of it filled leaves that half, under a new stop', () => {
    const position = holding('30').observe({ orders: [], position: exchangePosition({ quantity: '15' }) });
    position
      .find('stop', { filled: '15', price: '108000', status: 'cancelled' })
      .find('target', { filled: '0', status: 'open' });
    expect([openQuantity(position.state), position.intent('stop').request.quantity]).toEqual(['15', '15']);
  });

  it('scenario 59: an old stop that cannot be cancelled stays known, and is asked to go until it does', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } })
      .accept('stop');
    for (let attempt = 0; attempt < 4; attempt++) position.cancel('stop', 'unknown').wait(15_000);
    expect(position.intents('stop')).toHaveLength(2);
    expect(position.wanted()).toContain('cancel stop');
  });

  it('scenario 61: an exit that is wanted after the stop filled is no second close', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.refuse('close', 'no_position');
    position.weigh({ fills: [fill({ fillId: 'x', orderId: '601', atMs: at(position) })] });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(position.wait(60_000).intents('close')).toHaveLength(1);
  });

  it('scenario 63: a stop whose first placement was lost ends as exactly one, under one client id', () => {
    const position = new PositionDriver({ positionIds: false, takeProfit: null })
      .accept('entry', { filled: '0.05' })
      .lose('stop');
    position.wait(6_000).find('stop', 'none').wait(500).find('stop', 'none').accept('stop', { orderId: '9' });
    expect(position.intents('stop')).toHaveLength(1);
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['9']);
  });

  it('scenario 67: only the stop lives: the target is made, the stop left', () => {
    const position = openPosition();
    position
      .observe({ orders: position.restingOrders().slice(0, 1) })
      .find('target', { filled: '0', status: 'cancelled' });
    expect(position.wanted()).toEqual(['place target']);
    expect(position.intents('stop')).toHaveLength(1);
  });

  it('scenario 69: an entry that filled on while nobody looked is protected in full', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '2',
      market: MARKET,
      positionIds: false,
    }).accept('entry', { orderId: '1', filled: '1', status: 'open' });
    position.accept('stop').accept('target').wait(86_400_000);
    position.observe({
      position: exchangePosition({ quantity: '2' }),
      orders: position.restingOrders().slice(1),
    });
    expect(position.wanted()).toContain('find entry');
    position.find('entry', { filled: '2' });
    expect(position.intent('stop').request.quantity).toBe('2');
    expect(position.accept('stop').intent('target').request.quantity).toBe('2');
  });

  it('scenario 71: a stop that is in no list, and did not fill, is placed again', () => {
    const position = openPosition();
    position
      .observe({ orders: stopGone(position) })
      .wait(6_000)
      .find('stop', 'none')
      .wait(500)
      .find('stop', 'none');
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('scenario 71: a stop that vanished before any reading showed it is looked up by itself', () => {
    const position = new PositionDriver({ positionIds: false, takeProfit: null }).accept('entry', {
      filled: '0.05',
    });
    position.observe({ orders: [] });
    position.accept('stop').wait(12_000);
    expect(position.wanted()).toEqual(['find stop']);
    position.find('stop', 'none').wait(6_500).find('stop', 'none').wait(500).find('stop', 'none');
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('scenario 73: two reasons to close at once are one close order', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.apply([
      { type: 'CloseRequested', reason: 'LAST_RESORT_STOP', why: 'at the same time', nowMs: position.now },
    ]);
    expect(position.intents('close')).toHaveLength(1);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'USER_CLOSE' });
  });
});

describe('closed while offline', () => {
  it('scenario 79: the same size filled by another order is external, not the stop', () => {
    const position = openPosition().observe({ flat: true });
    position.weigh({ fills: [fill({ fillId: 'x', orderId: '8888', atMs: at(position) })] });
    expect(position.state.exitReason).toBe('EXCHANGE_CLOSED_RECONCILIATION');
    expect(tradeRow(position.state)).toMatchObject({ exitOrderId: '8888', closePrice: '109000' });
  });

  it('scenario 81: the stop closed half, by hand the other half: each is booked as what it is', () => {
    const position = openPosition({ quantity: '0.422' }).observe({ flat: true });
    position.weigh({
      fills: [
        fill({ fillId: 'x', orderId: '601', quantity: '0.211', price: '108000', atMs: at(position, 3_000) }),
        fill({ fillId: 'y', quantity: '0.211', price: '107000', atMs: at(position) }),
      ],
    });
    expect(position.intents('stop')[0]?.filledQuantity).toBe('0.211');
    expect(position.state.externals).toMatchObject([{ quantity: '-0.211', cause: 'manual' }]);
    expect(tradeRow(position.state)).toMatchObject({
      closePrice: '107500',
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
    });
  });

  it('scenario 85: the exit of an older position in the history changes nothing, however often it is shown', () => {
    const position = shows(holding('100'), '90');
    const old = fill({ fillId: 'old', quantity: '100', atMs: (position.state.firstSentAtMs ?? 0) - 1_500 });
    const history = [old, old, fill({ fillId: 'x', quantity: '10', atMs: at(position) })];
    position.weigh({
      reading: reading(position, '90'),
      fills: history,
      closed: [closedPosition({ exchangePositionId: 'older', quantity: '100' })],
    });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '90']);
  });

  it('scenario 87: an unknown exit order is an external close at its real price', () => {
    const position = openPosition().observe({ flat: true });
    position.weigh({
      fills: [fill({ fillId: 'x', orderId: '4711', price: '109953.4', atMs: at(position) })],
    });
    expect(tradeRow(position.state)).toMatchObject({
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      closePrice: '109953.4',
      figuresSource: 'fills',
    });
  });

  it('scenario 89: nothing but a cancelled entry is closed as never opened, with its row', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', {
      filled: '0',
      status: 'cancelled',
    });
    expect(position.wanted()).toEqual(['readLeg flat']);
    position.readLeg('flat', { flat: true }).journal();
    expect(position.stage).toBe('closed');
    expect(position.rows).toMatchObject([{ exitReason: 'NEVER_OPENED', quantity: '0' }]);
  });

  it('scenario 91: an exit of unknown outcome is settled by its id before a smaller size means anything', () => {
    const position = openPosition()
      .command({ type: 'close', request: { quantity: '0.02' } })
      .lose('close');
    position.observe({ position: exchangePosition({ quantity: '0.03' }) });
    expect(position.wanted()).toEqual(['find close']);
    position.find('close', { orderId: '5', filled: '0.02' });
    expect([openQuantity(position.state), position.state.externals, position.state.suspicion]).toEqual([
      '0.03',
      [],
      null,
    ]);
  });
});

describe('start-up and operators', () => {
  it('scenario 97: a limit entry in two parts is one position growing, protection following', () => {
    const position = new PositionDriver({
      limitPrice: '2010',
      quantity: '1',
      positionIds: false,
      stopLoss: { percent: '10' },
      takeProfit: null,
    });
    position.accept('entry', { orderId: '1', filled: '0.4', price: '2000', status: 'open' }).accept('stop');
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .find('entry', { filled: '1', price: '2005' });
    expect([openQuantity(position.state), entryPrice(position.state)]).toEqual(['1', '2005']);
    expect(position.intent('stop').request).toMatchObject({ quantity: '1', triggerPrice: '1804.5' });
  });

  it('scenario 99: a close of a stale size goes on until the true size is gone', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '1',
      market: { ...start().market },
      positionIds: false,
    }).accept('entry', { orderId: '1', filled: '0.4', status: 'open' });
    position.accept('stop').accept('target').command({ type: 'close', request: {} });
    position.cancel('entry', 'cancelled', { filled: '1', status: 'filled' });
    position.accept('close', { filled: '0.4' });
    expect(position.intent('close').request.quantity).toBe('0.6');
    expect(position.accept('close', { filled: '0.6' }).stage).toBe('settling');
  });

  it('scenario 101: an emergency close stays latched until flat', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .refuse('stop', 'rule', { retryAfterMs: 60_000 })
      .wait(30_000);
    position.accept('close', { filled: '0.02', status: 'expired' }).refuse('close', 'other').wait(10_000);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'EMERGENCY_CLOSE' });
    expect(position.accept('close', { filled: '0.03' }).state.exitReason).toBe('EMERGENCY_CLOSE');
  });

  it('scenario 103: executions of an older life in the window are dropped, working orders kept', () => {
    const position = shows(holding('100'), '60');
    const fills = [
      fill({ fillId: 'old', quantity: '60', atMs: gateway(position.state.startedAtMs) - 500 }),
      fill({
        fillId: 'in',
        orderId: position.intent('entry').orderId ?? '',
        side: 'buy',
        quantity: '100',
        atMs: gateway(position.state.startedAtMs),
      }),
      fill({ fillId: 'x', quantity: '40', atMs: at(position) }),
    ];
    position.weigh({ reading: reading(position, '60'), fills });
    expect(openQuantity(position.state)).toBe('60');
    expect(position.restingOrders()).toHaveLength(2);
  });

  it('scenario 105: the same state gives the same decisions, however often and however carried', () => {
    const { state, events } = opening(start(), 5);
    const once = settle(state, events, 5);
    const again = settle(JSON.parse(JSON.stringify(state)), JSON.parse(JSON.stringify(events)), 5);
    expect(again).toEqual(once);
  });

  it('scenario 107: checks that keep failing wipe nothing: the position stays, with an alarm', () => {
    const position = openPosition().observe({ flat: true });
    for (let asks = 0; asks < 30; asks++) {
      position.weigh({ reading: position.reading({ flat: true, complete: false }) }).wait(60_000);
    }
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
    expect(position.finding('drift')).toBe('the exchange shows 0, the orders known make 0.05');
  });

  it('an empty list, told again and again while own orders rest, closes nothing', () => {
    const position = openPosition();
    position.observe({ flat: true });
    for (let asks = 0; asks < 30 && position.wanted().includes('readEvidence'); asks++)
      position.weigh({ reading: position.reading({ flat: true }) }).wait(15_000);
    expect([position.stage, position.state.exchangePositionId]).toEqual(['open', POSITION_ID]);
  });
});
