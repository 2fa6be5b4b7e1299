import { describe, expect, it } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import {
  bodiesOf,
  BTC,
  CANCEL,
  coded,
  connectBybit,
  entry,
  HTTP_MS,
  INSTRUMENTS,
  ok,
  ORDER_ID,
  page,
  PLACE,
  sentTo,
  stop,
  withBybitStub,
} from './bybit-setup.ts';
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

  it.each<[string, StubAnswer, number]>([
    ['10006 without a word on when', coded(10006, 'Too many visits!'), 1_000],
    ['429 with Retry-After', page(429, { 'retry-after': '7' }), 7_000],
    ['trap: 403, an address that asks too often, which ccxt takes for a network fault', page(403), 10_000],
  ])('is refused as rate limited by %s, and says for how long', async (_name, answer, retryAfterMs) => {
    const { outcome, sent } = await place(answer);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited', retryAfterMs });
    expect(sent).toHaveLength(1);
  });

  it('waits until the time that Bybit names with 10006', async () => {
    const reset = { 'X-Bapi-Limit-Reset-Timestamp': String(Date.now() + 3_000) };
    const { outcome } = await place(coded(10006, 'Too many visits!', reset));
    const { retryAfterMs = 0 } = outcome as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(2_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_000);
  });

  it('trap: a storm causes no ban: after a 403 nothing more is sent while it lasts', async () => {
    await place(page(403));
    const { outcome, sent } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited' });
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<OrderRequest>, RegExp]>([
    ['a quantity off the lot', { quantity: '0.0505' }, /lot 0\.001; nearest: 0\.05/],
    ['a quantity under the minimum', { quantity: '0.0001' }, /under the minimum 0\.001/],
    ['more than a market order may be', { quantity: '120' }, /over the maximum 119/],
    ['a price off the tick', { kind: 'limit', price: '50000.07' }, /tick 0\.1; nearest: 50000\.1/],
    [
      'a trigger off the tick',
      { kind: 'stop_market', triggerPrice: '49000.01' },
      /tick 0\.1; nearest: 49000/,
    ],
    [
      'an order value under the minimum',
      { kind: 'limit', price: '20', quantity: '0.1' },
      /under the minimum 5/,
    ],
    [
      'a price under the lowest',
      { kind: 'limit', price: '9.9', quantity: '1' },
      /under the lowest.*nearest: 10$/,
    ],
    [
      'a trigger over the highest',
      { kind: 'stop_market', triggerPrice: '200000' },
      /over the highest.*nearest: 199999\.8$/,
    ],
    ['a market that settles in another coin', { symbol: 'BTC/USDC:USDC' }, /no market BTC\/USDC/],
  ])('refuses %s here, unsent, and says what would do', async (_name, change, reason) => {
    const { outcome, sent } = await place(ACCEPTED, { ...entry, ...change });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      kind: 'rule',
      reason: expect.stringMatching(reason),
    });
    expect(sent).toHaveLength(0);
  });

  it.each<[OrderRequest['side'], string, RegExp]>([
    ['buy', '52500.1', /over the limit of this moment; nearest: 52500$/],
    ['sell', '47499.9', /under the limit of this moment; nearest: 47500$/],
  ])('refuses a limit to %s beyond what the market takes right now, unsent', async (side, price, reason) => {
    setup.stub.on(
      'GET /v5/market/price-limit',
      ok({ symbol: 'BTCUSDT', buyLmt: '52500.00', sellLmt: '47500.00' }),
    );
    const beyond = await place(ACCEPTED, { ...entry, kind: 'limit', side, price });
    expect(beyond.outcome).toMatchObject({
      outcome: 'refused',
      kind: 'rule',
      reason: expect.stringMatching(reason),
    });
    expect(beyond.sent).toHaveLength(0);
    const within = await place(ACCEPTED, { ...entry, kind: 'limit', side, price: '50000' });
    expect(within.outcome).toMatchObject({ outcome: 'accepted' });
  });

  it('sends a limit order all the same where the limits of the moment are not to be had', async () => {
    setup.stub.on('GET /v5/market/price-limit', { kind: 'hang' });
    const { outcome } = await place(ACCEPTED, { ...entry, kind: 'limit', price: '50000' });
    expect(outcome).toMatchObject({ outcome: 'accepted' });
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

describe('cancelling an order on Bybit', () => {
  const setup = withBybitStub();
  const cancel = () => setup.exchange.cancelOrder({ symbol: BTC, orderId: ORDER_ID });

  it('names the order by its own id alone, and proves that it was this one', async () => {
    setup.stub.on(CANCEL, ok({ orderId: ORDER_ID, orderLinkId: 'hfe1n1' }));
    expect(await cancel()).toMatchObject({ outcome: 'cancelled' });
    expect(bodiesOf(setup, CANCEL)).toEqual([{ category: 'linear', symbol: 'BTCUSDT', orderId: ORDER_ID }]);
    setup.stub.on(CANCEL, ok({ orderId: 'another', orderLinkId: '' }));
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
  });

  it.each([110001, 110008, 110010])(
    'is gone after %i: look it up, it may as well have been filled',
    async (code) => {
      setup.stub.on(CANCEL, coded(code, 'order not exists or too late to cancel'));
      expect(await cancel()).toMatchObject({ outcome: 'gone' });
    },
  );

  it.each<[string, StubAnswer]>([
    ['a cut connection', { kind: 'cut' }],
    ['an order that is being processed', coded(110079, 'The order is processing and can not be operated')],
    ['server error 10016', coded(10016, 'Server error.')],
  ])('is unknown after %s', async (_name, answer) => {
    setup.stub.on(CANCEL, answer);
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
  });
});
