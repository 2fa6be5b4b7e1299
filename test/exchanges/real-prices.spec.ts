/**
 * Real trades and candles against the levels of positions as the domain has them: each crossing is told
 * exactly once, at the very price that reached it, and none is missed. Positions come, move their
 * protection and go all the while; the truth is counted by brute force.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { add, max, min, mul, roundToStep, sub, type Decimal } from '../../domain/decimal.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import { createPriceTriggers, type Crossing } from '../../exchanges/price-triggers.ts';
import { pointsOf, readCandles } from '../../venue/feeds/candles.ts';
import { readTrades } from '../../venue/feeds/trades.ts';
import { BTC } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';
import { createBruteForce, crossingId } from './brute-force.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/market-data');
const TRADES = join(FOLDER, 'eth-usdt-perp-trades-2023-02-02.csv');
const CANDLES = join(FOLDER, 'btc-perp-1m-2022-01.csv.gz');
const TICK = '0.01';

/** Of each slot, in hundredths of a percent: some are reached within seconds, some never. */
type Distances = readonly number[];

const OF_TRADES: Distances = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 500];
const OF_CANDLES: Distances = [30, 50, 70, 100, 100, 150, 150, 250, 400, 9_000];

const away = (price: Decimal, hundredths: number): Decimal =>
  roundToStep(mul(price, String(hundredths / 10_000)), TICK, 'up');

/** The watcher's part, the domain and the count by brute force, side by side. */
class Watch {
  readonly told: string[] = [];
  readonly closed: string[] = [];
  private readonly index = createPriceTriggers();
  private readonly truth = createBruteForce();
  private readonly positions = new Map<string, PositionDriver>();
  private readonly slots: (string | undefined)[];
  private readonly distances: Distances;
  private opened = 0;

  constructor(distances: Distances) {
    this.distances = distances;
    this.slots = distances.map(() => undefined);
  }

  /** Fills the slots with positions around a price. */
  open(price: Decimal, step: number): void {
    for (const [slot, distance] of this.distances.entries()) {
      const held = this.slots[slot];
      if (held !== undefined && this.positions.has(held)) continue;
      this.opened += 1;
      const isLong = this.opened % 2 === 0;
      const [above, below] = [add(price, away(price, distance)), sub(price, away(price, distance))];
      const position = openPosition({
        side: isLong ? 'long' : 'short',
        market: { ...BTC, tickSize: TICK },
        stopLoss: { price: isLong ? below : above },
        takeProfit: { price: isLong ? above : below },
      });
      const id = `position/${this.opened}`;
      this.slots[slot] = id;
      this.positions.set(id, position);
      this.publish(id, position, step);
    }
  }

  /** Tightens the stops of every third position to half their distance: other levels of a newer generation. */
  tighten(price: Decimal, step: number): void {
    for (const [index, [id, position]] of [...this.positions].entries()) {
      const [stop] = priceLevels(position.state).filter(({ kind }) => kind === 'stop');
      if (index % 3 !== 0 || !stop) continue;
      const to = roundToStep(mul(add(stop.price, price), '0.5'), TICK, 'nearest');
      const decision = position.decide({
        type: 'setProtection',
        request: { stopLoss: { price: to } },
      });
      if ('refused' in decision) continue;
      position.apply(decision.events);
      this.publish(id, position, step);
    }
  }

  /** A price that was seen. */
  tick(price: Decimal, step: number): void {
    const crossings = this.index.tick({ symbol: BTC.symbol, last: price, atMs: step });
    for (const crossing of crossings) expect(crossing.price).toBe(price);
    expect(crossings.map(({ level }) => crossingId(level)).toSorted()).toEqual(
      this.truth.reached(price, price),
    );
    this.take(crossings, step);
  }

  /** Prices that nobody saw, from one step to another. */
  gap(unseen: readonly Decimal[], sinceStep: number, step: number): void {
    const [low, high] = [unseen.reduce(min), unseen.reduce(max)];
    const range = { symbol: BTC.symbol, workingType: 'CONTRACT_PRICE', low, high } as const;
    const crossings = this.index.gap({ ...range, sinceMs: sinceStep, atMs: step });
    expect(crossings.map(({ level }) => crossingId(level)).toSorted()).toEqual(
      this.truth.reached(low, high, sinceStep),
    );
    this.take(crossings, step);
  }

  /** Told to its position, which takes it once, whatever is told again; then the position is over. */
  private take(crossings: readonly Crossing[], step: number): void {
    for (const { level, price } of crossings) {
      this.told.push(crossingId(level));
      const position = this.positions.get(level.workflowId);
      if (!position) continue; // both its levels were reached in one gap
      const { levelId, generation } = level;
      const crossing = { crossingId: `${levelId}@${generation}`, levelId, generation, price, atMs: step };
      position.command({ type: 'priceCrossed', crossing });
      expect(position.state.crossings.map((each) => each.levelId)).toEqual([levelId]);
      expect(position.decide({ type: 'priceCrossed', crossing })).toEqual({ events: [] });
      this.positions.delete(level.workflowId);
      this.publish(level.workflowId, undefined, step);
      this.closed.push(level.workflowId);
    }
  }

  private publish(workflowId: string, position: PositionDriver | undefined, step: number): void {
    const levels = position ? priceLevels(position.state).map((level) => ({ ...level, workflowId })) : [];
    this.index.replace(workflowId, levels, step);
    this.truth.replace(workflowId, levels, step);
  }
}

function play(watch: Watch, prices: readonly Decimal[]): void {
  for (const [step, price] of prices.entries()) {
    watch.open(price, step);
    if (step % 50 === 49) watch.tighten(price, step);
    watch.tick(price, step);
  }
}

describe('the crossings of real prices', () => {
  it('are told once each, trade by trade', ({ skip }) => {
    skip(!existsSync(TRADES), 'there are no recorded trades beside the project');
    const watch = new Watch(OF_TRADES);
    play(
      watch,
      readTrades(TRADES).map(({ price }) => price),
    );
    expect(watch.closed.length).toBeGreaterThan(50);
    expect(new Set(watch.told).size).toBe(watch.told.length);
  });

  it('are told once each over days of candles', ({ skip }) => {
    skip(!existsSync(CANDLES), 'there are no recorded candles beside the project');
    const watch = new Watch(OF_CANDLES);
    const days = readCandles(CANDLES).slice(0, 2 * 1_440);
    play(watch, days.flatMap(pointsOf));
    expect(watch.closed.length).toBeGreaterThan(50);
    expect(new Set(watch.told).size).toBe(watch.told.length);
  });

  it('that happened while nobody looked count by the extremes of that time', ({ skip }) => {
    skip(!existsSync(TRADES), 'there are no recorded trades beside the project');
    const watch = new Watch(OF_TRADES);
    const prices = readTrades(TRADES).map(({ price }) => price);
    for (let from = 0; from < prices.length; from += 40) {
      const [seen, unseen] = [prices.slice(from, from + 25), prices.slice(from + 25, from + 40)];
      for (const [offset, price] of seen.entries()) {
        watch.open(price, from + offset);
        watch.tick(price, from + offset);
      }
      // What is armed within the gap may have been passed before: it does not count.
      watch.tighten(seen.at(-1) ?? '0', from + 30);
      if (unseen.length > 0) watch.gap(unseen, from + seen.length - 1, from + 39);
    }
    expect(watch.closed.length).toBeGreaterThan(50);
    expect(new Set(watch.told).size).toBe(watch.told.length);
  });
});
