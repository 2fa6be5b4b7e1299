/**
 * A seeded random walk with jumps and gaps, lively on purpose: about 0.4 % a minute, so that a
 * position of the demo meets its stop or target within minutes.
 */
import { add, max, mul, parseDecimal, roundToStep } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Market } from '../book/model.ts';
import type { Feed, FeedMove } from './feed.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

const STEP_MS = 500;
const DEVIATION = 0.000_4;
/** A gap on average every four minutes and market. */
const GAP_CHANCE = 0.002;
const GAP_DEVIATION = 0.004;
/** A gentle pull to where the market began, so that it stays in a sane range for days. */
const PULL = 0.000_02;

/** @param stored what `state` gave before a restart. */
export function walkFeed(
  markets: () => Iterable<Market>,
  seed: number,
  stored: Readonly<Record<string, unknown>>,
): Feed {
  const resumes = stored['kind'] === 'walk' && stored['seed'] === seed;
  const random = createRandom(resumes ? Number(stored['random']) : seed);
  let steps = resumes ? Number(stored['steps']) : 0;
  return {
    kind: 'walk',
    position: () => steps,
    begins: () => false,
    step() {
      steps += 1;
      return [...markets()].map((market) => moveOf(market, random));
    },
    delayMs: () => STEP_MS,
    marketTimeMs: () => undefined,
    state: () => ({ kind: 'walk', seed, random: random.state(), steps }),
  };
}

function moveOf(market: Market, random: Random): FeedMove {
  const gaps = random.next() < GAP_CHANCE;
  const drift = PULL * Math.log(Number(market.price) / Number(market.last));
  const change = drift + random.normal() * (gaps ? GAP_DEVIATION : DEVIATION);
  const last = max(market.tickSize, onTick(mul(market.last, factor(change)), market));
  const mark = market.markPinned ? market.mark : onTick(mul(add(market.mark, last), '0.5'), market);
  return {
    symbol: market.symbol,
    path: gaps ? 'jump' : 'walk',
    to: { last, mark, index: onTick(mul(add(last, mark), '0.5'), market) },
  };
}

const onTick = (price: Decimal, market: Market): Decimal => roundToStep(price, market.tickSize, 'nearest');

const factor = (change: number): Decimal =>
  parseDecimal((1 + Math.max(-0.5, Math.min(0.5, change))).toFixed(12)) ?? '1';
