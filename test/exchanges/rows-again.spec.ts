/** Readings of the account one after the other: a row that comes again word for word is not looked at again. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as binance from './binance-setup.ts';
import { MODE, OPEN, orderRow, POSITIONS, positionRow } from './bingx-rows.ts';
import { withStub } from './bingx-setup.ts';
import * as bybit from './bybit-setup.ts';
import { coded, json } from './stub-server.ts';

describe('a second reading of BingX', () => {
  const setup = withStub();
  const other = { ...orderRow, orderId: '1792481956836519937' };
  const listed = (...orders: object[]) => setup.stub.on(OPEN, json({ orders }));

  it('gives an order that stands as it stood as the same object, and one that changed anew', async () => {
    listed(orderRow, other);
    const before = (await setup.exchange.snapshot()).orders;
    listed({ ...other, stopPrice: '48000' }, orderRow);
    const { complete, orders } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(orders[0]).toEqual({ ...before[1], triggerPrice: '48000' });
    expect(orders[1]).toBe(before[0]);
  });

  it('follows what moves by itself', async () => {
    setup.stub.on(POSITIONS, [json([positionRow]), json([{ ...positionRow, markPrice: '50011' }])]);
    const [before] = (await setup.exchange.snapshot()).positions;
    const [position] = (await setup.exchange.snapshot()).positions;
    expect(position).toEqual({ ...before, markPrice: '50011' });
  });

  it('is incomplete when it failed or shows a broken row, whatever the one before it showed', async () => {
    listed(orderRow, other);
    await setup.exchange.snapshot();
    listed(orderRow, { ...other, status: 'ASLEEP' });
    for (const _ of [1, 2])
      expect(await setup.exchange.snapshot()).toMatchObject({ complete: false, orders: [{}] });
    setup.stub.on(OPEN, coded(100500, 'busy'));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: false, orders: [] });
    listed(other);
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: true,
      orders: [{ orderId: other.orderId, status: 'open' }],
    });
  });

  it('puts no row on the leg that it had in another mode', async () => {
    const row = { ...positionRow, positionSide: 'LONG', onlyOnePosition: undefined };
    setup.stub.on(POSITIONS, json([row]));
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now');
    setup.stub.on(MODE, json({ dualSidePosition: 'false' }));
    expect(await setup.exchange.snapshot()).toMatchObject({ positions: [{ leg: 'net' }] });
    setup.stub.on(MODE, json({ dualSidePosition: 'true' }));
    // The mode is asked once a minute.
    clock.mockImplementation(() => now() + 61_000);
    expect(await setup.exchange.snapshot()).toMatchObject({ positions: [{ leg: 'long' }] });
  });

  afterEach(() => void vi.restoreAllMocks());
});

describe('a second reading of Bybit', () => {
  const setup = bybit.withBybitStub();

  it('shows a row that was on two pages while it moved, and is on the later one now', async () => {
    const other = { ...bybit.orderRow, orderId: 'b' };
    const pages = (first: object[], second: object[]) =>
      setup.stub.on(bybit.LIVE, ({ params }) =>
        params['cursor'] ? bybit.list(second) : bybit.list(first, 'next'),
      );
    pages([bybit.orderRow], [bybit.orderRow, other]);
    const before = (await setup.exchange.snapshot()).orders;
    expect(before.map(({ orderId }) => orderId)).toEqual([bybit.ORDER_ID, 'b']);
    pages([{ ...bybit.stopRow, orderId: 's' }], [bybit.orderRow, other]);
    const { orders } = await setup.exchange.snapshot();
    expect(orders.map(({ orderId }) => orderId)).toEqual(['s', bybit.ORDER_ID, 'b']);
    expect(orders[2]).toBe(before[1]);
  });
});

describe('a second reading of Binance', () => {
  const setup = binance.withStub();

  it('finds that a stop got stuck although its row stands as it stood', async () => {
    const triggerTime = Date.now();
    setup.stub.on(
      binance.OPEN_ALGO,
      binance.ok([{ ...binance.algoRow, algoStatus: 'TRIGGERING', triggerTime }]),
    );
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true, orders: [{ status: 'open' }] });
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 11_000);
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true, orders: [] });
  });

  it('gives orders and positions of the same rows as the same objects', async () => {
    setup.stub.on(binance.POSITIONS, binance.ok([binance.positionRow]));
    setup.stub.on(binance.OPEN, binance.ok([binance.orderRow]));
    setup.stub.on(binance.OPEN_ALGO, binance.ok([binance.algoRow]));
    const before = await setup.exchange.snapshot();
    const { positions, orders } = await setup.exchange.snapshot();
    expect([...positions, ...orders]).toHaveLength(3);
    expect(
      [positions[0], ...orders].map((one, at) => one === [before.positions[0], ...before.orders][at]),
    ).toEqual([true, true, true]);
  });

  afterEach(() => void vi.restoreAllMocks());
});
