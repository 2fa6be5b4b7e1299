import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountHint, PriceTick } from '../../exchanges/exchange.ts';
import { ETH, list, withBybitStub } from './bybit-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';
import { attachSocketStub, type SocketStub } from './stub-socket.ts';

const TIMINGS = { reconnectDelayMs: 30, silenceMs: 200 };
const TICKERS = 'GET /v5/market/tickers';

type Sent = { op: string; args?: unknown[] };
/** What the stub received of one operation; texts of the gateway are objects with an `op`. */
const sent = (sockets: SocketStub, op: string): Sent[] =>
  sockets.received.map((text) => JSON.parse(text) as Sent).filter((each) => each.op === op);

const ticker = (data: object, symbol = 'BTCUSDT', type = 'delta') => ({
  topic: `tickers.${symbol}`,
  type,
  ts: Date.now(),
  cs: 1,
  data: { symbol, ...data },
});

describe('the price stream of Bybit', () => {
  const setup = withBybitStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamPrices>;
  let ticks: PriceTick[];
  let symbols: string[];

  beforeEach(() => {
    sockets = attachSocketStub(setup.stub.server, { gzip: false });
    ticks = [];
    symbols = [BTC];
    setup.stub.on(TICKERS, list([{ symbol: 'BTCUSDT', lastPrice: '50000', markPrice: '50001' }]));
  });
  afterEach(async () => stream.stop());

  const start = async (timings = TIMINGS): Promise<void> => {
    stream = setup.exchange.streamPrices({
      symbols: () => symbols,
      onTick: (tick) => ticks.push(tick),
      ...timings,
    });
    await vi.waitFor(() => expect(sent(sockets, 'subscribe').length).toBeGreaterThan(0));
  };

  it('subscribes all symbols in one request on the public socket, and passes exact decimals on', async () => {
    symbols = [BTC, ETH];
    await start();
    expect(sockets.urls).toEqual(['/v5/public/linear']);
    expect(sent(sockets, 'subscribe')).toEqual([
      { op: 'subscribe', args: ['tickers.BTCUSDT', 'tickers.ETHUSDT'] },
    ]);
    sockets.push(ticker({ lastPrice: '50000.10', markPrice: '50000.20' }, 'BTCUSDT', 'snapshot'));
    sockets.push(ticker({ markPrice: '2000.5' }, 'ETHUSDT'));
    await vi.waitFor(() =>
      expect(ticks).toMatchObject([
        { symbol: BTC, last: '50000.1', mark: '50000.2' },
        { symbol: ETH, mark: '2000.5' },
      ]),
    );
  });

  it('trap: a delta that leaves a price out says that it has not changed: the market is not silent', async () => {
    await start({ ...TIMINGS, silenceMs: 300 });
    sockets.push(ticker({ lastPrice: '50000', markPrice: '50001' }, 'BTCUSDT', 'snapshot'));
    await vi.waitFor(() => expect(ticks.length).toBeGreaterThan(0));
    const asked = sentTo(setup, TICKERS).length;
    const beat = setInterval(() => sockets.push(ticker({ volume24h: '1' })), 50);
    // That nothing happens can only be seen by waiting for longer than it would take.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    clearInterval(beat);
    expect(stream.state()).toBe('live');
    expect(sentTo(setup, TICKERS)).toHaveLength(asked);
    expect(ticks.length).toBeLessThanOrEqual(3);
    expect(ticks.map(({ last }) => last)).toEqual(ticks.map(() => '50000'));
  });

  it('tells a price that does not change once a second, so that its age stays true', async () => {
    await start({ ...TIMINGS, silenceMs: 60_000 });
    sockets.push(ticker({ lastPrice: '50000', markPrice: '50001' }, 'BTCUSDT', 'snapshot'));
    await vi.waitFor(() => expect(ticks).toHaveLength(1));
    const beat = setInterval(() => sockets.push(ticker({ volume24h: '1' })), 50);
    await vi.waitFor(() => expect(ticks).toHaveLength(2), { timeout: 3_000 });
    clearInterval(beat);
    const [first, second] = ticks;
    expect(second).toMatchObject({ last: '50000', mark: '50001' });
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('trap: a price that was sent long ago, before the line stood still, is not told', async () => {
    await start({ ...TIMINGS, silenceMs: 60_000 });
    sockets.push({ ...ticker({ lastPrice: '1' }), ts: Date.now() - 11_000 });
    sockets.push(ticker({ lastPrice: '50002' }));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50002' }]));
  });

  it('unsubscribes what is no longer wanted, on the same socket', async () => {
    await start();
    symbols = [ETH];
    stream.refresh();
    await vi.waitFor(() =>
      expect(sent(sockets, 'unsubscribe')).toEqual([{ op: 'unsubscribe', args: ['tickers.BTCUSDT'] }]),
    );
    expect(sockets.urls).toHaveLength(1);
  });

  it('pings in Bybit’s own words', async () => {
    await start();
    await vi.waitFor(() => expect(sent(sockets, 'ping').length).toBeGreaterThan(1));
  });

  it('is not disturbed by what is no JSON, no price, or another topic', async () => {
    await start();
    sockets.pushRaw(Buffer.from('{"half":'));
    sockets.push({ success: true, ret_msg: 'subscribe', op: 'subscribe' });
    sockets.push({ topic: 'publicTrade.BTCUSDT', data: [{ p: '1' }] });
    sockets.push(ticker({ lastPrice: 'many', markPrice: null }));
    sockets.push({ topic: 'tickers.BTCUSDT', data: null });
    sockets.push(ticker({ lastPrice: '50000' }));
    await vi.waitFor(() => expect(ticks).toMatchObject([{ last: '50000' }]));
  });

  it('trap: silent sockets are noticed by a deadline: prices go on by REST, and the socket is replaced', async () => {
    await start({ reconnectDelayMs: 30, silenceMs: 150 });
    sockets.freeze();
    await vi.waitFor(() => expect(stream.state()).not.toBe('live'), { timeout: 2_000 });
    await vi.waitFor(() => expect(ticks).toMatchObject([{ symbol: BTC, last: '50000', mark: '50001' }]), {
      timeout: 3_000,
    });
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 2_000 });
  });

  it('reconnects and subscribes again', async () => {
    await start();
    sockets.drop();
    await vi.waitFor(() => expect(sent(sockets, 'subscribe')).toHaveLength(2));
    sockets.push(ticker({ lastPrice: '50002' }));
    await vi.waitFor(() => expect(ticks.at(-1)).toMatchObject({ last: '50002' }));
  });
});

