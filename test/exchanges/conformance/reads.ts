/** Rules, money, prices and snapshots. */
import { describe, expect, it } from 'vitest';
import { TIMEFRAME_MS, TIMEFRAMES } from '../../../domain/candles.ts';
import { lte } from '../../../domain/decimal.ts';
import type { PositionMode } from '../../../domain/terms.ts';
import { booksOf, legsOf, marketEntry, placed, restingEntry, stopLoss, type Bench } from './bench.ts';
import { proves } from './cards.ts';

export function describeReads(bench: Bench, mode: PositionMode): void {
  describe('reads', () => {
    it('knows the rules of a market and refuses what is not one', proves('rules'), async () => {
      expect(await bench.exchange.symbols()).toContain(bench.symbol);
      expect(await bench.exchange.marketRules(bench.symbol)).toMatchObject({
        symbol: bench.symbol,
        tickSize: '0.1',
        lotSize: '0.0001',
      });
      await expect(bench.exchange.marketRules('NOPE/USDT:USDT')).rejects.toMatchObject({
        name: 'ExchangeFault',
        kind: 'unknown_symbol',
      });
    });

    it('tells position mode, prices, health and equity', proves('account'), async () => {
      expect(await bench.exchange.positionMode()).toBe(mode);
      expect(await bench.exchange.price(bench.symbol)).toMatchObject({
        symbol: bench.symbol,
        last: '50000',
        mark: '50000',
      });
      expect(await bench.exchange.balance()).toMatchObject({ asset: 'USDT', equity: '100000' });
      expect(await bench.exchange.health()).toMatchObject({
        reachable: true,
        positionMode: mode,
        permissions: { trade: true, withdraw: false },
        problems: [],
      });
    });

    it('sets the leverage', proves('leverage'), async () => {
      await bench.exchange.setLeverage(bench.symbol, '7', 'long');
      const [sides] = legsOf(mode);
      if (sides) await placed(bench, marketEntry(bench, sides));
      expect((await booksOf(bench)).positions).toMatchObject([{ leverage: 7 }]);
    });

    it('reads an empty account as a complete reading of nothing', proves('emptySnapshot'), async () => {
      expect(await bench.exchange.snapshot()).toMatchObject({
        complete: true,
        problems: [],
        positions: [],
        orders: [],
      });
    });

    it(
      'reads every position and order of the account as the books have them',
      proves('wholeSnapshot'),
      async () => {
        const legs = mode === 'hedge' ? legsOf(mode) : legsOf(mode).slice(0, 1);
        for (const sides of legs) {
          await placed(bench, marketEntry(bench, sides));
          await placed(bench, stopLoss(bench, sides));
          await placed(bench, restingEntry(bench, sides));
        }
        const books = await booksOf(bench);
        const reading = await bench.exchange.snapshot();
        expect(reading.complete).toBe(true);
        const byLeg = <T extends { leg: string }>(rows: readonly T[]): T[] =>
          [...rows].sort((a, b) => a.leg.localeCompare(b.leg));
        expect(byLeg(reading.positions)).toMatchObject(
          byLeg(books.positions).map(({ positionId, leg, side, quantity, entryPrice }) => ({
            symbol: bench.symbol,
            leg,
            side,
            quantity,
            entryPrice,
            ...(bench.exchange.capabilities.positionIds ? { exchangePositionId: positionId } : {}),
          })),
        );
        const live = books.orders.filter(({ state }) => state === 'new');
        expect(reading.orders.map(({ orderId }) => bench.bookId(orderId)).sort()).toEqual(
          live.map(({ orderId }) => orderId).sort(),
        );
      },
    );

    it('reads one leg without the other', proves('oneLeg'), async () => {
      const [first, second] = legsOf(mode);
      if (!first || !second) return;
      await placed(bench, marketEntry(bench, first));
      await placed(bench, stopLoss(bench, first));
      const other = await bench.exchange.legSnapshot({
        symbol: bench.symbol,
        leg: mode === 'hedge' ? second.leg : 'long',
      });
      expect(other).toMatchObject({ complete: true, orders: [] });
      expect(other).not.toHaveProperty('position');
      expect(await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: first.leg })).toMatchObject({
        position: { quantity: '0.05' },
        orders: [{}],
      });
    });

    it(
      'counts readings upwards, each dated between its question and its answer',
      proves('readingOrder'),
      async () => {
        const askedAtMs = Date.now();
        const first = await bench.exchange.snapshot();
        const second = await bench.exchange.snapshot();
        expect(second.sequence).toBeGreaterThan(first.sequence);
        expect(first.takenAtMs).toBeGreaterThanOrEqual(askedAtMs);
        expect(first.readAtMs).toBeGreaterThanOrEqual(first.takenAtMs);
        expect(second.takenAtMs).toBeGreaterThanOrEqual(first.readAtMs);
      },
    );

    it('tells how far the price went while nobody watched', proves('priceRange'), async (context) => {
      const { priceRange } = bench.exchange;
      if (!priceRange) return context.skip('it keeps no such history');
      const sinceMs = Date.now();
      for (const last of ['51000', '49500', '50000'])
        await bench.control.setPrice({ symbol: bench.marketId, last });
      const query = {
        symbol: bench.symbol,
        workingType: 'CONTRACT_PRICE',
        sinceMs,
        untilMs: Date.now() + 1_000,
      } as const;
      expect(await priceRange(query)).toEqual({ high: '51000', low: '49500' });
    });

    it.each(TIMEFRAMES)(
      'gives the closed candles of %s, oldest first',
      proves('candles'),
      async (timeframe) => {
        const OPEN_ONLY = '51234.5';
        await bench.control.setPrice({ symbol: bench.marketId, last: OPEN_ONLY });
        const candles = await bench.exchange.candles({ symbol: bench.symbol, timeframe, limit: 15 });
        const newest = candles.at(-1)?.openedAtMs ?? 0;
        const lastedMs = Date.now() - newest - TIMEFRAME_MS[timeframe];
        expect(lastedMs).toBeGreaterThan(0);
        expect(lastedMs).toBeLessThan(TIMEFRAME_MS[timeframe] + 10_000);
        expect(candles.map(({ openedAtMs }) => (newest - openedAtMs) / TIMEFRAME_MS[timeframe])).toEqual(
          Array.from({ length: 15 }, (_, index) => 14 - index),
        );
        for (const { open, high, low, close } of candles) {
          expect([open, close].every((price) => lte(low, price) && lte(price, high))).toBe(true);
          expect(high).not.toBe(OPEN_ONLY);
        }
      },
    );

    it(
      'tells the filled part of an order that fills in parts, never more',
      proves('partialFill'),
      async () => {
        const [sides] = legsOf(mode);
        if (!sides) return;
        await bench.control.planPartialFill({ account: bench.account, quantity: '0.02', restAfterMs: null });
        const orderId = await placed(bench, { ...marketEntry(bench, sides), kind: 'limit', price: '50010' });
        const lookup = await bench.exchange.findOrder({ symbol: bench.symbol, orderId });
        expect(lookup).toMatchObject({
          found: 'one',
          order: { status: 'open', quantity: '0.05', filledQuantity: '0.02' },
        });
      },
    );

    it(
      "stays within the exchange's limits by itself, however much is asked at once",
      proves('ownLimits'),
      async () => {
        const since = await bench.control.requests({ account: bench.account });
        await Promise.all(Array.from({ length: 12 }, () => bench.exchange.balance()));
        const requests = await bench.control.requests({
          account: bench.account,
          sinceSeq: since.at(-1)?.seq ?? 0,
        });
        expect(requests.filter(({ code }) => code !== 0)).toEqual([]);
      },
    );
  });
}
