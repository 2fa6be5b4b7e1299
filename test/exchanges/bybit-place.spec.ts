import { describe, expect, it } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import {
  bodiesOf,
  coded,
  connectBybit,
  INSTRUMENTS,
  ok,
  ORDER_ID,
  page,
  PLACE,
  withBybitStub,
} from './bybit-setup.ts';
import { entry, HTTP_MS, sentTo, stop } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const ACCEPTED = ok({ orderId: ORDER_ID, orderLinkId: '' });
const INSTRUMENTS_ROUTE = 'GET /v5/market/instruments-info';

describe('placing an order on Bybit', () => {
  const setup = withBybitStub();

  /** Places `request` against `answer`; returns the outcome and what was sent. */
  async function place(
    answer: StubAnswer,
    request: OrderRequest = entry,
  ): Promise<{ outcome: PlaceOutcome; sent: Record<string, unknown>[] }> {
    setup.stub.on(PLACE, answer);
    const outcome = await setup.exchange.placeOrder(request);
    return { outcome, sent: bodiesOf(setup, PLACE) };
  }

  it('sends a market entry with its link id in lower case, its leg and the digits that were asked', async () => {
    const { outcome, sent } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'accepted', orderId: ORDER_ID });
    expect(sent).toEqual([
      {
        category: 'linear',
        symbol: 'BTCUSDT',
        side: 'Buy',
        orderType: 'Market',
        qty: '0.05',
        positionIdx: 0,
        reduceOnly: false,
        orderLinkId: 'hfe1n1',
      },
    ]);
  });

  it('sends a limit entry good till cancelled', async () => {
    const { sent } = await place(ACCEPTED, { ...entry, kind: 'limit', price: '50000.1' });
    expect(sent[0]).toMatchObject({ orderType: 'Limit', price: '50000.1', timeInForce: 'GTC' });
  });

  it.each<[string, Partial<OrderRequest>, object]>([
    [
      'a long, in one-way mode',
      { leg: 'net', side: 'sell' },
      { positionIdx: 0, side: 'Sell', triggerDirection: 2 },
    ],
    [
      'a long, in hedge mode',
      { leg: 'long', side: 'sell' },
      { positionIdx: 1, side: 'Sell', triggerDirection: 2 },
    ],
    [
      'a short, in hedge mode',
      { leg: 'short', side: 'buy' },
      { positionIdx: 2, side: 'Buy', triggerDirection: 1 },
    ],
  ])(
    'trap: wrong-leg stops without reduceOnly: a stop of %s names its leg, and can only close',
    async (_name, change, expected) => {
      const { sent } = await place(ACCEPTED, { ...stop, ...change });
      expect(sent[0]).toMatchObject({
        ...expected,
        orderType: 'Market',
        triggerPrice: '49000.5',
        triggerBy: 'LastPrice',
        reduceOnly: true,
        closeOnTrigger: true,
        orderLinkId: 'hfe1n2',
      });
    },
  );

  it.each<[OrderRequest['side'], number]>([
    ['sell', 1],
    ['buy', 2],
  ])(
    'sends a target that closes by a %s with the direction that its stop does not have',
    async (side, triggerDirection) => {
      const { sent } = await place(ACCEPTED, { ...stop, kind: 'take_profit_market', side });
      expect(sent[0]).toMatchObject({ triggerDirection, reduceOnly: true });
    },
  );

  it('names the mark price where the order is to watch it, and where nothing was said', async () => {
    const { workingType: _, ...unsaid } = stop;
    await place(ACCEPTED, { ...stop, workingType: 'MARK_PRICE' });
    const { sent } = await place(ACCEPTED, unsaid);
    expect(sent.map(({ triggerBy }) => triggerBy)).toEqual(['MarkPrice', 'MarkPrice']);
  });

  it('trap: attached SL and TP, closePosition and the unified client id never leave: Bybit would take them raw', async () => {
    const { sent } = await place(ACCEPTED, stop);
    expect(Object.keys(sent[0] ?? {}).sort()).toEqual([
      'category',
      'closeOnTrigger',
      'orderLinkId',
      'orderType',
      'positionIdx',
      'qty',
      'reduceOnly',
      'side',
      'symbol',
      'triggerBy',
      'triggerDirection',
      'triggerPrice',
    ]);
  });

  it('trap: an order that Bybit answers with ids only is an id, and not a filled order', async () => {
    const { outcome } = await place(ok({ orderId: ORDER_ID, orderLinkId: 'hfe1n1' }));
    expect(outcome).toEqual({
      outcome: 'accepted',
      orderId: ORDER_ID,
      sentAtMs: expect.any(Number),
      answeredAtMs: expect.any(Number),
    });
  });

  it.each<[string, StubAnswer]>([
    ['a hang', { kind: 'hang' }],
    ['trap: a body that stalls after its headers', { kind: 'stall', body: '{"retCode":0,' }],
    ['a connection cut before the answer', { kind: 'cut' }],
    ['trap: an answer cut mid-body', { kind: 'cut-mid-body', body: '{"retCode":0,' }],
    ['trap: HTML with status 200', page(200)],
    ['an error page with status 502', page(502)],
    ['an error page with status 401', page(401)],
    ['an order without an id', ok({ orderId: '', orderLinkId: 'hfe1n1' })],
    ['an answer about another order', ok({ orderId: ORDER_ID, orderLinkId: 'someoneelse' })],
    ['a result that is null', ok(null)],
    ['an empty body', { kind: 'text', body: '' }],
    [
      'trap: a duplicate id 110072 is known by its raw code; the first one may live',
      coded(110072, 'OrderLinkedID is duplicate'),
    ],
    ['trap: a duplicate request 10014', coded(10014, 'Invalid duplicate request.')],
    ['server timeout 10000', coded(10000, 'Server Timeout')],
    ['server error 10016', coded(10016, 'Server error.')],
    ['backend timeout 170007', coded(170007, 'Timeout waiting for response from backend server.')],
    [
      'a refusal that came as a server error',
      { ...coded(110007, 'ab not enough'), status: 500 } as StubAnswer,
    ],
  ])('has an unknown outcome after %s', async (_name, answer) => {
    const { outcome, sent } = await place(answer);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
    expect(outcome.answeredAtMs - outcome.sentAtMs).toBeLessThan(HTTP_MS + 1_000);
  });

  it.each<[string, number, string]>([
    ['insufficient_funds', 110007, 'ab not enough for new order'],
    ['would_trigger', 110093, 'expect Falling, but trigger_price >= current'],
    ['protection_exists', 34040, 'not modified'],
    ['no_position', 110017, 'current position is zero'],
    ['position_mode', 10001, 'position idx not match position mode'],
    ['credentials', 10003, 'API key is invalid.'],
    ['clock', 10002, 'invalid request, please check your server timestamp'],
    ['rule', 110094, 'Order notional value below the lower limit'],
    ['other', 987654, 'never heard of'],
  ])('is refused as %s by code %i', async (kind, code, text) => {
    const { outcome } = await place(coded(code, text));
    expect(outcome).toMatchObject({ outcome: 'refused', kind, code: String(code) });
  });

  it('trap: loadMarkets failures are not cached for ever; the next order goes through', async () => {
    setup.stub.on(INSTRUMENTS_ROUTE, { kind: 'cut' });
    const fresh = await connectBybit(setup.stub);
    setup.stub.on(PLACE, ACCEPTED);
    expect(await fresh.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'rate_limited',
      reason: expect.stringMatching(/^not sent/),
    });
    setup.stub.on(INSTRUMENTS_ROUTE, INSTRUMENTS);
    expect(await fresh.placeOrder(entry)).toMatchObject({ outcome: 'accepted' });
    await fresh.close();
  });

  it('trap: clock skew: the clock is measured again after 10002, and the next request is dated by it', async () => {
    const skewMs = 90_000;
    setup.stub.on('GET /v5/market/time', () => ({
      kind: 'json',
      body: { retCode: 0, retMsg: 'OK', result: {}, time: Date.now() + skewMs },
    }));
    const first = await place(coded(10002, 'invalid request, please check your server timestamp'));
    expect(first.outcome).toMatchObject({ outcome: 'refused', kind: 'clock' });
    await place(ACCEPTED);
    const dated = Number(sentTo(setup, PLACE).at(-1)?.headers['x-bapi-timestamp']);
    expect(Math.abs(dated - (Date.now() + skewMs))).toBeLessThan(1_000);
  });

  it('lets stops and closes overtake reads that wait for the limit', async () => {
    setup.stub.on(PLACE, ACCEPTED);
    await setup.exchange.symbols();
    const order: string[] = [];
    const reads = Array.from({ length: 70 }, () =>
      setup.exchange
        .balance()
        .catch(() => undefined)
        .then(() => order.push('read')),
    );
    const placed = setup.exchange.placeOrder(stop).then(() => order.push('stop'));
    await Promise.all([...reads, placed]);
    expect(order.indexOf('stop')).toBeLessThan(69);
  });
});
