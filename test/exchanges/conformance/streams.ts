/** Prices and hints as they happen, and what becomes of them when sockets break. */
import { describe, expect, it, vi } from 'vitest';
import type { PositionMode } from '../../../domain/terms.ts';
import type { AccountHint, PriceTick } from '../../../exchanges/exchange.ts';
import { legsOf, marketEntry, placed, type Bench } from './bench.ts';
import { proves } from './cards.ts';

const TIMINGS = { reconnectDelayMs: 50, silenceMs: 400 };
/** From the venue's book to the callback; generous for a busy machine, far below any polling. */
const TICK_MS = 750;

export function describeStreams(bench: Bench, mode: PositionMode): void {
  describe('the price stream', () => {
    /** Runs `body` with a live stream. */
    const streaming = async (
      body: (ticks: PriceTick[], stream: ReturnType<Bench['exchange']['streamPrices']>) => Promise<void>,
    ): Promise<void> => {
      const ticks: PriceTick[] = [];
      const stream = bench.exchange.streamPrices({
        symbols: () => [bench.symbol],
        onTick: (tick) => ticks.push(tick),
        ...TIMINGS,
      });
      try {
        await vi.waitFor(
          async () => expect((await bench.control.health()).sockets.public).toBeGreaterThan(0),
          { timeout: 3_000 },
        );
        await body(ticks, stream);
      } finally {
        await stream.stop();
      }
    };
    const told = (ticks: PriceTick[], price: string) => () =>
      expect(ticks.some(({ last }) => last === price)).toBe(true);

    it('tells a price as it changes, contract and mark', proves('ticks'), () =>
      streaming(async (ticks) => {
        await vi.waitFor(
          async () => {
            await bench.control.setPrice({ symbol: bench.marketId, last: '50001' });
            told(ticks, '50001')();
          },
          { timeout: 3_000 },
        );
        const movedAtMs = Date.now();
        await bench.control.setPrice({ symbol: bench.marketId, last: '50002.5' });
        await vi.waitFor(told(ticks, '50002.5'), { interval: 5 });
        const tick = ticks.find(({ last }) => last === '50002.5');
        expect((tick?.atMs ?? Infinity) - movedAtMs).toBeLessThan(TICK_MS);
        await vi.waitFor(() => expect(ticks.some(({ mark }) => mark === '50002.5')).toBe(true), {
          timeout: 3_000,
        });
      }),
    );

    it('comes back by itself after a dropped socket', proves('droppedSocket'), () =>
      streaming(async (ticks, stream) => {
        await bench.control.sockets({ action: 'drop', match: { stream: 'public' } });
        await vi.waitFor(() => expect(stream.state()).not.toBe('live'), { interval: 5 });
        await bench.control.setPrice({ symbol: bench.marketId, last: '50003' });
        await vi.waitFor(told(ticks, '50003'), { timeout: 4_000 });
        await vi.waitFor(() => expect(stream.state()).toBe('live'), { timeout: 4_000 });
      }),
    );

    it('goes on by other means while the socket is silent', proves('silentSocket'), () =>
      streaming(async (ticks) => {
        await bench.control.sockets({ action: 'silent', match: { stream: 'public' } });
        await bench.control.setPrice({ symbol: bench.marketId, last: '50004' });
        await vi.waitFor(() => expect(ticks.some(({ last }) => last === '50004')).toBe(true), {
          timeout: 5_000,
        });
      }),
    );
  });

  describe('the account stream', () => {
    const streaming = async (body: (hints: AccountHint[]) => Promise<void>): Promise<void> => {
      const hints: AccountHint[] = [];
      const stream = bench.exchange.streamAccount({ onHint: (hint) => hints.push(hint), ...TIMINGS });
      try {
        await vi.waitFor(() => expect(stream.state()).toBe('live'), { timeout: 3_000 });
        await body(hints);
      } finally {
        await stream.stop();
      }
    };
    const [sides] = legsOf(mode);
    if (!sides) return;

    it('hints at an order and its position', proves('hints'), () =>
      streaming(async (hints) => {
        await placed(bench, marketEntry(bench, sides));
        await vi.waitFor(
          () => expect(hints.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['order', 'position'])),
          { timeout: 3_000 },
        );
        expect(hints.find(({ kind }) => kind === 'order')?.symbol).toBe(bench.symbol);
      }),
    );

    it('says reconnected after a dropped socket', proves('reconnected'), () =>
      streaming(async (hints) => {
        await bench.control.sockets({ action: 'drop', match: { account: bench.account } });
        await vi.waitFor(() => expect(hints.map(({ kind }) => kind)).toContain('reconnected'), {
          timeout: 3_000,
        });
      }),
    );

    it('survives an expired listen key: hints go on', proves('expiredKey'), (context) =>
      streaming(async (hints) => {
        context.skip(!bench.listenKeys, 'the private stream of this exchange needs no key that expires');
        await bench.control.expireListenKeys(bench.account);
        await vi.waitFor(() => expect(hints.map(({ kind }) => kind)).toContain('reconnected'), {
          timeout: 3_000,
        });
        await placed(bench, marketEntry(bench, sides));
        await vi.waitFor(() => expect(hints.map(({ kind }) => kind)).toContain('order'), { timeout: 3_000 });
      }),
    );
  });
}
