import { describe, expect, it } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import { bingxRequests, needSamples } from './samples.ts';
import { connect, withStub } from './bingx-setup.ts';
import { BTC, entry, HTTP_MS, stop } from './stub-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

const PLACE = 'POST /openApi/swap/v2/trade/order';
const ACCEPTED = json({ order: { orderId: 1742968678528512001n.toString(), symbol: 'BTC-USDT' } });

describe('placing an order on BingX', () => {
  const setup = withStub();

  /** Places `request` against `answer`; returns the outcome and what was sent. */
  async function place(
    answer: StubAnswer,
    request: OrderRequest = entry,
  ): Promise<{ outcome: PlaceOutcome; sent: Record<string, string>[] }> {
    setup.stub.on(PLACE, answer);
    const outcome = await setup.exchange.placeOrder(request);
    return {
      outcome,
      sent: setup.stub.requests.filter(({ method }) => method === 'POST').map(({ params }) => params),
    };
  }

  it('sends a market entry with a lower-case client id, exact digits and a receive window', async () => {
    const { outcome, sent } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'accepted', orderId: '1742968678528512001' });
    expect(sent[0]).toMatchObject({
      symbol: 'BTC-USDT',
      type: 'MARKET',
      side: 'BUY',
      positionSide: 'BOTH',
      quantity: '0.05',
      reduceOnly: 'false',
      clientOrderId: 'hfe1n1',
      clientOrderID: 'hfe1n1',
      recvWindow: '5000',
    });
  });

  it('sends a stop with its trigger and source, reduce-only, and without a client id', async () => {
    const { sent } = await place(ACCEPTED, stop);
    expect(sent[0]).toMatchObject({
      type: 'STOP_MARKET',
      side: 'SELL',
      stopPrice: '49000.5',
      workingType: 'CONTRACT_PRICE',
      reduceOnly: 'true',
    });
    expect(Object.keys(sent[0] ?? {})).not.toContain('clientOrderId');
    expect(Object.keys(sent[0] ?? {})).not.toContain('clientOrderID');
  });

  it('names the leg and leaves reduceOnly out in hedge mode', async () => {
    const { sent } = await place(ACCEPTED, { ...stop, leg: 'long' });
    expect(sent[0]).toMatchObject({ positionSide: 'LONG', side: 'SELL' });
    expect(Object.keys(sent[0] ?? {})).not.toContain('reduceOnly');
  });

  it('trap: sends 19-digit ids and long decimals without a float in between', async () => {
    const bare: StubAnswer = {
      kind: 'text',
      body: '{"code":0,"msg":"","data":{"order":{"orderId":1742968678528512003}}}',
    };
    const { outcome, sent } = await place(bare, {
      ...entry,
      kind: 'limit',
      price: '1234567890123456.7',
      quantity: '1234567890123.4567',
    });
    expect(outcome).toMatchObject({ outcome: 'accepted', orderId: '1742968678528512003' });
    expect(sent[0]).toMatchObject({
      price: '1234567890123456.7',
      quantity: '1234567890123.4567',
      timeInForce: 'GTC',
    });
  });

  it.each<[string, StubAnswer]>([
    ['a hang', { kind: 'hang' }],
    ['trap: a body that stalls after its headers', { kind: 'stall', body: '{"code":0,' }],
    ['a connection cut before the answer', { kind: 'cut' }],
    [
      'trap: an answer cut mid-body, which ccxt throws as a foreign SocketError',
      { kind: 'cut-mid-body', body: '{"code":0,' },
    ],
    [
      'trap: HTML with status 200, which ccxt resolves as an order',
      { kind: 'text', body: '<html>ok</html>' },
    ],
    ['an error page with status 502', { kind: 'text', body: '<html>bad gateway</html>', status: 502 }],
    ['an error page with status 403', { kind: 'text', body: '<html>denied</html>', status: 403 }],
    ['status 504 with a body', { kind: 'json', body: { code: 504, msg: 'gateway timeout' }, status: 504 }],
    ['an order without an id', json({ order: { symbol: 'BTC-USDT' } })],
    ['data that is null', json(null)],
    ['an empty body', { kind: 'text', body: '' }],
    [
      'trap: duplicate client id 101481, the first one may live',
      coded(101481, 'The clientOrderID has already been used'),
    ],
    ['trap: duplicate 109201', coded(109201, 'The same order number was submitted')],
    ['trap: duplicate 101400 by text', coded(101400, 'duplicate clientOrderID')],
    ['system busy 100500', coded(100500, 'busy')],
    ['system busy 109500', coded(109500, 'internal')],
    ['system busy 110500', coded(110500, 'order system busy')],
    ['a refusal that came as a server error', coded(101204, 'Insufficient margin', 500)],
  ])('has an unknown outcome after %s', async (_name, answer) => {
    const { outcome, sent } = await place(answer);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
    expect(outcome.answeredAtMs - outcome.sentAtMs).toBeLessThan(HTTP_MS + 1_000);
  });

  it.each<[string, number, string, string]>([
    ['insufficient_funds', 101204, '101204', 'Insufficient margin'],
    ['would_trigger', 110411, '110411', ''],
    ['protection_exists', 110406, '110406', ''],
    ['quantity_locked', 110203, '110203', ''],
    ['no_position', 101290, '101290', 'Reduce Only'],
    ['no_position', 101205, '101205', ''],
    ['position_mode', 109400, '109400', 'PositionSide must be BOTH'],
    ['credentials', 100413, '100413', 'Incorrect apiKey'],
    ['clock', 100421, '100421', 'timestamp mismatch'],
    ['rule', 110422, '110422', ''],
    ['other', 987654, '987654', 'never heard of'],
  ])('is refused as %s by code %i', async (kind, number, code, text) => {
    const { outcome } = await place(coded(number, text));
    expect(outcome).toMatchObject({ outcome: 'refused', kind, code });
  });

  it.each<[string, StubAnswer, number]>([
    [
      '429 with Retry-After',
      { kind: 'text', body: 'slow down', status: 429, headers: { 'retry-after': '7' } },
      7_000,
    ],
    ['418 without a body', { kind: 'text', body: '', status: 418 }, 10_000],
    ['trap: code 100410, which ccxt does not call a rate limit', coded(100410, 'rate limit'), 1_000],
  ])('is refused as rate limited by %s, and says for how long', async (_name, answer, retryAfterMs) => {
    const { outcome } = await place(answer);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited', retryAfterMs });
  });

  it('stays quiet while a ban lasts: nothing more is sent', async () => {
    await place({ kind: 'text', body: '', status: 418 });
    const { outcome, sent } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited' });
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<OrderRequest>, RegExp]>([
    ['a quantity off the lot', { quantity: '0.00015' }, /lot 0\.0001; nearest: 0\.0001/],
    ['a quantity under the minimum', { quantity: '0.00001' }, /under the minimum 0\.0001/],
    ['a price off the tick', { kind: 'limit', price: '50000.07' }, /tick 0\.1; nearest: 50000\.1/],
    [
      'an order value under the minimum',
      { kind: 'limit', price: '10', quantity: '0.1' },
      /under the minimum 2/,
    ],
    ['a symbol that is not listed', { symbol: 'NOPE/USDT:USDT' }, /no market NOPE/],
    ['a stop without a trigger', { kind: 'stop_market' }, /needs a trigger price/],
    [
      'a closing order that would open on its hedge leg',
      { leg: 'long', side: 'buy', reduceOnly: true },
      /cannot close/,
    ],
    [
      'an opening order that would close on its hedge leg',
      { leg: 'short', side: 'buy', reduceOnly: false },
      /cannot open/,
    ],
  ])('refuses %s here, unsent, and says what would do', async (_name, change, reason) => {
    const { outcome, sent } = await place(ACCEPTED, { ...entry, ...change });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      kind: 'rule',
      reason: expect.stringMatching(reason),
    });
    expect(sent).toHaveLength(0);
  });

  it('lets a remainder under the minimum be closed', async () => {
    const { outcome } = await place(ACCEPTED, {
      ...entry,
      side: 'sell',
      quantity: '0.0001',
      reduceOnly: true,
    });
    expect(outcome.outcome).toBe('accepted');
  });

  it('trap: a failed first market list is not kept; the next order goes through', async () => {
    setup.stub.on('GET /openApi/swap/v2/quote/contracts', { kind: 'cut' });
    const fresh = await connect(setup.stub);
    setup.stub.on(PLACE, ACCEPTED);
    expect(await fresh.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'rate_limited',
      reason: expect.stringMatching(/^not sent/),
    });
    setup.stub.on(
      'GET /openApi/swap/v2/quote/contracts',
      json([{ symbol: 'BTC-USDT', quantityPrecision: 4, pricePrecision: 1, currency: 'USDT' }]),
    );
    expect(await fresh.placeOrder(entry)).toMatchObject({ outcome: 'accepted' });
    await fresh.close();
  });

  it('knows that nothing was sent where nothing listens', async () => {
    await setup.exchange.symbols();
    await setup.stub.close();
    // The connection that was kept open is found dead by a read: only a new one is surely never made.
    await setup.exchange.price(BTC).catch(() => undefined);
    expect(await setup.exchange.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'rate_limited',
      retryAfterMs: 1_000,
    });
  });

  it('measures the clock again after a clock error, and dates the next request by it', async () => {
    const skewMs = 90_000;
    setup.stub.on('GET /openApi/swap/v2/server/time', () => json({ serverTime: Date.now() + skewMs }));
    const first = await place(coded(100421, 'timestamp mismatch'));
    expect(first.outcome).toMatchObject({ outcome: 'refused', kind: 'clock' });
    const { sent } = await place(ACCEPTED);
    expect(Math.abs(Number(sent.at(-1)?.['timestamp']) - (Date.now() + skewMs))).toBeLessThan(1_000);
  });

  it('sends what ccxt is recorded to send, and reduce-only besides', async (context) => {
    needSamples(context);
    const [market, limit, target, stopLoss] = bingxRequests();
    const recorded: [Record<string, string> | undefined, OrderRequest][] = [
      [market?.query, { ...entry, quantity: '0.1' }],
      [limit?.query, { ...entry, kind: 'limit', quantity: '0.0001', price: '25000' }],
      [target?.query, { ...stop, kind: 'take_profit_market', quantity: '0.0001', triggerPrice: '40000' }],
      [stopLoss?.query, { ...stop, quantity: '0.0001', triggerPrice: '30000' }],
    ];
    for (const [query, request] of recorded) {
      const { sent } = await place(ACCEPTED, request);
      expect(sent.at(-1)).toMatchObject(query ?? { missing: 'sample' });
      expect(sent.at(-1)?.['reduceOnly']).toBe(String(request.reduceOnly));
    }
  });

  it('cancels by id, and proves that it was this order', async () => {
    const DELETE = 'DELETE /openApi/swap/v2/trade/order';
    const cancel = () => setup.exchange.cancelOrder({ symbol: BTC, orderId: '77' });
    setup.stub.on(DELETE, json({ order: { orderId: '77' } }));
    expect(await cancel()).toMatchObject({ outcome: 'cancelled' });
    setup.stub.on(DELETE, json({ order: { orderId: '78' } }));
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
    setup.stub.on(DELETE, coded(109421, 'order not exist'));
    expect(await cancel()).toMatchObject({ outcome: 'gone' });
    setup.stub.on(DELETE, { kind: 'cut' });
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
  });
});
