/** More is added to a position as a tranche of its own, or is refused, and the account told. */
import { describe, expect, it } from 'vitest';
import { MAX_TRANCHES, takeTranche } from '../../domain/position/add-tranche.ts';
import { view } from '../../domain/position/describe.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { exchangePosition } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';
import { grant, granted, grow, parts, resting } from '../support/tranches.ts';

const refusedIds = ({ state }: PositionDriver) =>
  (state.refusedTranches ?? []).map(({ requestId }) => requestId);

describe('adding a tranche', () => {
  it('sends an entry of its own and protects what it fills by orders of its own', () => {
    const position = grow(openPosition());
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.03']);
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108000', 't2 0.03 at 108500']);
    expect(resting(position, 'target')).toEqual(['t1 0.05 at 110000', 't2 0.03 at 111000']);
    expect([position.stage, position.state.cover.name]).toEqual(['open', 'covered']);
    expect(position.intents('entry').map(({ request }) => request.reduceOnly)).toEqual([false, false]);
  });

  it('protects each part of it that fills', () => {
    const position = grant(openPosition(), { limitPrice: '109000' });
    position.accept('entry', { filled: '0.01', status: 'open' }).accept('stop').accept('target');
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.01']);
    expect(resting(position, 'stop')).toContain('t2 0.01 at 108500');
  });

  it('measures its percents from its own entry', () => {
    const wish = { stopLoss: { percent: '1' }, takeProfit: { percent: '2' } };
    const position = grow(openPosition(), wish, '110000');
    expect(resting(position, 'stop')).toContain('t2 0.03 at 108900');
    expect(resting(position, 'target')).toContain('t2 0.03 at 112200');
  });

  it('is possible while the first entry still rests, and the position opens with whatever fills first', () => {
    const position = new PositionDriver({ limitPrice: '108900' }).accept('entry');
    grow(position);
    expect([position.stage, ...parts(position)]).toEqual(['open', 't1 0', 't2 0.03']);
  });

  it('counts a word that comes twice once', () => {
    const position = grow(openPosition());
    grant(position);
    expect(parts(position)).toHaveLength(2);
  });

  it('shows the tranche by the request that it came from', () => {
    const position = grow(openPosition());
    expect(view(position.state, 'w', position.now).tranches[1]).toMatchObject({
      id: 't2',
      quantity: '0.03',
      entryPrice: '109300',
      requestId: 'more',
    });
  });

  it('enters it slice by slice where only a part is to show', () => {
    const position = grant(openPosition(), { limitPrice: '109000', visibleQuantity: '0.01' });
    expect(position.intent('entry').request.quantity).toBe('0.01');
    expect(position.state.tranches[1]?.iceberg).toEqual({
      total: '0.03',
      visible: '0.01',
      limitPrice: '109000',
    });
  });

  it('reads what is measured in average true ranges from what the account read', () => {
    const position = grow(openPosition(), { stopLoss: { atr: '2' }, atr: '200' }, '109300');
    expect(resting(position, 'stop')).toContain('t2 0.03 at 108900');
  });
});

describe('a tranche that cannot be added', () => {
  it.each([
    ['malformed', { quantity: 'much' }],
    ['under the lot', { quantity: '0.00001' }],
    ['of an earlier position of the leg', { epoch: '20200101000000000' }],
    ['measured in a volatility that nobody read', { stopLoss: { atr: '2' } }],
  ])('is refused with a finding, and the account told: %s', (_, change) => {
    const position = grant(openPosition(), change);
    expect(parts(position)).toEqual(['t1 0.05']);
    expect(position.finding('tranche_refused')).toContain('more');
    expect(position.wanted()).toEqual(['refuseTranche']);
  });

  it('is refused while the position is closing', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    grant(position);
    expect(position.finding('tranche_refused')).toContain('closing');
    expect(refusedIds(position)).toEqual(['more']);
  });

  it('is told again, later and later, until the account hears it', () => {
    const position = grant(openPosition(), { quantity: 'much' });
    const [refused] = position.state.refusedTranches ?? [];
    if (!refused) throw new Error('nothing was refused');
    position.apply([{ type: 'TrancheRefusalTold', requestId: 'more', nextAtMs: position.now + 1_000 }]);
    expect(position.wanted()).toEqual([]);
    position.wait(1_000);
    expect(position.wanted()).toEqual(['refuseTranche']);
    position.apply([{ type: 'TrancheRefusalTold', requestId: 'more', nextAtMs: null }]);
    expect(position.wanted()).toEqual([]);
  });

  it('is no more than a note where it names no request', () => {
    const position = openPosition();
    position.apply(takeTranche(position.state, { quantity: '1' }, position.now));
    expect(position.finding('refused_signal')).toContain('trancheGranted');
    expect(position.wanted()).toEqual([]);
  });

  it(`is the ${MAX_TRANCHES + 1}th at a time`, () => {
    const position = openPosition();
    for (let count = 2; count <= MAX_TRANCHES; count++) grow(position, { requestId: `r${count}` });
    grant(position, { requestId: 'last' });
    expect(position.state.tranches).toHaveLength(MAX_TRANCHES);
    expect(position.finding('tranche_refused')).toContain('merge some first');
  });

  it('is refused for a position that is only watched', () => {
    const position = openPosition();
    position.state = { ...position.state, policy: 'watch' };
    grant(position);
    expect(position.finding('tranche_refused')).toContain('watched');
  });
});

