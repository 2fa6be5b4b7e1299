import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountHint, PriceTick } from '../../exchanges/exchange.ts';
import { ok, refused, withStub } from './binance-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';
import { attachSocketStub, type SocketStub } from './stub-socket.ts';

const ETH = 'ETH/USDT:USDT';
const TIMINGS = { reconnectDelayMs: 30, silenceMs: 150 };
const trade = (p: string, s = 'BTCUSDT') => ({ e: 'aggTrade', E: Date.now(), s, p, q: '0.1', T: 1, m: true });
const mark = (p: string, s = 'BTCUSDT') => ({
  e: 'markPriceUpdate',
  E: Date.now(),
  s,
  p,
  i: p,
  r: '0.0001',
  T: 1,
});
const miniTicker = (c: string, s = 'BTCUSDT') => ({
  e: '24hrMiniTicker',
  E: Date.now(),
  s,
  c,
  o: c,
  h: c,
  l: c,
});

/** As Binance sends them: plain text. */
const text = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));

describe('the price stream of Binance', () => {
  const setup = withStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamPrices>;
  let ticks: PriceTick[];
  let symbols: string[];

  beforeEach(() => {
    sockets = attachSocketStub(setup.stub.server);
    ticks = [];
    symbols = [BTC];
  });
  afterEach(async () => stream.stop());

  const start = async (timings = TIMINGS): Promise<void> => {
    stream = setup.exchange.streamPrices({
      symbols: () => symbols,
      onTick: (tick) => ticks.push(tick),
      ...timings,
    });
    await vi.waitFor(() => expect(sockets.received.length).toBeGreaterThan(0));
  };
  const push = (message: unknown): void => sockets.pushRaw(text(message));

  it('subscribes on the market route, many topics in one message, and passes prices on as exact decimals', async () => {
    symbols = [BTC, ETH];
    await start({ ...TIMINGS, silenceMs: 2_000 });
    expect(sockets.urls).toEqual(['/market/ws']);
    expect(sockets.received.map((sent) => JSON.parse(sent))).toEqual([
      {
        method: 'SUBSCRIBE',
        params: [
          'btcusdt@aggTrade',
          'ethusdt@aggTrade',
          'btcusdt@markPrice@1s',
          'ethusdt@markPrice@1s',
          'btcusdt@miniTicker',
          'ethusdt@miniTicker',
        ],
        id: expect.any(Number),
      },
    ]);
    push({ result: null, id: 1 });
    push(trade('50000.10'));
    push(mark('2000.50000000', 'ETHUSDT'));
    await vi.waitFor(() =>
      expect(ticks).toMatchObject([
        { symbol: BTC, last: '50000.1' },
        { symbol: ETH, mark: '2000.5' },
      ]),
    );
  });

  it('trap: the ticker that ccxt watches may be older than the trade; it counts only where trades are silent', async () => {
    await start({ ...TIMINGS, silenceMs: 2_000 });
    push(miniTicker('49990'));
    push(trade('50000'));
    push(miniTicker('49995'));
    push(trade('50001'));
    await vi.waitFor(() => expect(ticks.map(({ last }) => last)).toEqual(['49990', '50000', '50001']));
  });

  it('trap: a price that was sent long ago, before the line stood still, is not told', async () => {
    await start({ ...TIMINGS, silenceMs: 60_000 });
    push({ ...trade('1'), E: Date.now() - 11_000 });
    push({ ...mark('1'), E: Date.now() - 11_000 });
    push(trade('50002'));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50002' }]));
  });

  it('reads events in the envelope of a combined stream alike', async () => {
    await start({ ...TIMINGS, silenceMs: 2_000 });
    push({ stream: 'btcusdt@aggTrade', data: trade('50002') });
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50002' }]));
  });

  it('is hurt by no frame that is half a JSON, no JSON, or has a word for a price', async () => {
    await start({ ...TIMINGS, silenceMs: 2_000 });
    sockets.pushRaw(Buffer.from('{"half":'));
    sockets.pushRaw(Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    push(trade('many'));
    push({ e: 'aggTrade', s: 5, p: '1' });
    push(trade('50000'));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50000' }]));
    expect(sockets.urls).toHaveLength(1);
  });

  it('trap: a socket that is silent for ever does not hang the stream; prices go on by REST', async () => {
    await start();
    sockets.freeze();
    await vi.waitFor(
      () => expect(ticks).toContainEqual(expect.objectContaining({ last: '50000', mark: '50000' })),
      {
        timeout: 4_000,
      },
    );
  });

  it('asks for many symbols by one question each for trades and marks', async () => {
    symbols = [BTC, ETH];
    setup.stub.on(
      'GET /fapi/v1/ticker/price',
      ok([
        { symbol: 'BTCUSDT', price: '50000' },
        { symbol: 'ETHUSDT', price: '2000' },
      ]),
    );
    setup.stub.on('GET /fapi/v1/premiumIndex', ok([{ symbol: 'ETHUSDT', markPrice: '2001' }]));
    await start();
    await vi.waitFor(
      () =>
        expect(ticks).toContainEqual(expect.objectContaining({ symbol: ETH, last: '2000', mark: '2001' })),
      { timeout: 4_000 },
    );
    expect(sentTo(setup, 'GET /fapi/v1/ticker/price')[0]?.params).not.toHaveProperty('symbol');
  });
});

describe('the account stream of Binance', () => {
  const setup = withStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamAccount>;
  let hints: AccountHint[];
  const KEY = 'POST /fapi/v1/listenKey';

  beforeEach(async () => {
    sockets = attachSocketStub(setup.stub.server);
    setup.stub.on(KEY, ok({ listenKey: 'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1' }));
    await setup.exchange.symbols();
    hints = [];
  });
  afterEach(async () => stream.stop());

  const start = async (timings = TIMINGS): Promise<void> => {
    stream = setup.exchange.streamAccount({ onHint: (hint) => hints.push(hint), ...timings });
    await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(1));
  };
  const push = (message: unknown): void => sockets.pushRaw(text(message));
  const kinds = (): string[] => hints.map(({ kind }) => kind);

  it('opens with a listen key on the private route; the key is asked for without a signature', async () => {
    await start();
    expect(sockets.urls[0]).toMatch(/^\/private\/ws\?listenKey=pqia91/);
    const [asked] = sentTo(setup, KEY);
    expect(asked?.headers['x-mbx-apikey']).toBe('test-api-key');
    expect(asked?.params).not.toHaveProperty('signature');
  });

  it.each([
    ['ORDER_TRADE_UPDATE', { e: 'ORDER_TRADE_UPDATE', o: { s: 'BTCUSDT', X: 'NEW' } }, ['order']],
    [
      'trap: ALGO_UPDATE, which tells of stops',
      { e: 'ALGO_UPDATE', o: { s: 'BTCUSDT', X: 'TRIGGERED' } },
      ['order'],
    ],
    [
      'trap: ACCOUNT_UPDATE of a leg that went flat, without a side',
      { e: 'ACCOUNT_UPDATE', a: { m: 'ORDER', B: [], P: [{ s: 'BTCUSDT', pa: '0', ps: 'BOTH' }] } },
      ['position', 'balance'],
    ],
  ])('takes %s for a hint to look, and for nothing more', async (_name, event, expected) => {
    await start();
    push(event);
    await vi.waitFor(() => expect(kinds()).toEqual(expected));
    expect(hints[0]?.symbol).toBe(BTC);
  });

  it('takes a quiet account for a quiet account: answered pings are proof enough', async () => {
    await start();
    await new Promise((resolve) => setTimeout(resolve, 4 * TIMINGS.silenceMs));
    expect(stream.state()).toBe('live');
    expect(sockets.urls).toHaveLength(1);
  });

  it('trap: notices a line that is dead without a word within its deadline, and replaces it', async () => {
    await start();
    const frozenAtMs = Date.now();
    sockets.freeze();
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 3_000 });
    expect(Date.now() - frozenAtMs).toBeLessThan(5_000);
  });

  it('trap: listenKeyExpired, which ccxt ignores, brings a new key, a new socket and a hint to look', async () => {
    await start();
    push({ e: 'listenKeyExpired', E: 1, listenKey: 'x' });
    await vi.waitFor(() => expect(kinds()).toContain('reconnected'), { timeout: 3_000 });
    expect(sentTo(setup, KEY)).toHaveLength(2);
    push({ e: 'ORDER_TRADE_UPDATE', o: { s: 'BTCUSDT' } });
    await vi.waitFor(() => expect(kinds()).toContain('order'));
  });

  it('extends its key every 25 minutes, and takes a new one where that fails', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const EXTEND = 'PUT /fapi/v1/listenKey';
      setup.stub.on(EXTEND, [ok({}), refused(-1125, 'This listenKey does not exist.')]);
      await start({ ...TIMINGS, silenceMs: 60_000 });
      vi.advanceTimersByTime(24 * 60_000);
      expect(sentTo(setup, EXTEND)).toEqual([]);
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(sentTo(setup, EXTEND)).toHaveLength(1));
      vi.advanceTimersByTime(25 * 60_000);
      await vi.waitFor(() => expect(kinds()).toContain('reconnected'), { timeout: 3_000 });
      expect(sentTo(setup, KEY)).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps trying when no listen key is to be had', async () => {
    setup.stub.on(KEY, [refused(-1001, 'Internal error', 503), ok({ listenKey: 'key2' })]);
    await start();
    expect(sockets.urls).toEqual(['/private/ws?listenKey=key2']);
  });
});

