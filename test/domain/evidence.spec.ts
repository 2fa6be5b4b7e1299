import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../domain/position/quantities.ts';
import { tradeRow } from '../../domain/position/trade.ts';
import { closedPosition, exchangePosition, fill, foreignOrder, gateway } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const at = (position: PositionDriver, agoMs = 1_000): number => gateway(position.now) - agoMs;

describe('reconciling a reading', () => {
  it('finds nothing to do where all is as wanted', () => {
    const position = openPosition();
    const before = position.recorded.length;
    position.wait(5_000).observe();
    expect(position.recorded.slice(before).map(({ type }) => type)).toEqual(['SnapshotCompared']);
  });

  it('that lags behind a fill contradicts nothing, and is looked into when it had time to catch up', () => {
    const position = new PositionDriver({ positionIds: false, stopLoss: null, takeProfit: null }).accept(
      'entry',
      { filled: '0.05' },
    );
    position.wait(500).observe({ flat: true });
    expect(position.wanted()).toEqual([]);
    // The same reading is not told twice: the position looks by itself.
    expect(position.wait(3_000).wanted()).toEqual(['readEvidence']);
  });

  it('that caught up clears the doubt', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .accept('stop')
      .accept('target');
    position.wait(500).observe({ flat: true }).wait(700).observe();
    expect(position.state.suspicion).toBeNull();
  });

  it('is doubted at a market entry until one is told that shows the position: a flat leg is not told twice', () => {
    const doubted = new PositionDriver().accept('entry', { filled: '0.05' }).accept('stop').accept('target');
    doubted.wait(1_500).readLeg('identify');
    // Closed before the watcher saw it: to the watcher, nothing changed.
    expect(doubted.wait(12_000).wanted()).toContain('readEvidence');
    expect(doubted.weigh({ closed: [closedPosition()] }).stage).toBe('settling');
    const seen = new PositionDriver()
      .accept('entry', { filled: '0.05' })
      .accept('stop')
      .accept('target')
      .wait(4_000)
      .observe();
    expect(seen.state.suspicion).toBeNull();
    expect(seen.wait(60_000).wanted()).toEqual([]);
  });

  it('that a stop contradicts, refused for no position, is looked into', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    expect(position.refuse('stop', 'no_position').wanted()).toContain('readEvidence');
  });

  it('that shows the fill and the position at once raises no doubt', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(10_000);
    position.observe({
      orders: [position.order(position.intent('entry'), '1', { filled: '0.02', status: 'open' })],
      position: exchangePosition({ quantity: '0.02' }),
    });
    expect([openQuantity(position.state), position.state.suspicion]).toEqual(['0.02', null]);
  });

  it('under another position id means this one ended', () => {
    const position = openPosition().observe({
      position: exchangePosition({ exchangePositionId: 'another' }),
    });
    position.weigh({
      reading: position.reading({ position: exchangePosition({ exchangePositionId: 'another' }) }),
      closed: [closedPosition()],
    });
    expect(position.state.exitReason).toBe('EXCHANGE_CLOSED_RECONCILIATION');
  });

  it('leaves a foreign order on the leg, and shows it until it is gone', () => {
    const position = openPosition().observe({
      orders: [...openPosition().restingOrders(), foreignOrder({ kind: 'limit' })],
    });
    expect(position.finding('foreign_order')).toBe('orders on this leg that Holdfast did not place: 7777');
    expect(position.wanted()).toEqual([]);
    expect(position.wait(5_000).observe().finding('foreign_order')).toBeUndefined();
  });
});

describe('weighing the evidence', () => {
  it('does nothing on a reading older than the last one compared', () => {
    const position = openPosition().observe({ flat: true });
    const stale = position.reading({ flat: true });
    position.wait(5_000).observe({ flat: true });
    position.weigh({ reading: stale, closed: [closedPosition()] });
    expect(position.stage).toBe('open');
  });

  it('settles an own order in doubt before somebody else is named: the close is its own', () => {
    const position = openPosition();
    position.observe({ flat: true, orders: [] });
    // The closed position shows before the stop's own execution does.
    position.weigh({ reading: position.reading({ flat: true, orders: [] }), closed: [closedPosition()] });
    expect(position.stage).toBe('open');
    position.find('stop', { filled: '0.05', price: '108000' });
    expect(position.state.exitReason).toBe('STOP_LOSS');
    expect(position.state.suspicion).toBeNull();
  });

  it('tells a liquidation and a forced reduction as what they are', () => {
    for (const [forced, reason] of [
      ['liquidation', 'LIQUIDATION'],
      ['adl', 'ADL'],
    ] as const) {
      const position = openPosition().observe({ flat: true });
      position.weigh({ fills: [fill({ fillId: 'x', forced, atMs: at(position) })] });
      expect(position.state.exitReason).toBe(reason);
      const byRow = openPosition().observe({ flat: true });
      byRow.weigh({ closed: [closedPosition({ forced })] });
      expect(tradeRow(byRow.state).exitReason).toBe(reason);
    }
  });

  it("takes an addition before an own exit into account, and what came after for somebody else's", () => {
    const position = openPosition();
    position.observe({ flat: true });
    position.weigh({
      fills: [
        fill({ fillId: 'a', side: 'buy', quantity: '0.02', price: '109206.8', atMs: at(position, 3_000) }),
        fill({ fillId: 'b', orderId: '601', quantity: '0.05', atMs: at(position, 2_000) }),
        fill({ fillId: 'c', quantity: '0.02', atMs: at(position, 1_500) }),
        fill({ fillId: 'd', side: 'buy', quantity: '7', atMs: at(position) }),
      ],
    });
    expect(position.state.externals.map(({ fillId, quantity }) => [fillId, quantity])).toEqual([
      ['a', '0.02'],
      ['c', '-0.02'],
    ]);
    expect(openQuantity(position.state)).toBe('0');
  });

  it('does not count late executions again that a believed list was about', () => {
    const position = openPosition().observe({ position: exchangePosition({ quantity: '0.03' }) });
    const believedAtMs = gateway(position.now);
    for (let asks = 0; asks < 20 && position.state.suspicion; asks++) {
      position
        .weigh({ reading: position.reading({ position: exchangePosition({ quantity: '0.03' }) }) })
        .wait(15_000);
    }
    expect(openQuantity(position.state)).toBe('0.03');
    position
      .accept('stop')
      .accept('target')
      .wait(10_000)
      .observe({ position: exchangePosition({ quantity: '0.02' }) });
    const late = fill({ fillId: 'late', quantity: '0.02', atMs: believedAtMs - 100 });
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.02' }) }),
      fills: [late, fill({ fillId: 'new', quantity: '0.01', atMs: at(position) })],
    });
    expect(openQuantity(position.state)).toBe('0.02');
  });

  it('lets a part execution grow an order in doubt without calling it live', () => {
    const position = openPosition();
    position.observe({ flat: false, orders: [], position: exchangePosition({ quantity: '0.03' }) });
    const reading = position.reading({ complete: false });
    position.weigh({
      reading,
      fills: [fill({ fillId: 'x', orderId: '601', quantity: '0.02', atMs: at(position) })],
    });
    expect(position.intents('stop')[0]).toMatchObject({
      filledQuantity: '0.02',
      status: { name: 'unknown' },
    });
  });

  it('ignores readings and answers that come after the end', () => {
    const position = new PositionDriver().refuse('entry', 'rule').journal();
    const before = position.state;
    position.observe({ position: exchangePosition() });
    expect(position.stage).toBe('closed');
    expect(position.effects()).toEqual([]);
    expect(position.state.intents).toEqual(before.intents);
  });
});
