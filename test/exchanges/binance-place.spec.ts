import { describe, expect, it } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import { BTC_MARKET, connect, MARK, ok, PLACE, PLACE_ALGO, refused, withStub } from './binance-setup.ts';
import { entry, HTTP_MS, sentTo, stop } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const ACCEPTED = ok({ orderId: 9_007_199_254_740_993n.toString(), clientOrderId: 'hfe1n1', status: 'NEW' });
const ACCEPTED_ALGO = ok({ algoId: 2_146_760, clientAlgoId: 'hfe1n2', algoStatus: 'NEW' });

describe('placing an order on Binance', () => {
  const setup = withStub();

  /** Places `request` against `answer`; returns the outcome and what was sent to either service. */
  async function place(
    answer: StubAnswer,
    request: OrderRequest = entry,
  ): Promise<{ outcome: PlaceOutcome; sent: Record<string, string>[]; algo: Record<string, string>[] }> {
    setup.stub.on(PLACE, answer);
    setup.stub.on(PLACE_ALGO, answer);
    const outcome = await setup.exchange.placeOrder(request);
    return {
      outcome,
      sent: sentTo(setup, PLACE).map(({ params }) => params),
      algo: sentTo(setup, PLACE_ALGO).map(({ params }) => params),
    };
  }

  it('sends a market entry with a lower-case client id, exact digits and a receive window', async () => {
    const { outcome, sent, algo } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'accepted', orderId: '9007199254740993' });
    expect(algo).toEqual([]);
    expect(sent[0]).toMatchObject({
      symbol: 'BTCUSDT',
      type: 'MARKET',
      side: 'BUY',
      positionSide: 'BOTH',
      quantity: '0.05',
      reduceOnly: 'false',
      newClientOrderId: 'hfe1n1',
      recvWindow: '5000',
    });
  });

  it('trap: ccxt puts a client id of its own on orders without one; ours is always there', async () => {
    const { sent } = await place(ACCEPTED);
    expect(sent.map(({ newClientOrderId }) => newClientOrderId)).toEqual(['hfe1n1']);
    const { algo } = await place(ACCEPTED_ALGO, stop);
    expect(algo.map(({ clientAlgoId }) => clientAlgoId)).toEqual(['hfe1n2']);
  });

  it.each([
    ['stop_market', 'STOP_MARKET'],
    ['take_profit_market', 'TAKE_PROFIT_MARKET'],
  ] as const)(
    'trap: sends a %s to the algo service, reduce-only, and gives its id a form of its own',
    async (kind, type) => {
      const { outcome, sent, algo } = await place(ACCEPTED_ALGO, { ...stop, kind });
      expect(outcome).toMatchObject({ outcome: 'accepted', orderId: 'algo:2146760' });
      expect(sent).toEqual([]);
      expect(algo[0]).toMatchObject({
        algoType: 'CONDITIONAL',
        type,
        side: 'SELL',
        positionSide: 'BOTH',
        quantity: '0.05',
        triggerPrice: '49000.5',
        workingType: 'CONTRACT_PRICE',
        reduceOnly: 'true',
        clientAlgoId: 'hfe1n2',
      });
      expect(Object.keys(algo[0] ?? {})).not.toContain('stopPrice');
    },
  );

  it('trap: names the leg itself and leaves reduceOnly out in hedge mode, for orders and stops alike', async () => {
    const { algo } = await place(ACCEPTED_ALGO, { ...stop, leg: 'long' });
    expect(algo[0]).toMatchObject({ positionSide: 'LONG', side: 'SELL' });
    expect(Object.keys(algo[0] ?? {})).not.toContain('reduceOnly');
    const { sent } = await place(ACCEPTED, { ...entry, leg: 'short', side: 'sell' });
    expect(sent[0]).toMatchObject({ positionSide: 'SHORT', side: 'SELL' });
    expect(Object.keys(sent[0] ?? {})).not.toContain('reduceOnly');
  });

  it('sends a limit order with its price, to the last digit', async () => {
    const { sent } = await place(ACCEPTED, { ...entry, kind: 'limit', price: '49000.1' });
    expect(sent[0]).toMatchObject({ type: 'LIMIT', price: '49000.1', timeInForce: 'GTC' });
  });

  it.each<[string, StubAnswer]>([
    ['no answer', { kind: 'hang' }],
    [
      'trap: a body that stalls, which ccxt waits for without a deadline',
      { kind: 'stall', body: '{"orderId":1' },
    ],
    ['a cut connection', { kind: 'cut' }],
    ['trap: a cut body, which is no error of ccxt', { kind: 'cut-mid-body', body: '{"orderId":1' }],
    ['trap: HTML with 200, which ccxt takes for an order', { kind: 'text', body: '<html></html>' }],
    ['an answer without an id', ok({ status: 'NEW' })],
    ['HTTP 503 without a code', { kind: 'text', body: 'Unknown error', status: 503 }],
    ['HTTP 403 of a firewall', { kind: 'text', body: '<html></html>', status: 403 }],
    [
      'trap: a repeated client id, -4116, which ccxt calls an invalid order',
      refused(-4116, 'ClientOrderId is duplicated.'),
    ],
    ['-1007', refused(-1007, 'execution status unknown', 408)],
    ['-1001', refused(-1001, 'Internal error', 503)],
    ['a refusal that comes as a server error', refused(-2019, 'Margin is insufficient.', 500)],
  ])('has an unknown outcome after %s', async (_name, answer) => {
    const { outcome, sent } = await place(answer);
    expect(outcome.outcome).toBe('unknown');
    expect(sent).toHaveLength(1);
    expect(outcome.answeredAtMs - outcome.sentAtMs).toBeLessThan(HTTP_MS + 1_000);
  });

  it.each<[string, number, string]>([
    ['insufficient_funds', -2019, 'Margin is insufficient.'],
    ['would_trigger', -2021, 'Order would immediately trigger.'],
    ['protection_exists', -4130, 'An open stop or take profit order with GTE and closePosition'],
    ['quantity_locked', -4118, 'ReduceOnly Order Failed.'],
    ['no_position', -2022, 'ReduceOnly Order is rejected.'],
    ['position_mode', -4061, "Order's position side does not match"],
    ['credentials', -2015, 'Invalid API-key'],
    ['clock', -1021, 'outside of the recvWindow'],
    ['rule', -4164, 'notional'],
    ['other', -987654, 'never heard of'],
  ])('is refused as %s by code %i', async (kind, code, text) => {
    const { outcome } = await place(refused(code, text), stop);
    expect(outcome).toMatchObject({ outcome: 'refused', kind, code: String(code) });
  });

  it('trap: ccxt takes -2015 for a flood once the key has worked; it is the key', async () => {
    await place(ACCEPTED);
    const { outcome } = await place(refused(-2015, 'Invalid API-key, IP, or permissions', 401));
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'credentials' });
  });

  it.each<[string, StubAnswer, number]>([
    [
      '429 with Retry-After',
      { kind: 'json', body: { code: -1003, msg: 'x' }, status: 429, headers: { 'retry-after': '7' } },
      7_000,
    ],
    ['418 without a body', { kind: 'text', body: '', status: 418 }, 10_000],
    ['-1015', refused(-1015, 'Too many new orders', 429), 1_000],
    ['-1008, though it comes as a server error', refused(-1008, 'Request throttled', 503), 1_000],
  ])('is refused as rate limited by %s, and says for how long', async (_name, answer, retryAfterMs) => {
    const { outcome } = await place(answer);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited', retryAfterMs });
  });

  it('stays quiet until the end that a ban announces in its text', async () => {
    const untilMs = Date.now() + 90_000;
    const { outcome } = await place(
      refused(-1003, `Way too many requests; IP banned until ${untilMs}.`, 418),
    );
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited' });
    const { outcome: next, sent } = await place(ACCEPTED);
    expect(next).toMatchObject({ outcome: 'refused', kind: 'rate_limited' });
    expect(next.outcome === 'refused' && (next.retryAfterMs ?? 0) > 80_000).toBe(true);
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<OrderRequest>, RegExp]>([
    ['a quantity off the step', { quantity: '0.0015' }, /lot 0\.001; nearest: 0\.001/],
    ['a quantity over what one market order takes', { quantity: '121' }, /over the maximum 120/],
    [
      "trap: a price off the tick, which is not the row's precision",
      { kind: 'limit', price: '49000.07' },
      /tick 0\.1; nearest: 49000\.1/,
    ],
    [
      'an order value under the minimum',
      { kind: 'limit', price: '40000', quantity: '0.001' },
      /under the minimum 50/,
    ],
    [
      'a buy too far above the mark price',
      { kind: 'limit', price: '52500.1' },
      /PERCENT_PRICE.*nearest: 52500$/,
    ],
    [
      'a sell too far below it',
      { kind: 'limit', price: '47499.9', side: 'sell' },
      /PERCENT_PRICE.*nearest: 47500$/,
    ],
    ['a symbol that is not listed', { symbol: 'NOPE/USDT:USDT' }, /no market NOPE/],
    [
      'a closing order that would open on its leg',
      { leg: 'long', side: 'buy', reduceOnly: true },
      /cannot close/,
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

  it('sends a limit order although the mark price is not to be had: Binance checks it itself', async () => {
    setup.stub.on(MARK, { kind: 'hang' });
    const { outcome } = await place(ACCEPTED, { ...entry, kind: 'limit', price: '49000' });
    expect(outcome.outcome).toBe('accepted');
  });

  it('trap: a failed first market list is not kept; the next order goes through', async () => {
    setup.stub.on('GET /fapi/v1/exchangeInfo', { kind: 'cut' });
    const anew = await connect(setup.stub);
    setup.stub.on(PLACE, ACCEPTED);
    expect(await anew.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'rate_limited',
      reason: expect.stringMatching(/^not sent/),
    });
    setup.stub.on('GET /fapi/v1/exchangeInfo', ok({ symbols: [BTC_MARKET] }));
    expect(await anew.placeOrder(entry)).toMatchObject({ outcome: 'accepted' });
    await anew.close();
  });

  it('measures the clock again after a clock error, and dates the next request by it', async () => {
    const skewMs = 90_000;
    setup.stub.on('GET /fapi/v1/time', () => ok({ serverTime: Date.now() + skewMs }));
    const first = await place(refused(-1021, 'Timestamp for this request is outside of the recvWindow.'));
    expect(first.outcome).toMatchObject({ outcome: 'refused', kind: 'clock' });
    const { sent } = await place(ACCEPTED);
    expect(Math.abs(Number(sent.at(-1)?.['timestamp']) - (Date.now() + skewMs))).toBeLessThan(1_000);
  });
});
