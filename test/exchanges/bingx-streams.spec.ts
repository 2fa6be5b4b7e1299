import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountHint, PriceTick } from '../../exchanges/exchange.ts';
import { withStub } from './bingx-setup.ts';
import { BTC } from './stub-setup.ts';
import { attachSocketStub, type SocketStub } from './stub-socket.ts';
import { json } from './stub-server.ts';

const ETH = 'ETH/USDT:USDT';
const TIMINGS = { reconnectDelayMs: 30, silenceMs: 150 };
const lastPrice = (price: string, id = 'BTC-USDT') => ({
  code: 0,
  dataType: `${id}@lastPrice`,
  data: { e: 'lastPriceUpdate', E: Date.now(), s: id, c: price },
});
const markPrice = (price: string, id = 'BTC-USDT') => ({
  code: 0,
  dataType: `${id}@markPrice`,
  data: { e: 'markPriceUpdate', E: Date.now(), s: id, p: price },
});
const ticker = (price: string, id = 'BTC-USDT') => ({
  code: 0,
  dataType: `${id}@ticker`,
  data: { e: '24hTicker', E: Date.now(), s: id, p: '-1', c: price },
});

describe('the price stream of BingX', () => {
  const setup = withStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamPrices>;
  let ticks: PriceTick[];
  let symbols: string[];

  beforeEach(() => {
    sockets = attachSocketStub(setup.stub.server);
    ticks = [];
    symbols = [BTC];
    setup.stub.on('GET /openApi/swap/v2/quote/ticker', json([{ symbol: 'BTC-USDT', lastPrice: '50000' }]));
    setup.stub.on(
      'GET /openApi/swap/v2/quote/premiumIndex',
      json([{ symbol: 'BTC-USDT', markPrice: '50001' }]),
    );
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
  const subscribed = (): string[] =>
    sockets.received
      .filter((text) => text.includes('"sub"'))
      .map((text) => String(JSON.parse(text).dataType));

  it('subscribes every symbol on one socket and passes prices on as exact decimals', async () => {
    symbols = [BTC, ETH];
    await start();
    await vi.waitFor(() => expect(subscribed()).toHaveLength(6));
    expect(sockets.sockets()).toHaveLength(1);
    sockets.push(lastPrice('50000.10'));
    sockets.push(markPrice('2000.5', 'ETH-USDT'));
    await vi.waitFor(() =>
      expect(ticks).toMatchObject([
        { symbol: BTC, last: '50000.1' },
        { symbol: ETH, mark: '2000.5' },
      ]),
    );
  });

  it('prefers the real-time price to the ticker, which may be a second old', async () => {
    await start();
    sockets.push(ticker('49990'));
    sockets.push(lastPrice('50000'));
    sockets.push(ticker('49995'));
    sockets.push(lastPrice('50001'));
    await vi.waitFor(() => expect(ticks.map(({ last }) => last)).toEqual(['49990', '50000', '50001']));
  });

  it('adds and drops symbols on refresh, on the same socket', async () => {
    await start();
    symbols = [ETH];
    stream.refresh();
    await vi.waitFor(() => expect(subscribed()).toContain('ETH-USDT@lastPrice'));
    expect(
      sockets.received.some((text) => text.includes('unsub') && text.includes('BTC-USDT@lastPrice')),
    ).toBe(true);
    sockets.push(lastPrice('1'));
    sockets.push(lastPrice('2', 'ETH-USDT'));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ symbol: ETH, last: '2' }]));
    expect(sockets.urls).toHaveLength(1);
  });

  it('answers the heartbeat, gzipped as it comes', async () => {
    await start();
    sockets.push('Ping');
    await vi.waitFor(() => expect(sockets.received).toContain('Pong'));
  });

  it('trap: a frame that is no gzip, no JSON, or an id as the last member hurts nobody', async () => {
    await start();
    sockets.pushRaw(Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    sockets.pushRaw(Buffer.from('{"half":'));
    sockets.push('{"code":0,"id":1742968678528512003}');
    sockets.push({ code: 0, dataType: 'BTC-USDT@lastPrice', data: { c: 'many' } });
    sockets.push({ code: 0, dataType: 'BTC-USDT@lastPrice', data: null });
    sockets.push(lastPrice('50000'));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50000' }]));
    expect(sockets.urls).toHaveLength(1);
  });

  it('reconnects after the delay and subscribes again', async () => {
    await start({ ...TIMINGS, reconnectDelayMs: 200 });
    const before = subscribed().length;
    sockets.drop();
    await vi.waitFor(() => expect(stream.state()).toBe('down'));
    await vi.waitFor(() => expect(subscribed().length).toBe(2 * before));
    sockets.push(lastPrice('50002'));
    await vi.waitFor(() => expect(ticks.at(-1)).toMatchObject({ last: '50002' }));
    expect(stream.state()).toBe('live');
  });

  it('says with the first price after a lost socket since when it saw none', async () => {
    await start({ ...TIMINGS, silenceMs: 60_000 });
    sockets.push(lastPrice('50000'));
    await vi.waitFor(() => expect(ticks).toHaveLength(1));
    sockets.drop();
    await vi.waitFor(() => expect(sockets.urls).toHaveLength(2));
    await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(1));
    ticks.length = 0;
    sockets.push(lastPrice('50002'));
    sockets.push(lastPrice('50003'));
    await vi.waitFor(() => expect(ticks.map(({ last }) => last)).toEqual(['50002', '50003']));
    expect(ticks[0]?.lastUnseenSinceMs).toBeLessThan(ticks[0]?.atMs ?? 0);
    expect(ticks[1]).not.toHaveProperty('lastUnseenSinceMs');
  });

  it('trap: a price that was sent long ago, before the line stood still, is not told', async () => {
    await start({ ...TIMINGS, silenceMs: 60_000 });
    const late = lastPrice('1');
    sockets.push({ ...late, data: { ...late.data, E: Date.now() - 11_000 } });
    sockets.push(lastPrice('50002'));
    await vi.waitFor(() => expect(ticks.map(({ last }) => last)).toEqual(['50002']));
  });

  it('falls back to the plain ticker on a server that hangs up on other topics', async () => {
    await start();
    for (const connections of [2, 3]) {
      sockets.drop();
      await vi.waitFor(() => expect(sockets.urls).toHaveLength(connections));
      await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(1));
    }
    await vi.waitFor(() => expect(subscribed().slice(6)).toEqual(['BTC-USDT@ticker']));
    sockets.push(ticker('50003'));
    await vi.waitFor(() => expect(ticks.at(-1)).toMatchObject({ last: '50003' }));
  });

  it('bridges a lost socket by REST', async () => {
    await start({ reconnectDelayMs: 60_000, silenceMs: 150 });
    sockets.drop();
    await vi.waitFor(() => expect(ticks).toMatchObject([{ symbol: BTC, last: '50000', mark: '50001' }]));
    expect(stream.state()).toBe('down');
  });

  it('reads prices at once where the socket has no room for all topics', async () => {
    symbols = [BTC, ...Array.from({ length: 100 }, (_, index) => `X${index}/USDT:USDT`)];
    await start({ reconnectDelayMs: 60_000, silenceMs: 60_000 });
    await vi.waitFor(() => expect(ticks).toMatchObject([{ symbol: BTC, last: '50000', mark: '50001' }]));
  });

  it('opens as many sockets as all symbols need, and closes those that none needs any more', async () => {
    symbols = Array.from({ length: 250 }, (_, index) => `X${index}/USDT:USDT`);
    await start({ reconnectDelayMs: 30, silenceMs: 60_000 });
    await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(3));
    const wanted = symbols.flatMap((_, index) => [`X${index}-USDT@lastPrice`, `X${index}-USDT@markPrice`]);
    await vi.waitFor(() => expect(subscribed()).toEqual(expect.arrayContaining(wanted)));
    sockets.push(lastPrice('7', 'X249-USDT'));
    await vi.waitFor(() => expect(ticks[0]).toMatchObject({ symbol: 'X249/USDT:USDT', last: '7' }));
    symbols = symbols.slice(0, 10);
    stream.refresh();
    await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(1));
    expect(stream.state()).toBe('live');
  });

  it('trap: a socket that is silent for ever does not hang the stream; prices go on by REST, and the socket is replaced', async () => {
    await start();
    sockets.freeze();
    await vi.waitFor(() => expect(stream.state()).toBe('silent'), { timeout: 2_000 });
    await vi.waitFor(() => expect(ticks.some(({ last }) => last === '50000')).toBe(true), { timeout: 3_000 });
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 3_000 });
  });

  it('replaces a socket that is up but deaf: REST tells another price and the socket never did', async () => {
    await start();
    sockets.push(lastPrice('49000'));
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 4_000 });
    expect(ticks.some(({ last }) => last === '50000')).toBe(true);
  });

  it('ends for good when stopped', async () => {
    await start();
    await stream.stop();
    expect(stream.state()).toBe('down');
    await vi.waitFor(() => expect(sockets.sockets()).toHaveLength(0));
    // That nothing happens can only be seen by waiting for longer than it would take.
    await new Promise((resolve) => setTimeout(resolve, 3 * TIMINGS.reconnectDelayMs));
    expect(sockets.urls).toHaveLength(1);
  });
});