describe('the account stream of Bybit', () => {
  const setup = withBybitStub();
  let sockets: SocketStub;
  let stream: ReturnType<typeof setup.exchange.streamAccount>;
  let hints: AccountHint[];
  let refused: string | undefined;
  let quiet: boolean;

  const answer = (text: string): object | undefined => {
    const { op } = JSON.parse(text) as Sent;
    if (op === 'ping') return { op: 'pong', args: ['1'], conn_id: 'c' };
    if (quiet) return undefined;
    return { success: op !== refused, ret_msg: op === refused ? 'Error Sign' : '', op, conn_id: 'c' };
  };

  beforeEach(() => {
    sockets = attachSocketStub(setup.stub.server, { gzip: false, answer });
    hints = [];
    refused = undefined;
    quiet = false;
  });
  afterEach(async () => stream.stop());

  const start = async (): Promise<void> => {
    stream = setup.exchange.streamAccount({ onHint: (hint) => hints.push(hint), ...TIMINGS });
    await vi.waitFor(() => expect(sockets.received.length).toBeGreaterThan(0));
  };
  const live = async (): Promise<void> => {
    await start();
    await vi.waitFor(() => expect(stream.state()).toBe('live'));
  };

  it('authenticates with a signature over an expiry to come, then subscribes', async () => {
    await live();
    const [auth] = sent(sockets, 'auth');
    const [key, expires, signature] = auth?.args ?? [];
    expect(key).toBe('test-api-key');
    expect(Number(expires)).toBeGreaterThan(Date.now());
    expect(signature).toBe(
      createHmac('sha256', 'test-secret')
        .update(`GET/realtime${String(expires)}`)
        .digest('hex'),
    );
    expect(sent(sockets, 'subscribe')).toEqual([
      { op: 'subscribe', args: ['position', 'order', 'execution', 'wallet'] },
    ]);
    expect(sockets.urls).toEqual(['/v5/private']);
  });

  it('is not live before it is subscribed, and tries again where the key is refused', async () => {
    refused = 'auth';
    await start();
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1));
    expect(stream.state()).not.toBe('live');
    refused = undefined;
    await vi.waitFor(() => expect(stream.state()).toBe('live'), { timeout: 2_000 });
  });

  it('turns pushes into hints with the symbols they name', async () => {
    await live();
    sockets.push({
      topic: 'order',
      data: [{ symbol: 'BTCUSDT' }, { symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }],
    });
    sockets.push({ topic: 'execution', data: [{ symbol: 'BTCUSDT' }] });
    sockets.push({ topic: 'position.linear', data: [{ symbol: 'BTCUSDT', size: '0', side: '' }] });
    sockets.push({ topic: 'wallet', data: [{ coin: [] }] });
    sockets.push({ topic: 'greeks', data: [{}] });
    await vi.waitFor(() => expect(hints).toHaveLength(5));
    expect(hints).toMatchObject([
      { kind: 'order', symbol: BTC },
      { kind: 'order', symbol: ETH },
      { kind: 'order', symbol: BTC },
      { kind: 'position', symbol: BTC },
      { kind: 'balance' },
    ]);
  });

  it('trap: the snapshot gap of watchPositions: reconnected is told only once the topics are subscribed again', async () => {
    await live();
    quiet = true;
    sockets.drop();
    await vi.waitFor(() => expect(sent(sockets, 'auth')).toHaveLength(2));
    expect(stream.state()).toBe('connecting');
    expect(hints).toEqual([]);
    quiet = false;
    sockets.drop();
    await vi.waitFor(() => expect(hints).toMatchObject([{ kind: 'reconnected' }]));
  });

  it('pings in Bybit’s own words, and takes a quiet account for a quiet account', async () => {
    await live();
    // That nothing happens can only be seen by waiting for longer than it would take.
    await new Promise((resolve) => setTimeout(resolve, 4 * TIMINGS.silenceMs));
    expect(sent(sockets, 'ping').length).toBeGreaterThan(2);
    expect(stream.state()).toBe('live');
    expect(sockets.urls).toHaveLength(1);
    expect(hints).toEqual([]);
  });

  it('trap: a silent socket is noticed by a deadline and replaced, also where the line itself still answers', async () => {
    await live();
    await vi.waitFor(() => expect(sent(sockets, 'ping').length).toBeGreaterThan(1));
    sockets.freeze();
    await vi.waitFor(() => expect(sockets.urls.length).toBeGreaterThan(1), { timeout: 2_000 });
  });
});
