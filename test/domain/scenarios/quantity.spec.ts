import { describe, expect, it } from 'vitest';
import { absentReading, legKey, readingsOf } from '../../../activities/observe/legs.ts';
import { entryPrice, openQuantity } from '../../../domain/position/quantities.ts';
import { tradeRow } from '../../../domain/position/trade.ts';
import { closedPosition, exchangePosition, fill, gateway } from '../../support/builders.ts';
import { openPosition } from '../../support/position-driver.ts';
import { account, at, holding, MARKET, reading, shows } from './scene.ts';

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

  it('scenario 2: the same size at another average changes nothing but the average, and nothing is sent', () => {
    const position = shows(holding('100'), '100', { entryPrice: '109250' });
    const again = () => reading(position, '100', { entryPrice: '109250' });
    expect(position.wanted()).toEqual(['readEvidence']);
    for (let asks = 0; asks < 12 && position.state.suspicion; asks++) {
      if (position.wanted().includes('readEvidence')) position.weigh({ reading: again() });
      position.wait(1_000);
    }
    expect([position.state.suspicion, position.state.externals, position.wanted()]).toEqual([null, [], []]);
    expect(entryPrice(position.state)).toBe('109250');
    expect(position.finding('inferred_change')).toMatch(/average entry is 109250, ours was 109206.8/);
    expect(shows(position, '100', { entryPrice: '109250' }).state.suspicion, 'it is known now').toBeNull();
  });

  it('scenario 2: closed and opened again by hand while nobody watched is another position', () => {
    const position = shows(holding('100', { positionIds: false }), '100', { entryPrice: '109500' });
    const at = gateway(position.now);
    position.weigh({
      reading: reading(position, '100', { entryPrice: '109500' }),
      fills: [
        fill({ fillId: 'close', quantity: '100', price: '109400', atMs: at - 900 }),
        fill({ fillId: 'open', side: 'buy', quantity: '100', price: '109500', atMs: at - 500 }),
      ],
    });
    expect([position.stage, position.state.exitReason]).toEqual([
      'settling',
      'EXCHANGE_CLOSED_RECONCILIATION',
    ]);
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

  it.each([
    ['added to', '150', 'sell', '50'],
    ['reduced', '60', 'buy', '-40'],
  ] as const)(
    'scenario 4: a short that was %s outside is followed the same way',
    (_, shown, side, change) => {
      const short = {
        side: 'short',
        stopLoss: { price: '110500' },
        takeProfit: { price: '108000' },
      } as const;
      const position = shows(holding('100', short), shown, { side: 'short' });
      position.weigh({
        reading: reading(position, shown, { side: 'short' }),
        fills: [fill({ fillId: 'x', side, quantity: change.replace('-', ''), atMs: at(position) })],
      });
      expect(position.state.externals).toMatchObject([{ quantity: change }]);
      expect(position.intent('stop').request).toMatchObject({ side: 'buy', quantity: shown });
      position.accept('stop');
      expect([openQuantity(position.state), position.state.cover.name]).toEqual([shown, 'covered']);
    },
  );

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

  it('scenario 7: of two positions, only the one that the exchange no longer shows is closed', () => {
    const [a, b] = ['AAA/USDT:USDT', 'BBB/USDT:USDT'].map((symbol) => openPosition({ symbol }));
    if (!a || !b) throw new Error('two positions');
    const shown = account([exchangePosition({ symbol: a.state.symbol })], gateway(a.now), a.restingOrders());
    for (const position of [a, b]) {
      const { symbol, leg } = position.state;
      const told = readingsOf(shown)?.get(legKey({ symbol, leg })) ?? absentReading(shown, { symbol, leg });
      position.observe(told.snapshot);
    }
    b.find('stop', { filled: '0', status: 'cancelled' }).find('target', { filled: '0', status: 'cancelled' });
    b.refuse('stop', 'no_position').weigh({ closed: [closedPosition({ symbol: b.state.symbol })] });
    expect([a.stage, a.state.suspicion, a.wanted()]).toEqual(['open', null, []]);
    expect([b.stage, b.state.exitReason]).toEqual(['settling', 'EXCHANGE_CLOSED_RECONCILIATION']);
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

  it('scenario 10: a flip under a new position id leaves the new one to its own epoch', () => {
    const position = holding('100');
    const turned = { side: 'short', exchangePositionId: '42' } as const;
    shows(position, '75', turned).weigh({
      reading: reading(position, '75', turned),
      closed: [closedPosition({ quantity: '100' })],
    });
    expect([position.stage, openQuantity(position.state)]).toEqual(['settling', '0']);
    expect(position.state.exchangePositionId).not.toBe('42');
    expect(position.wait(60_000).intents('close')).toEqual([]);
  });

  it('scenario 11: a difference below one lot is none', () => {
    const position = shows(holding('100'), '100.00000001');
    expect(position.state.suspicion).toBeNull();
    expect(position.effects()).toEqual([]);
  });

  it('scenario 12: neither is one below a lot the other way, whatever it is written like', () => {
    const position = shows(holding('100'), '99.99999999');
    shows(position, '100.000');
    expect([position.state.suspicion, position.effects()]).toEqual([null, []]);
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