describe('the account stream of BingX', () => {
  const setup = withStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamAccount>;
  let hints: AccountHint[];
  let keys: number;

  beforeEach(async () => {
    sockets = attachSocketStub(setup.stub.server);
    hints = [];
    keys = 0;
    setup.stub.on('POST /openApi/user/auth/userDataStream', () => ({
      kind: 'json',
      body: { listenKey: `key${(keys += 1)}` },
    }));
    stream = setup.exchange.streamAccount({ onHint: (hint) => hints.push(hint), ...TIMINGS });
    await vi.waitUntil(() => sockets.sockets().length === 1);
  });
  afterEach(async () => stream.stop());

  it('turns pushes into hints with the symbols they name', async () => {
    sockets.push({ e: 'ORDER_TRADE_UPDATE', E: 1, o: { s: 'BTC-USDT', c: '', i: '1', X: 'FILLED' } });
    sockets.push({
      e: 'ACCOUNT_UPDATE',
      E: 1,
      a: { m: 'ORDER', B: [], P: [{ s: 'BTC-USDT' }, { s: 'ETH-USDT' }] },
    });
    sockets.push({ e: 'ACCOUNT_CONFIG_UPDATE', E: 1 });
    await vi.waitFor(() => expect(hints).toHaveLength(4));
    expect(hints).toMatchObject([
      { kind: 'order', symbol: BTC },
      { kind: 'position', symbol: BTC },
      { kind: 'position', symbol: ETH },
      { kind: 'balance' },
    ]);
  });

  it('says reconnected after every gap, with a new listen key', async () => {
    sockets.drop();
    await vi.waitFor(() => expect(hints).toMatchObject([{ kind: 'reconnected' }]));
    expect(sockets.urls.map((url) => new URL(url, 'http://x').searchParams.get('listenKey'))).toEqual([
      'key1',
      'key2',
    ]);
  });

  it('trap: listenKeyExpired, which ccxt ignores while its watch promise hangs for ever, makes a new key and socket', async () => {
    sockets.push({ e: 'listenKeyExpired', E: 1, listenKey: 'key1' });
    await vi.waitFor(() => expect(hints).toMatchObject([{ kind: 'reconnected' }]));
    expect(keys).toBe(2);
  });

  it('takes a quiet account for a quiet account', async () => {
    // That nothing happens can only be seen by waiting for longer than it would take.
    await new Promise((resolve) => setTimeout(resolve, 4 * TIMINGS.silenceMs));
    expect(stream.state()).toBe('live');
    expect(sockets.urls).toHaveLength(1);
    expect(hints).toEqual([]);
  });

  it('notices a line that is dead without a word, and replaces it', async () => {
    sockets.freeze();
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 2_000 });
    await vi.waitFor(() => expect(hints[0]).toMatchObject({ kind: 'reconnected' }));
  });

  it('keeps trying when no listen key is to be had', async () => {
    setup.stub.on('POST /openApi/user/auth/userDataStream', [
      { kind: 'cut' },
      { kind: 'text', body: '<html></html>' },
      { kind: 'json', body: { listenKey: 'late' } },
    ]);
    sockets.drop();
    await vi.waitFor(() => expect(sockets.urls.at(-1)).toContain('late'), { timeout: 2_000 });
  });
});
