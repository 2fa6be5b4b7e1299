/** What is left of a position that is gone: its fills and its row of history. */
import { describe, expect, it } from 'vitest';
import { abs, add, eq, sub, sum } from '../../../domain/decimal.ts';
import { clientOrderId, epochAt } from '../../../domain/ids.ts';
import type { PositionMode } from '../../../domain/terms.ts';
import {
  booksOf,
  freshClientId,
  legsOf,
  marketClose,
  marketEntry,
  placed,
  stopLoss,
  type Bench,
} from './bench.ts';
import { proves } from './cards.ts';

export function describeHistory(bench: Bench, mode: PositionMode): void {
  describe.each(legsOf(mode))('history of a position opened by a $open on leg $leg', (sides) => {
    const since = (): number => Date.now() - 60_000;

    it('tells the fills of the leg, oldest first, with what they cost', proves('fills'), async () => {
      const ids = [
        await placed(bench, marketEntry(bench, sides)),
        await placed(bench, marketClose(bench, sides, '0.02')),
      ];
      const fills = await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: since() });
      const books = await booksOf(bench);
      expect(fills.map(({ orderId, side, quantity }) => ({ orderId, side, quantity }))).toEqual([
        { orderId: ids[0], side: sides.open, quantity: '0.05' },
        { orderId: ids[1], side: sides.close, quantity: '0.02' },
      ]);
      expect(fills.map(({ fee }) => fee)).toEqual(books.fills.map(({ commission }) => abs(commission)));
      expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(2);
      expect(fills.every(({ forced }) => forced === undefined)).toBe(true);
    });

    it(
      'names an own-style id behind a fill where it names any, and never another',
      proves('fills'),
      async () => {
        const epoch = epochAt(Date.now());
        const leg = { account: `other-${freshClientId()}`, symbol: bench.symbol, leg: sides.leg };
        const ids = [clientOrderId(leg, epoch, 'entry', 1), `person${freshClientId()}`] as const;
        await placed(bench, { ...marketEntry(bench, sides), clientOrderId: ids[0] });
        await placed(bench, { ...marketClose(bench, sides, '0.02'), clientOrderId: ids[1] });
        const fills = await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: since() });
        expect([ids[0], undefined]).toContain(fills[0]?.clientOrderId);
        expect(fills.slice(1).map(({ clientOrderId: other }) => other)).toEqual([undefined]);
      },
    );

    it('tells nothing of another leg, and nothing of before', proves('fills'), async () => {
      await placed(bench, marketEntry(bench, sides));
      const other = mode === 'one-way' ? 'long' : sides.leg === 'long' ? 'short' : 'long';
      expect(await bench.exchange.fills({ symbol: bench.symbol, leg: other, sinceMs: since() })).toEqual([]);
      expect(
        await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: Date.now() + 30_000 }),
      ).toEqual([]);
    });

    it(
      'attributes the close by a stop to that stop: its order is filled, and the fill names it',
      proves('stopAttribution'),
      async () => {
        await placed(bench, marketEntry(bench, sides));
        const stop = stopLoss(bench, sides);
        const stopId = await placed(bench, stop);
        await bench.control.setPrice({
          symbol: bench.marketId,
          last: sides.open === 'buy' ? '48900' : '51100',
        });
        expect(await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: sides.leg })).not.toHaveProperty(
          'position',
        );
        expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId: stopId })).toMatchObject({
          found: 'one',
          order: { status: 'filled', filledQuantity: '0.05' },
        });
        const fills = await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: since() });
        expect(fills.at(-1)).toMatchObject({ orderId: stopId, side: sides.close });
      },
    );

    it(
      "has the exchange's own figures of a closed position, found by its id where there is one",
      proves('closedFigures'),
      async (context) => {
        const { capabilities } = bench.exchange;
        context.skip(!capabilities.positionHistory, 'it keeps no rows of closed positions');
        await placed(bench, marketEntry(bench, sides));
        const { position } = await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: sides.leg });
        await bench.control.setPrice({ symbol: bench.marketId, last: '50500' });
        await placed(bench, marketClose(bench, sides));
        const id =
          capabilities.positionIds && position?.exchangePositionId
            ? { exchangePositionId: position.exchangePositionId }
            : {};
        const [row, ...others] = await bench.exchange.closedPositions({
          symbol: bench.symbol,
          ...id,
          sinceMs: since(),
        });
        const [truth] = (await booksOf(bench)).positionHistory;
        expect(others).toEqual([]);
        expect(row).toMatchObject({
          side: truth?.side,
          leg: sides.leg,
          quantity: '0.05',
          entryPrice: truth?.averagePrice,
          closePrice: truth?.averageClosePrice,
          whole: true,
          ...id,
        });
        expect(eq(row?.realizedPnl ?? '0', truth?.realizedPnl ?? '1')).toBe(true);
        expect(eq(row?.fees ?? '0', abs(truth?.commission ?? '1'))).toBe(true);
        const explained = add(sub(row?.realizedPnl ?? '0', row?.fees ?? '0'), row?.funding ?? '0');
        expect(Math.abs(Number(sub(row?.netPnl ?? '0', explained)))).toBeLessThan(0.001);
      },
    );

    it('adds up a position of several orders, and its funding', proves('closedFigures'), async (context) => {
      context.skip(!bench.exchange.capabilities.positionHistory, 'it keeps no rows of closed positions');
      const at = (last: string) => bench.control.setPrice({ symbol: bench.marketId, last });
      await placed(bench, marketEntry(bench, sides, '0.0503'));
      await at('50133.7');
      await placed(bench, marketEntry(bench, sides, '0.0207'));
      await bench.control.fund({ symbol: bench.marketId, rate: '0.00013' });
      await placed(bench, marketClose(bench, sides, '0.0301'));
      await at('49871.3');
      await bench.control.fund({ symbol: bench.marketId, rate: '-0.00007' });
      await placed(bench, marketClose(bench, sides, '0.0409'));
      await placed(bench, marketEntry(bench, sides));
      const rows = await bench.exchange.closedPositions({ symbol: bench.symbol, sinceMs: since() });
      const whole = rows.filter((row) => row.whole);
      const [truth] = (await booksOf(bench)).positionHistory;
      expect(whole).toHaveLength(1);
      const [row] = whole;
      expect(row).toMatchObject({ leg: sides.leg, side: truth?.side, quantity: '0.071' });
      // Wires round their rows; a cent that is missing would be a fee, a part or a settlement.
      const figures = [row?.realizedPnl, row?.fees, row?.funding, row?.netPnl].map(Number);
      const { realizedPnl, commission, funding, netPnl } = truth ?? {};
      [realizedPnl, abs(commission ?? '0'), funding, netPnl].map(Number).forEach((figure, index) => {
        expect(figures[index]).toBeCloseTo(figure, 3);
      });
    });

    it('finds a closed position by the id it had while open', proves('positionIds'), async (context) => {
      context.skip(
        !bench.exchange.capabilities.positionIds,
        'its positions carry no id: account, symbol, leg and epoch identify them, own order ids their close',
      );
      await placed(bench, marketEntry(bench, sides));
      const { position } = await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: sides.leg });
      await placed(bench, marketClose(bench, sides));
      await placed(bench, marketEntry(bench, sides));
      await placed(bench, marketClose(bench, sides));
      const exchangePositionId = position?.exchangePositionId ?? 'none';
      const query = { symbol: bench.symbol, sinceMs: since() };
      expect(await bench.exchange.closedPositions(query)).toHaveLength(2);
      expect(await bench.exchange.closedPositions({ ...query, exchangePositionId })).toMatchObject([
        { exchangePositionId },
      ]);
    });

    it('marks what the exchange closed by force', proves('forced'), async () => {
      await placed(bench, marketEntry(bench, sides));
      await bench.control.liquidate({ account: bench.account, symbol: bench.marketId, leg: sides.leg });
      const fills = await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: since() });
      expect(fills.map(({ forced }) => forced)).toEqual([undefined, 'liquidation']);
      expect(sum(fills.map(({ quantity }) => quantity))).toBe('0.1');
    });
  });
}
