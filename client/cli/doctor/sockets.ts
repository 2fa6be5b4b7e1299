/** Whether both streams of an account come up: opened for a moment, and closed again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Symbol } from '../../../domain/terms.ts';
import type { Exchange, StreamState } from '../../../exchanges/exchange.ts';

const OPEN_WITHIN_MS = 6_000;
const LOOK_EVERY_MS = 50;
const RECONNECT_MS = 1_000;
/** Longer than this look takes: nobody has to say anything yet. */
const SILENCE_MS = 30_000;

export type Sockets = { prices: StreamState; account: StreamState };

export async function trySockets(exchange: Exchange, symbol: Symbol): Promise<Sockets> {
  const timings = { reconnectDelayMs: RECONNECT_MS, silenceMs: SILENCE_MS };
  const prices = exchange.streamPrices({ symbols: () => [symbol], onTick: () => undefined, ...timings });
  const account = exchange.streamAccount({ onHint: () => undefined, ...timings });
  const now = (): Sockets => ({ prices: prices.state(), account: account.state() });
  try {
    prices.refresh();
    for (const untilMs = Date.now() + OPEN_WITHIN_MS; Date.now() < untilMs && !areLive(now());)
      await delay(LOOK_EVERY_MS);
    return now();
  } finally {
    await Promise.allSettled([prices.stop(), account.stop()]);
  }
}

export const areLive = ({ prices, account }: Sockets): boolean => prices === 'live' && account === 'live';
