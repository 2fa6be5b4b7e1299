import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../domain/position/quantities.ts';
import { BTC, closedPosition, gateway } from '../support/builders.ts';
import { openPosition } from '../support/position-driver.ts';

describe('a close', () => {
  it('of everything is one reduce-only market order, while the stop rests', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    expect(position.wanted()).toEqual(['place close']);
    expect(position.intent('close').request).toMatchObject({
      kind: 'market',
      side: 'sell',
      quantity: '0.05',
      reduceOnly: true,
    });
    expect(position.intent('stop').cancelWanted).toBe(false);
  });

  it('stays latched until flat, through partial fills and refusals', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.accept('close', { filled: '0.02', status: 'cancelled' });
    expect(position.intent('close').request.quantity).toBe('0.03');
    position.refuse('close', 'other').wait(300).refuse('close', 'other').wait(600);
    expect(position.stage).toBe('closing');
    expect(position.accept('close', { filled: '0.03' }).stage).toBe('settling');
    expect(position.state.exitReason).toBe('USER_CLOSE');
  });

  it('of unknown outcome is looked up before another is sent', () => {
    const position = openPosition().command({ type: 'close', request: {} }).lose('close');
    expect(position.wanted()).toEqual(['find close']);
    position.wait(10_000);
    expect(position.intents('close')).toHaveLength(1);
    expect(position.find('close', { filled: '0.05' }).stage).toBe('settling');
  });

  it('of more than one order may hold goes in parts', () => {
    const market = { ...BTC, maxQuantity: '0.03' };
    const position = openPosition({ market }).command({ type: 'close', request: {} });
    position.accept('close', { filled: '0.03' }).accept('close', { filled: '0.02' });
    expect(position.intents('close').map(({ request }) => request.quantity)).toEqual(['0.03', '0.02']);
    expect(position.stage).toBe('settling');
  });

  it('that is refused for locked quantity has the target give way, and the stop only after that', () => {
    const position = openPosition()
      .command({ type: 'close', request: {} })
      .refuse('close', 'quantity_locked');
    expect(position.wanted()).toEqual(['cancel target']);
    position
      .cancel('target', 'cancelled', { filled: '0', status: 'cancelled' })
      .wait(300)
      .refuse('close', 'quantity_locked');
    expect(position.wanted()).toEqual(['cancel stop']);
  });

  it('of a part that is refused for locked quantity goes out again once the target gave way', () => {
    const position = openPosition().command({ type: 'close', request: { quantity: '0.02' } });
    const { clientOrderId } = position.intent('close').request;
    position.refuse('close', 'quantity_locked');
    expect(position.wanted()).toEqual(['cancel target']);
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' }).wait(300);
    expect(position.wanted()).toEqual(['place close']);
    expect(position.intent('close').request.clientOrderId).toBe(clientOrderId);
    position
      .accept('close', { filled: '0.02' })
      .accept('stop')
      .cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.intent('target').request.quantity).toBe('0.03');
    expect(position.intents('close')).toHaveLength(1);
  });

  it('of a part that stays locked is given up with its reason', () => {
    const position = openPosition()
      .command({ type: 'close', request: { quantity: '0.02' } })
      .refuse('close', 'quantity_locked');
    position.cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    for (let attempt = 0; attempt < 5; attempt++) position.wait(5_000).refuse('close', 'quantity_locked');
    expect(position.finding('close_refused')).toContain('refused a close');
    expect(position.wanted()).toEqual(['place target']);
  });

  it('that finds nothing to close looks for who did it', () => {
    const position = openPosition().command({ type: 'close', request: {} }).refuse('close', 'no_position');
    expect(position.wanted()).toContain('readEvidence');
    position.weigh({ closed: [closedPosition()] });
    expect(position.stage).toBe('settling');
    expect(position.state.exitReason).toBe('EXCHANGE_CLOSED_RECONCILIATION');
  });

  it('of a part leaves the rest open, and its protection shrinks', () => {
    const position = openPosition().command({ type: 'close', request: { quantity: '0.02' } });
    position.accept('close', { filled: '0.02' });
    expect(position.stage).toBe('open');
    expect(openQuantity(position.state)).toBe('0.03');
    expect(position.intent('stop').request.quantity).toBe('0.03');
  });

  it('by the stop cancels the target, proves the leg flat, reads the figures, journals, and is over', () => {
    const position = openPosition();
    position.observe({
      orders: position.restingOrders().filter(({ kind }) => kind !== 'stop_market'),
      flat: true,
    });
    position.find('stop', { filled: '0.05', price: '107990' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(position.wanted()).toEqual(['cancel target']);
    position.cancel('target', 'gone', { filled: '0', status: 'cancelled' });
    expect(position.wanted()).toEqual(['readLeg flat']);
    position.readLeg('flat', { flat: true });
    expect(position.wanted()).toEqual(['readFigures']);
    position.figures({ closed: [closedPosition()] }).journal();
    expect(position.stage).toBe('closed');
    expect(position.effects()).toEqual([]);
    expect(position.rows).toMatchObject([
      { exitReason: 'STOP_LOSS', exitOrderId: '601', figuresSource: 'exchange' },
    ]);
  });

  it('is not over while an own order may rest', () => {
    const position = openPosition()
      .command({ type: 'close', request: {} })
      .accept('close', { filled: '0.05' });
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    position.cancel('target', 'unknown');
    expect(position.wanted()).toEqual([]);
    expect(position.wait(500).wanted()).toEqual(['cancel target']);
  });

  it('is not proven by an incomplete reading, nor by one from before the last fill', () => {
    const position = openPosition()
      .command({ type: 'close', request: {} })
      .accept('close', { filled: '0.05' });
    const ended = { filled: '0', status: 'cancelled' } as const;
    position.cancel('stop', 'cancelled', ended).cancel('target', 'cancelled', ended);
    position.readLeg('flat', { flat: true, complete: false });
    expect(position.state.settlement.flatSeenAtMs).toBeNull();
    const takenAtMs = gateway(position.now) - 1;
    position.wait(250).readLeg('flat', { flat: true, takenAtMs });
    expect(position.state.settlement.flatSeenAtMs).toBeNull();
    position.wait(500).readLeg('flat', { flat: true });
    expect(position.wanted()).toEqual(['readFigures']);
  });

  it('sees the stop fill while it is being replaced: the new one is taken back', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } })
      .accept('stop');
    position.cancel('stop', 'gone', { filled: '0.05' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(position.wanted()).toEqual(['cancel target', 'cancel stop']);
  });
});