describe('how far a price of Binance went', () => {
  const setup = withStub();
  const untilMs = Date.now();
  const sinceMs = untilMs - 180_000;
  const range = (workingType: 'CONTRACT_PRICE' | 'MARK_PRICE') =>
    setup.exchange.priceRange?.({ symbol: BTC, workingType, sinceMs, untilMs });
  const candle = (openTime: number, high: string, low: string) => [
    openTime,
    '1',
    high,
    low,
    '1',
    '0',
    openTime + 59_999,
  ];

  it('is told by trades and by candles that lie wholly inside', async () => {
    setup.stub.on('GET /fapi/v1/aggTrades', ok([{ a: 1, p: '50100', q: '1', T: untilMs - 1_000 }]));
    setup.stub.on(
      'GET /fapi/v1/klines',
      ok([candle(sinceMs - 30_000, '99999', '1'), candle(sinceMs + 30_000, '50050', '49900')]),
    );
    expect(await range('CONTRACT_PRICE')).toEqual({ high: '50100', low: '49900' });
  });

  it('is told of mark prices by their own candles', async () => {
    setup.stub.on('GET /fapi/v1/markPriceKlines', ok([candle(sinceMs + 30_000, '50060', '49910')]));
    expect(await range('MARK_PRICE')).toEqual({ high: '50060', low: '49910' });
    expect(sentTo(setup, 'GET /fapi/v1/aggTrades')).toEqual([]);
  });
});
