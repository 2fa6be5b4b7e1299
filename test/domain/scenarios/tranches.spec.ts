import { describe, expect, it } from 'vitest';
import type { ExchangeOrder } from '../../../domain/exchange-truth.ts';
import { planIntent } from '../../../domain/position/orders.ts';
import { openQuantity, trancheQuantity } from '../../../domain/position/quantities.ts';
import { coveredQuantity } from '../../../domain/position/cover.ts';
import { exchangePosition, fill, gateway } from '../../support/builders.ts';
import { openPosition, type PositionDriver } from '../../support/position-driver.ts';
import { at, reading } from './scene.ts';

const market = {
  tickSize: '0.1',
  lotSize: '0.01',
  minQuantity: '0.01',
  minNotional: '2',
  symbol: 'ETH/USDT:USDT',
};
const GONE = { filled: '0', status: 'cancelled' } as const;

/** One position in two parts, each with a stop and a target of its own: t1 the owner, t2 its peer. */
function shared(owner: string, peer: string): PositionDriver {
  const position = openPosition({ market, quantity: owner, positionIds: false });
  const { state } = position;
  position.state = {
    ...state,
    tranches: [...state.tranches, { ...(state.tranches[0] ?? never()), id: 't2' }],
  };
  const intent = planIntent(
    position.state,
    'entry',
    't2',
    { kind: 'market', quantity: peer },
    { nowMs: position.now },
  );
  position.apply([{ type: 'IntentPlanned', intent }]).accept('entry', { orderId: '2', filled: peer });
  return position.accept('stop', { orderId: '602' }).accept('target', { orderId: '702' }).wait(5_000);
}

const never = (): never => {
  throw new Error('a position has a tranche');
};
const parts = ({ state }: PositionDriver) => state.tranches.map(({ id }) => trancheQuantity(state, id));
const without = (position: PositionDriver, ...gone: string[]): ExchangeOrder[] =>
  position.restingOrders().filter(({ orderId }) => !gone.includes(orderId));
const now = (position: PositionDriver) => gateway(position.now);
const shows = (position: PositionDriver, quantity: string, orders = position.restingOrders()) =>
  position.observe({ position: exchangePosition({ quantity }), orders });
const resting = (position: PositionDriver, role: 'stop' | 'target') =>
  position
    .intents(role)
    .filter(({ status, cancelWanted }) => status.name === 'live' && !cancelWanted)
    .map(({ orderId, request }) => [orderId, request.quantity]);

describe('several parts of one position', () => {
  it("scenario 75: the owner's stop filled: it is closed by it, at its price, and the peer untouched", () => {
    const position = shared('1', '0.5');
    shows(position, '0.5', without(position, '601'));
    position.find('stop', { orderId: '601', filled: '1', price: '2900' });
    expect(parts(position)).toEqual(['0', '0.5']);
    expect([position.stage, position.state.suspicion, position.state.uncoveredMs]).toEqual(['open', null, 0]);
    expect(position.intents('stop')[0]).toMatchObject({ filledQuantity: '1', averagePrice: '2900' });
    expect(resting(position, 'stop')).toEqual([['602', '0.5']]);
  });

  it("scenario 75: what protected the owner is taken back: it would close the peer's part", () => {
    const position = shared('1', '0.5');
    shows(position, '0.5', without(position, '601'));
    position.find('stop', { orderId: '601', filled: '1', price: '2900' });
    expect(position.wanted()).toEqual(['cancel target']);
    position.cancel('target', 'cancelled', GONE);
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['602', '702']);
    expect(position.wait(60_000).wanted()).toEqual([]);
  });

  it('scenario 76: the peer is closed by its own target, and the owner goes on', () => {
    const position = shared('1', '0.5');
    shows(position, '1', without(position, '702'));
    position.find('target', { orderId: '702', filled: '0.5', price: '110000' });
    expect([parts(position), resting(position, 'stop')]).toEqual([['1', '0'], [['601', '1']]]);
  });

  it("scenario 77: a part of the owner's target filled: the owner is that much smaller, its stop kept", () => {
    const position = shared('0.5', '0.5');
    const partly = position
      .restingOrders()
      .map((order) =>
        order.orderId === '701' ? { ...order, filledQuantity: '0.25', averagePrice: '110000' } : order,
      );
    shows(position, '0.75', partly);
    expect([parts(position), position.state.suspicion]).toEqual([['0.25', '0.5'], null]);
    expect(coveredQuantity(position.state)).toBe('0.75');
    position.accept('stop', { orderId: '603' }).cancel('stop', 'cancelled', GONE);
    expect(resting(position, 'stop')).toEqual([
      ['602', '0.5'],
      ['603', '0.25'],
    ]);
    expect(position.state.uncoveredMs).toBe(0);
  });

  it('scenario 78: a part of the stop filled and the rest cancelled: the owner has the rest under a new stop', () => {
    const position = shared('0.5', '0.5');
    shows(position, '0.8', without(position, '601'));
    position.find('stop', { orderId: '601', filled: '0.2', status: 'cancelled' });
    expect(parts(position)).toEqual(['0.3', '0.5']);
    expect(position.intent('stop').request).toMatchObject({ quantity: '0.3' });
  });

  it('scenario 83: one fill that closed both is split pro rata, and its fee with it', () => {
    const position = shared('1.5', '0.5').observe({ flat: true });
    position.weigh({
      reading: position.reading({ flat: true }),
      fills: [fill({ fillId: 'x', quantity: '2', fee: '4', atMs: at(position) })],
    });
    expect(
      position.state.externals.map(({ trancheId, quantity, fee }) => [trancheId, quantity, fee]),
    ).toEqual([
      ['t1', '-1.5', '3'],
      ['t2', '-0.5', '1'],
    ]);
    expect([position.stage, openQuantity(position.state)]).toEqual(['settling', '0']);
  });

  it('scenario 84: one fill that does not divide is split in lots, and adds up to the last digit', () => {
    const position = shared('0.5', '0.25');
    shows(position, '0.65').weigh({
      reading: reading(position, '0.65'),
      fills: [fill({ fillId: 'x', quantity: '0.1', fee: '0.1', atMs: now(position) - 500 })],
    });
    expect(parts(position)).toEqual(['0.43', '0.22']);
    expect(openQuantity(position.state)).toBe('0.65');
    expect(position.state.externals.map(({ fee }) => fee)).toEqual(['0.07', '0.03']);
  });

  it('scenario 84: the same fill told again changes nothing', () => {
    const position = shared('0.5', '0.25');
    const x = fill({ fillId: 'x', quantity: '0.1', atMs: now(position) - 500 });
    shows(position, '0.65').weigh({ reading: reading(position, '0.65'), fills: [x] });
    for (const role of ['stop', 'stop', 'target', 'target'] as const)
      if (position.wanted().includes(`place ${role}`)) position.accept(role);
    position.wait(10_000);
    shows(position, '0.6').weigh({
      reading: reading(position, '0.6'),
      fills: [x, fill({ fillId: 'y', quantity: '0.05', atMs: now(position) - 500 })],
    });
    expect(openQuantity(position.state)).toBe('0.6');
  });
});
