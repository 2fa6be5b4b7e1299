/** Prices by REST: how they are dated, and that many who ask at once ask once. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Market, Markets } from '../../exchanges/market-list.ts';
import { createPriceReader } from '../../exchanges/price-reader.ts';
import { BTC } from './stub-setup.ts';

const ASKED_MS = Date.parse('2026-03-01T10:00:00Z');

beforeEach(() => void vi.useFakeTimers({ now: ASKED_MS }));
afterEach(() => void vi.useRealTimers());

function slowReader() {
  const asked: (readonly string[])[] = [];
  const markets: Pick<Markets, 'bySymbol'> = {
    // Nothing but the symbol is looked at.
    bySymbol: async (symbol) => ({ symbol }) as Market,
  };
  const reader = createPriceReader('BingX', markets, async (symbols) => {
    asked.push(symbols);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return symbols.map((symbol) => ({ symbol, last: '50000' }));
  });
  return { ...reader, asked };
}

it('a price is as old as its question: what was told meanwhile is newer', async () => {
  const { prices, price } = slowReader();
  const answers = Promise.all([prices([BTC]), price(BTC)]);
  await vi.advanceTimersByTimeAsync(2_000);
  const tick = { symbol: BTC, last: '50000', atMs: ASKED_MS };
  expect(await answers).toEqual([[tick], tick]);
});

it('many who want one price at the same moment ask once', async () => {
  const { price, asked } = slowReader();
  const answers = Promise.all([price(BTC), price(BTC), price(BTC)]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await answers).toHaveLength(3);
  expect(asked).toEqual([[BTC]]);
});
