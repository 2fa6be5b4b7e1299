import { describe, expect, it } from 'vitest';
import { coded, LIVE, list, ORDER_ID, orderRow, page, PAST, stopRow, withBybitStub } from './bybit-setup.ts';
import { BTC, sentTo, stop } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

describe('finding an order on Bybit', () => {
  const setup = withBybitStub();
  const sinceMs = Date.now() - HOUR_MS;
  const byClientId = { symbol: BTC, clientOrderId: 'HFe1N1', sinceMs };

  it('trap: fetchOrderWithClientOrderId sends a name that Bybit ignores: it is asked for by orderLinkId', async () => {
    setup.stub.on(LIVE, list([orderRow]));
    expect(await setup.exchange.findOrder(byClientId)).toMatchObject({
      found: 'one',
      order: { orderId: ORDER_ID, clientOrderId: 'hfe1n1', status: 'open', price: '50000' },
    });
    const [request] = sentTo(setup, LIVE);
    expect(request?.params).toEqual({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'hfe1n1' });
  });

  it('trap: an answer that is some other order is not taken for this one', async () => {
    setup.stub.on(LIVE, list([{ ...orderRow, orderLinkId: 'someoneelse' }]));
    expect(await setup.exchange.findOrder(byClientId)).toMatchObject({ found: 'none' });
  });

  it('trap: the live list holds the last 500 only: looks into the history where it has forgotten one', async () => {
    setup.stub.on(
      PAST,
      list([{ ...orderRow, orderStatus: 'Filled', cumExecQty: '0.050', avgPrice: '49999.5' }]),
    );
    expect(await setup.exchange.findOrder(byClientId)).toMatchObject({
      found: 'one',
      order: { status: 'filled', filledQuantity: '0.05', averagePrice: '49999.5' },
    });
    expect(sentTo(setup, PAST)[0]?.params).toMatchObject({ orderLinkId: 'hfe1n1' });
  });

  it('asks the history in windows of seven days at most', async () => {
    await setup.exchange.findOrder({ ...byClientId, sinceMs: Date.now() - 3 * WEEK_MS });
    const spans = sentTo(setup, PAST).map(
      ({ params }) => Number(params['endTime']) - Number(params['startTime']),
    );
    expect(spans).toHaveLength(4);
    expect(Math.max(...spans)).toBeLessThanOrEqual(WEEK_MS);
  });

  it('says none only when the live list and the history were read whole', async () => {
    expect(await setup.exchange.findOrder(byClientId)).toMatchObject({ found: 'none' });
    expect(sentTo(setup, LIVE)).toHaveLength(2);
    expect(sentTo(setup, PAST)).toHaveLength(1);
  });

  it('takes a definite "no such order" for an empty list', async () => {
    setup.stub.on(LIVE, ({ params }) =>
      params['orderLinkId'] === undefined
        ? list([])
        : coded(110001, 'order not exists or too late to cancel'),
    );
    expect(await setup.exchange.findOrder(byClientId)).toMatchObject({ found: 'none' });
  });

  it.each<[string, string, StubAnswer]>([
    ['a cut live list', LIVE, { kind: 'cut' }],
    ['an error of the live list', LIVE, coded(10016, 'Server error.')],
    [
      'a live list that is null',
      LIVE,
      { kind: 'json', body: { retCode: 0, retMsg: 'OK', result: { list: null } } },
    ],
    ['a history of HTML', PAST, page(200)],
    ['a history with a broken row', PAST, list([{ ...orderRow, qty: null }])],
  ])('throws rather than say none after %s', async (_name, route, answer) => {
    setup.stub.on(route, answer);
    await expect(setup.exchange.findOrder(byClientId)).rejects.toMatchObject({ name: 'ExchangeFault' });
  });

  it('finds a conditional order by its client id, and never by its shape', async () => {
    setup.stub.on(LIVE, ({ params }) =>
      params['orderLinkId'] === undefined || params['orderLinkId'] === 'hfe1n2' ? list([stopRow]) : list([]),
    );
    const query = { symbol: BTC, shape: stop, sinceMs };
    expect(await setup.exchange.findOrder({ ...query, clientOrderId: 'hfe1n2' })).toMatchObject({
      found: 'one',
      order: {
        kind: 'stop_market',
        triggerPrice: '49000.5',
        workingType: 'CONTRACT_PRICE',
        reduceOnly: true,
      },
    });
    expect(await setup.exchange.findOrder({ ...query, clientOrderId: 'hfe1n3' })).toMatchObject({
      found: 'none',
    });
  });

  it('leaves out orders that are known to be somebody else’s', async () => {
    setup.stub.on(LIVE, list([orderRow]));
    expect(await setup.exchange.findOrder({ ...byClientId, excludeOrderIds: [ORDER_ID] })).toMatchObject({
      found: 'none',
    });
  });

  it.each<[string, string]>([
    ['Untriggered', 'open'],
    ['Triggered', 'open'],
    ['New', 'open'],
    ['Cancelled', 'cancelled'],
    ['Deactivated', 'cancelled'],
    ['Rejected', 'rejected'],
  ])('trap: TRIGGERED is not filled: %s is %s, with nothing executed', async (orderStatus, status) => {
    setup.stub.on(LIVE, list([{ ...stopRow, orderStatus }]));
    expect(await setup.exchange.findOrder({ symbol: BTC, orderId: ORDER_ID })).toMatchObject({
      found: 'one',
      order: { status, filledQuantity: '0' },
    });
  });

  it.each<[string, object]>([
    ['a status that nobody documented', { orderStatus: 'Dreaming' }],
    ['more executed than ordered', { orderStatus: 'PartiallyFilled', cumExecQty: '0.060' }],
    ['filled in part only', { orderStatus: 'Filled', cumExecQty: '0.040' }],
    ['new, but executed', { orderStatus: 'New', cumExecQty: '0.010' }],
    ['a position index that is none', { positionIdx: 3 }],
    ['no position index', { positionIdx: null }],
  ])('takes %s for a broken row', async (_name, change) => {
    setup.stub.on(LIVE, list([{ ...orderRow, ...change }]));
    await expect(setup.exchange.findOrder(byClientId)).rejects.toMatchObject({ kind: 'bad_answer' });
  });
});