describe('a tranche whose entry came to nothing', () => {
  it('is dropped again, and what the account reserved for it is freed', () => {
    const position = grant(openPosition()).refuse('entry', 'insufficient_funds');
    expect(parts(position)).toEqual(['t1 0.05']);
    expect(position.stage).toBe('open');
    expect(refusedIds(position)).toEqual(['more']);
    expect(position.finding('tranche_refused')).toContain('more');
  });

  it('never has its name given to another', () => {
    const position = grant(openPosition()).refuse('entry', 'insufficient_funds');
    grow(position, { requestId: 'again' });
    expect(parts(position)).toEqual(['t1 0.05', 't3 0.03']);
  });

  it('is kept where a part of it filled', () => {
    const position = grant(openPosition(), { limitPrice: '109000' });
    position.accept('entry', { filled: '0.01', status: 'cancelled' });
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.01']);
  });

  it('is not dropped while nobody knows what became of its entry', () => {
    const position = grant(openPosition()).lose('entry');
    expect(parts(position)).toEqual(['t1 0.05', 't2 0']);
  });

  it("is the first tranche's where it turns out to have filled after all", () => {
    const position = grant(openPosition()).accept('entry', { orderId: 'e2' });
    const { number } = position.intent('entry');
    const nothing = { filledQuantity: '0', averagePrice: null, atMs: 1, nowMs: position.now };
    position.apply([
      { type: 'IntentEnded', number, how: 'cancelled', reason: null, orderId: 'e2', ...nothing },
    ]);
    expect(parts(position)).toEqual(['t1 0.05']);
    const all = { filledQuantity: '0.03', averagePrice: '109300', atMs: 2, nowMs: position.now };
    position.apply([{ type: 'IntentEnded', number, how: 'filled', reason: null, orderId: 'e2', ...all }]);
    expect(parts(position)).toEqual(['t1 0.08']);
    position.accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.08 at 108000']);
  });
});

describe('a tranche that is closed', () => {
  it('frees what the account reserved for it, once', () => {
    const position = grow(openPosition()).command({ type: 'close', request: { trancheId: 't2' } });
    position.accept('close', { filled: '0.03' });
    expect(refusedIds(position)).toEqual(['more']);
    expect(position.finding('tranche_refused')).toBeUndefined();
    position.apply([{ type: 'TrancheRefusalTold', requestId: 'more', nextAtMs: null }]).wait(60_000);
    expect(refusedIds(position)).toEqual([]);
    expect(parts(position)).toEqual(['t1 0.05', 't2 0']);
  });

  it('frees nothing while some of its entry may fill', () => {
    const position = grant(openPosition(), { limitPrice: '109000' });
    position.accept('entry', { filled: '0.01', status: 'open' }).accept('stop').accept('target');
    position.command({ type: 'close', request: { trancheId: 't2' } }).accept('close', { filled: '0.01' });
    expect(refusedIds(position)).toEqual([]);
    position.cancel('entry', 'cancelled', { filled: '0.01', status: 'cancelled' });
    expect(refusedIds(position)).toEqual(['more']);
  });
});

describe('stages of a position in tranches', () => {
  it('goes flat with the last that is open, and takes the resting entry of another back', () => {
    const position = grant(openPosition(), { limitPrice: '105000' }).accept('entry');
    position.observe({ position: exchangePosition(), orders: position.restingOrders().slice(1) });
    position.find('stop', { filled: '0.05', price: '108000' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(position.wanted()).toContain('cancel entry');
  });

  it('never opened where no entry of any tranche filled', () => {
    const position = new PositionDriver({ limitPrice: '108900' }).accept('entry');
    grant(position, { limitPrice: '108000' }).accept('entry');
    position
      .wait(13_000)
      .observe({ flat: true, orders: [] })
      .find('entry', { status: 'cancelled', filled: '0' });
    expect(position.stage).toBe('entering');
    position.find('entry', { status: 'cancelled', filled: '0' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'NEVER_OPENED']);
  });

  it('is not uncovered by a tranche that is to have no stop, nor closed for it', () => {
    const position = grow(openPosition(), { stopLoss: null }).wait(60_000);
    expect([position.stage, position.state.cover.name]).toEqual(['open', 'covered']);
    expect(position.finding('no_stop')).toContain('t2');
    expect(view(position.state, 'w', position.now).covered).toBe(false);
    expect(openQuantity(position.state)).toBe('0.08');
  });

  it('alarms for the tranche that lost its stop, beside one that is to have none', () => {
    const position = grow(openPosition(), { stopLoss: null });
    position.observe({ position: exchangePosition({ quantity: '0.08' }), orders: [] });
    position.find('stop', { status: 'cancelled', filled: '0' });
    expect(position.wanted()).toContain('place stop');
    expect(position.state.cover.name).toBe('uncovered');
    position.wait(6_000);
    expect(position.finding('uncovered')).toBeDefined();
  });

  it('watches the levels of each', () => {
    const position = grow(openPosition());
    expect(
      priceLevels(position.state).map(({ trancheId, kind, price }) => `${trancheId} ${kind} ${price}`),
    ).toEqual(['t1 stop 108000', 't1 target 110000', 't2 stop 108500', 't2 target 111000']);
  });

  it('has nothing to do with what another position of the leg was granted', () => {
    const position = openPosition();
    const other = granted({ epoch: 'other' });
    position.apply(takeTranche(position.state, other, position.now));
    expect(position.state.refusedTranches).toMatchObject([{ epoch: 'other' }]);
  });
});
