/** The index of price levels alone, in this process: how many ticks a second it passes over. */
import { createPriceTriggers } from '../exchanges/price-triggers.ts';
import type { PriceTick } from '../exchanges/exchange.ts';
import type { PriceLevel } from '../domain/view.ts';
import type { Report } from './report.ts';
import { symbolOf } from './setting.ts';
import { figures } from './statistics.ts';
import { atLeast } from './target.ts';

const LEVELS = 100_000;
const SYMBOLS = 1_000;
const TICKS = 5_000_000;
const ROUNDS = 5;
/** Ticks that repeat: as many as keep parsing honest, few enough for the cache of a processor. */
const DISTINCT_TICKS = 4_096;

/** In rounds after a first one that only warms up; the median counts. */
export function priceIndex(): Report {
  const triggers = createPriceTriggers();
  triggers.load(Array.from({ length: LEVELS }, (_, index) => levelOf(index)));
  const ticks = Array.from({ length: DISTINCT_TICKS }, (_, index) => tickOf(index));
  const crossed = round(triggers, ticks).crossed;
  if (crossed > 0) throw new Error(`${crossed} levels were crossed by ticks that should cross none`);
  const rates = Array.from({ length: ROUNDS }, () => round(triggers, ticks).perSecond);
  const perSecond = figures(rates).p50;
  return {
    name: `price index: ${LEVELS} levels on ${SYMBOLS} symbols, ticks that cross none`,
    rows: [
      {
        what: 'ticks a second',
        value: (perSecond / 1e6).toFixed(1),
        unit: 'million',
        bound: 'one look-up of the symbol, one price made a number, two comparisons',
        data: { perSecond },
        target: atLeast(perSecond / 1e6, 10, 'million'),
      },
    ],
  };
}

function round(triggers: ReturnType<typeof createPriceTriggers>, ticks: readonly PriceTick[]) {
  const startedMs = performance.now();
  let [crossed, done] = [0, 0];
  for (; done < TICKS; done += ticks.length) for (const tick of ticks) crossed += triggers.tick(tick).length;
  return { crossed, perSecond: (done * 1_000) / (performance.now() - startedMs) };
}

/** Above and below the start price in turns, all out of reach. */
function levelOf(index: number): PriceLevel {
  const up = index % 2 === 0;
  const nth = Math.floor(index / SYMBOLS);
  return {
    workflowId: `position/bench/${index}`,
    symbol: symbolOf(index % SYMBOLS),
    levelId: up ? 'target' : 'stop',
    generation: 1,
    kind: up ? 'target' : 'stop',
    direction: up ? 'up' : 'down',
    price: String(up ? 1_050 + nth : 950 - nth),
    workingType: 'CONTRACT_PRICE',
  };
}

const tickOf = (index: number): PriceTick => ({
  symbol: symbolOf((index * 7) % SYMBOLS),
  last: (1_000 + (index % 400) / 10).toFixed(1),
  atMs: index,
});
