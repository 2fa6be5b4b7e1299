/** A stop and its target in one request, where the account wants that. */
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { bodiesOf, coded, ok, ORDER_ID, page, PLACE, withBybitStub } from './bybit-setup.ts';
import { entry, stop } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const BATCH = 'POST /v5/order/create-batch';
const target: OrderRequest = {
  ...stop,
  clientOrderId: 'hfe1n3',
  kind: 'take_profit_market',
  triggerPrice: '51000',
};
const ids = (orderLinkId: string, orderId: string) => ({
  category: 'linear',
  symbol: 'BTCUSDT',
  orderId,
  orderLinkId,
  createAt: '1713434102752',
});
const answered = (rows: readonly object[], codes: readonly object[]): StubAnswer => ({
  kind: 'json',
  body: { retCode: 0, retMsg: 'OK', result: { list: rows }, retExtInfo: { list: codes }, time: Date.now() },
});
const TAKEN = { code: 0, msg: 'OK' };

describe('protective orders of one moment on Bybit', () => {
  const setup = withBybitStub({ batches: true });
  const both = () => Promise.all([stop, target].map((request) => setup.exchange.placeOrder(request)));

  it('leave in one request, and each gets its own outcome', async () => {
    setup.stub.on(BATCH, answered([ids('hfe1n2', ORDER_ID), ids('hfe1n3', 'other')], [TAKEN, TAKEN]));
    expect(setup.exchange.capabilities.orderBatches).toBe(true);
    expect(await both()).toMatchObject([
      { outcome: 'accepted', orderId: ORDER_ID },
      { outcome: 'accepted', orderId: 'other' },
    ]);
    expect(bodiesOf(setup, BATCH)).toMatchObject([
      {
        category: 'linear',
        request: [
          { orderLinkId: 'hfe1n2', triggerDirection: 2, reduceOnly: true, positionIdx: 0 },
          { orderLinkId: 'hfe1n3', triggerDirection: 1, reduceOnly: true, positionIdx: 0 },
        ],
      },
    ]);
  });

  it('trap: rows that failed come without an error: their codes stand beside them', async () => {
    setup.stub.on(
      BATCH,
      answered(
        [ids('hfe1n2', ORDER_ID), ids('hfe1n3', '')],
        [TAKEN, { code: 110092, msg: 'expect Rising, but trigger_price <= current' }],
      ),
    );
    expect(await both()).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'refused', kind: 'would_trigger', code: '110092' },
    ]);
  });

  it.each<[string, StubAnswer]>([
    ['fewer codes than orders', answered([ids('hfe1n2', 'a'), ids('hfe1n3', 'b')], [TAKEN])],
    ['rows of other orders', answered([ids('hfe1n3', 'b'), ids('hfe1n2', 'a')], [TAKEN, TAKEN])],
    ['rows without ids', answered([ids('hfe1n2', ''), ids('hfe1n3', '')], [TAKEN, TAKEN])],
    [
      'a duplicate id',
      answered([ids('hfe1n2', ''), ids('hfe1n3', '')], Array(2).fill({ code: 110072, msg: '' })),
    ],
    ['a cut connection', { kind: 'cut' }],
    ['HTML', page(200)],
    ['a refusal of the whole', coded(10001, 'params error')],
  ])('are unknown after %s', async (_name, answer) => {
    setup.stub.on(BATCH, answer);
    expect((await both()).map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
  });

  it('are refused where the whole request surely was', async () => {
    setup.stub.on(BATCH, coded(10006, 'Too many visits!'));
    expect(await both()).toMatchObject(Array(2).fill({ outcome: 'refused', kind: 'rate_limited' }));
  });

  it('leave one by one where there is but one, and entries always do', async () => {
    setup.stub.on(PLACE, ok({ orderId: ORDER_ID, orderLinkId: '' }));
    await Promise.all([setup.exchange.placeOrder(stop), setup.exchange.placeOrder(entry)]);
    expect(bodiesOf(setup, PLACE)).toHaveLength(2);
    expect(bodiesOf(setup, BATCH)).toHaveLength(0);
  });
});
