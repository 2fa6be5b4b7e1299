/**
 * The other thing to compare with: a bot that looks at its position and its price once in a while, as most
 * do. Our model of one: it reads the ticker by REST, compares, closes at market, and sleeps.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BareCcxt } from './bare-ccxt.ts';
import { crossing, openByHand, QUANTITY } from './crossing.ts';
import { BARE, symbolOf, type Setting } from './setting.ts';
import { spread } from './statistics.ts';

const LEVEL = 1050;

/** Resolves when its close order was answered; `firstAfterMs`: when it looks for the first time. */
async function closeByPolling(
  exchange: BareCcxt,
  symbol: string,
  { periodMs, firstAfterMs }: { periodMs: number; firstAfterMs: number },
): Promise<void> {
  await delay(firstAfterMs);
  for (;;) {
    const startedMs = performance.now();
    const { last } = await exchange.fetchTicker(symbol);
    if (last !== undefined && last >= LEVEL) {
      const reducing = { reduceOnly: true };
      await exchange.createOrder(symbol, 'market', 'sell', Number(QUANTITY), undefined, reducing);
      return;
    }
    await delay(Math.max(0, periodMs - (performance.now() - startedMs)));
  }
}

/**
 * A loop for each market, their phases spread evenly over the period: between them the price moves at
 * every moment of a period, which one loop would take many periods to show.
 * @returns ms from price change to close order, one for each market
 */
export async function pollingCloses(
  setting: Setting,
  exchange: BareCcxt,
  indexes: readonly number[],
  periodMs: number,
): Promise<number[]> {
  for (const index of indexes) await openByHand(setting, BARE.name, index);
  const phases = spread(indexes.length, periodMs);
  return Promise.all(
    indexes.map(async (index, nth) => {
      // The price moves a whole period after the loops began, so that all of them are under way.
      const polling = closeByPolling(exchange, symbolOf(index), { periodMs, firstAfterMs: phases[nth] ?? 0 });
      await delay(periodMs);
      const took = await crossing(setting, index);
      await polling;
      return took;
    }),
  );
}
