/** How soon a silent price is bridged, what a gap is, and what comes too late to count; on the clock of the test. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PRICE_SILENCE_MS } from '../../activities/observe/streams.ts';
import type { PriceTick } from '../../exchanges/exchange.ts';
import { keepPriceBridge } from '../../exchanges/streams/price-bridge.ts';
import { createPriceWatch } from '../../exchanges/streams/price-watch.ts';
import { BTC } from './stub-setup.ts';

const ETH = 'ETH/USDT:USDT';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-03-01T10:00:00Z') }));
afterEach(() => void vi.useRealTimers());

/** A live socket that a test pushes to, with its bridge. */
function startWatch(symbols = [BTC]) {
  const watch = createPriceWatch(PRICE_SILENCE_MS);
  const asked: { symbols: readonly string[]; atMs: number }[] = [];
  const bridge = keepPriceBridge(
    {
      prices: async (quiet) => {
        asked.push({ symbols: quiet, atMs: Date.now() });
        return [];
      },
      price: () => Promise.reject(new Error('nobody asks for one')),
    },
    PRICE_SILENCE_MS,
    { quiet: (nowMs) => watch.quiet(() => true, nowMs), onTick: () => {} },
  );
  watch.connected(new Set(), Date.now());
  watch.want(symbols, (symbol) => symbol);
  const push = (change: Parameters<typeof watch.heard>[1] | object, symbol = BTC): PriceTick | undefined =>
    watch.heard(symbol, { marketId: symbol, ...change }, Date.now());
  return { watch, push, asked, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms), stop: bridge.stop };
}

describe('silence', () => {
  it.each([0, 400, 749, 1_499])(
    'is noticed and bridged within five seconds, %s ms into a look',
    async (ms) => {
      const { push, asked, pass, stop } = startWatch();
      push({ last: '1', mark: '1' });
      await pass(10_500);
      asked.length = 0;
      await pass(ms);
      push({ last: '1', mark: '1' });
      const silentSinceMs = Date.now();
      await pass(5_000);
      stop();
      expect(asked[0]?.symbols).toEqual([BTC]);
      expect((asked[0]?.atMs ?? Infinity) - silentSinceMs).toBeLessThan(5_000);
      expect((asked[0]?.atMs ?? 0) - silentSinceMs).toBeGreaterThan(PRICE_SILENCE_MS);
    },
  );

  it('is that of the symbol: others that are told are not asked for', async () => {
    const { push, asked, pass, stop } = startWatch([BTC, ETH]);
    push({ last: '1', mark: '1' });
    for (let second = 0; second < 8; second += 1) {
      push({ last: '2', mark: '2' }, ETH);
      await pass(1_000);
    }
    stop();
    expect(asked.filter(({ atMs }) => atMs > Date.now() - 2_000).map(({ symbols }) => symbols)).toEqual([
      [BTC],
    ]);
  });

  it('of trades alone, while the mark price comes, is a quiet market: asked for half as soon', async () => {
    const { push, asked, pass, stop } = startWatch();
    push({ last: '1' });
    const atMs = Date.now();
    for (let second = 0; second < 9; second += 1) {
      push({ mark: '1' });
      await pass(1_000);
    }
    stop();
    const first = (asked[0]?.atMs ?? 0) - atMs;
    expect(first).toBeGreaterThan(2 * PRICE_SILENCE_MS);
    expect(first).toBeLessThan(9_000);
  });
});

describe('the first price after a gap', () => {
  it('says since when the socket had not told it, for each price by itself, and only once', async () => {
    const { watch, push, pass, stop } = startWatch();
    push({ last: '1' });
    await pass(200);
    push({ mark: '1' });
    const startedMs = Date.now();
    await pass(1_300);
    watch.connected(new Set([BTC]), Date.now());
    expect(push({ last: '2' })).toMatchObject({ last: '2', lastUnseenSinceMs: startedMs - 200 });
    expect(push({ last: '3' })).not.toHaveProperty('lastUnseenSinceMs');
    expect(push({ mark: '2' })).toMatchObject({ mark: '2', markUnseenSinceMs: startedMs });
    stop();
  });

  it('reaches back over connections that told nothing', async () => {
    const { watch, push, pass, stop } = startWatch();
    push({ last: '1' });
    const sinceMs = Date.now();
    for (let connection = 0; connection < 3; connection += 1) {
      await pass(1_000);
      watch.connected(new Set([BTC]), Date.now());
    }
    expect(push({ last: '2' })).toMatchObject({ lastUnseenSinceMs: sinceMs });
    stop();
  });

  it('is also one after a silence on the same connection', async () => {
    const { push, pass, stop } = startWatch();
    push({ last: '1', mark: '1' });
    const sinceMs = Date.now();
    await pass(PRICE_SILENCE_MS + 1);
    expect(push({ last: '2', mark: '2' })).toMatchObject({
      lastUnseenSinceMs: sinceMs,
      markUnseenSinceMs: sinceMs,
    });
    stop();
  });

  it('is none of a symbol that was never heard, nor in a market that is merely quiet', async () => {
    const { watch, push, pass, stop } = startWatch();
    watch.connected(new Set([BTC]), Date.now());
    expect(push({ last: '1' })).not.toHaveProperty('lastUnseenSinceMs');
    for (let second = 0; second < 8; second += 1) {
      push({ mark: '1' });
      await pass(1_000);
    }
    expect(push({ last: '2' })).not.toHaveProperty('lastUnseenSinceMs');
    stop();
  });
});