describe('a crossed level', () => {
  const crossing = (levelId: string) =>
    ({
      type: 'priceCrossed',
      crossing: { crossingId: 'c', levelId, generation: 1, price: '1', atMs: 1 },
    }) as const;
  const levelOf = (kind: 'stop' | 'target', price: string) => (position: ReturnType<typeof openPosition>) =>
    `${position.state.epoch}/t1/${kind}/${price}`;
  const target = levelOf('target', '110000');
  const stop = levelOf('stop', '108000');

  it('lets the order act first, looking at it at once', () => {
    const position = openPosition();
    position.command(crossing(target(position)));
    expect(position.wanted()).toEqual(['find target']);
    position.find('target', { filled: '0.05' });
    expect(position.state.exitReason).toBe('TAKE_PROFIT');
  });

  it('takes profit at market when the target has not filled after the grace', () => {
    const position = openPosition();
    position.command(crossing(target(position))).find('target', { filled: '0', status: 'open' });
    expect(position.wait(1_499).stage).toBe('open');
    position.wait(1);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'INSTANT_TAKE_PROFIT' });
  });

  it('is the last resort for a stop', () => {
    const position = openPosition();
    position.command(crossing(stop(position))).wait(1_500);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
  });

  it('counts once, and an unknown or older level counts for nothing', () => {
    const position = openPosition();
    position
      .command(crossing(target(position)))
      .command(crossing(target(position)))
      .command(crossing('other/t1/stop/1'));
    expect(position.state.crossings).toHaveLength(1);
  });

  it('is forgotten when the level moves within the grace', () => {
    const position = openPosition();
    position
      .command(crossing(stop(position)))
      .command({ type: 'setProtection', request: { stopLoss: { price: '107000' } } });
    expect(position.wait(60_000).stage).toBe('open');
    expect(position.state.crossings).toEqual([]);
  });
});
