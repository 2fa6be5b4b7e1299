/** Placing, looking up and cancelling where nothing goes wrong on the way. */
import { describe, expect, it } from 'vitest';
import type { PositionMode } from '../../../domain/terms.ts';
import {
  booksOf,
  freshClientId,
  legsOf,
  limitClose,
  marketClose,
  marketEntry,
  placed,
  restingEntry,
  stopLoss,
  takeProfit,
  type Bench,
} from './bench.ts';
import { sum } from '../../../domain/decimal.ts';
import { proves } from './cards.ts';
import { describeIds } from './ids.ts';

export function describeOrders(bench: Bench, mode: PositionMode): void {
  describe.each(legsOf(mode))('orders that open by a $open on leg $leg', (sides) => {
    it(
      'fills a market entry: the books hold one order under its client id, and one position',
      proves('marketEntry'),
      async () => {
        const request = marketEntry(bench, sides);
        const orderId = await placed(bench, request);
        const { orders, positions } = await booksOf(bench);
        expect(orders).toMatchObject([
          {
            orderId: bench.bookId(orderId),
            clientOrderId: request.clientOrderId,
            leg: sides.leg,
            side: sides.open,
            state: 'filled',
            reduceOnly: false,
          },
        ]);
        expect(positions).toMatchObject([
          { leg: sides.leg, side: sides.open === 'buy' ? 'long' : 'short', quantity: '0.05' },
        ]);
      },
    );

    it(
      'finds a resting order by client id in any case and by order id, and cancels it',
      proves('lookup'),
      async () => {
        const request = restingEntry(bench, sides);
        const orderId = await placed(bench, request);
        const found = {
          found: 'one',
          order: { orderId, status: 'open', kind: 'limit', price: request.price, leg: sides.leg },
        };
        expect(
          await bench.exchange.findOrder({
            symbol: bench.symbol,
            clientOrderId: request.clientOrderId.toUpperCase(),
          }),
        ).toMatchObject(found);
        expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId })).toMatchObject(found);
        expect(await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId })).toMatchObject({
          outcome: 'cancelled',
        });
        expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId })).toMatchObject({
          found: 'one',
          order: { status: 'cancelled' },
        });
        expect(await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId })).toMatchObject({
          outcome: 'gone',
        });
      },
    );

    it(
      'rests stop and target as orders that can only close, and finds each by its shape',
      proves('closersRest'),
      async () => {
        await placed(bench, marketEntry(bench, sides));
        const [stop, target] = [stopLoss(bench, sides), takeProfit(bench, sides)];
        const ids = [await placed(bench, stop), await placed(bench, target)];
        const { orders } = await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: sides.leg });
        expect(
          orders
            .map(({ orderId, kind, reduceOnly, triggerPrice, workingType }) => ({
              orderId,
              kind,
              reduceOnly,
              triggerPrice,
              workingType,
            }))
            .sort((a, b) => a.kind.localeCompare(b.kind)),
        ).toEqual([
          {
            orderId: ids[0],
            kind: 'stop_market',
            reduceOnly: true,
            triggerPrice: stop.triggerPrice,
            workingType: 'CONTRACT_PRICE',
          },
          {
            orderId: ids[1],
            kind: 'take_profit_market',
            reduceOnly: true,
            triggerPrice: target.triggerPrice,
            workingType: 'CONTRACT_PRICE',
          },
        ]);
        const byShape = (shape: typeof stop) =>
          bench.exchange.findOrder({
            symbol: bench.symbol,
            clientOrderId: shape.clientOrderId,
            shape,
            sinceMs: Date.now() - 60_000,
          });
        expect(await byShape(stop)).toMatchObject({ found: 'one', order: { orderId: ids[0] } });
        expect(await byShape(target)).toMatchObject({ found: 'one', order: { orderId: ids[1] } });
        const other = { ...stop, clientOrderId: freshClientId(), quantity: '0.04' };
        expect(await byShape(other)).toMatchObject({ found: 'none' });
      },
    );

    it(
      'rests a close at a limit beside stop and target, which fills at its price and opens nothing',
      proves('limitClose'),
      async () => {
        await placed(bench, marketEntry(bench, sides));
        await placed(bench, stopLoss(bench, sides));
        await placed(bench, takeProfit(bench, sides));
        const [part, all] = [limitClose(bench, sides, '0.02'), limitClose(bench, sides)];
        const ids = [await placed(bench, part), await placed(bench, all)];
        const { orders } = await bench.exchange.legSnapshot({ symbol: bench.symbol, leg: sides.leg });
        expect(orders).toHaveLength(4);
        for (const [index, quantity] of ['0.02', '0.05'].entries())
          expect(orders.find(({ orderId }) => orderId === ids[index])).toMatchObject({
            kind: 'limit',
            side: sides.close,
            price: part.price,
            quantity,
            reduceOnly: true,
          });
        // More rests than is open: the second of them closes what the first has left.
        await bench.control.setPrice({
          symbol: bench.marketId,
          last: sides.open === 'buy' ? '50510' : '49490',
        });
        expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId: ids[0] ?? '' })).toMatchObject(
          { found: 'one', order: { status: 'filled', filledQuantity: '0.02' } },
        );
        expect((await booksOf(bench)).positions).toEqual([]);
        const fills = await bench.exchange.fills({
          symbol: bench.symbol,
          leg: sides.leg,
          sinceMs: Date.now() - 60_000,
        });
        const closing = fills.filter(({ orderId }) => ids.includes(orderId));
        expect(sum(closing.map(({ quantity }) => quantity))).toBe('0.05');
        expect(closing.map(({ price }) => price)).toEqual([part.price, part.price]);
      },
    );

    it('never opens by an order that closes', proves('closeOnly'), async () => {
      const outcome = await bench.exchange.placeOrder(marketClose(bench, sides));
      expect(outcome).toMatchObject({ outcome: 'refused', kind: 'no_position' });
      expect((await booksOf(bench)).positions).toEqual([]);
    });

    it('closes a position, and a second close opens nothing', proves('closeOnly'), async () => {
      await placed(bench, marketEntry(bench, sides));
      await placed(bench, marketClose(bench, sides));
      expect((await bench.exchange.placeOrder(marketClose(bench, sides))).outcome).toBe('refused');
      expect((await booksOf(bench)).positions).toEqual([]);
    });

    it(
      'refuses a stop on the wrong side of the price as one that would trigger',
      proves('wouldTrigger'),
      async () => {
        await placed(bench, marketEntry(bench, sides));
        const wrong = { ...stopLoss(bench, sides), triggerPrice: sides.open === 'buy' ? '51000' : '49000' };
        expect(await bench.exchange.placeOrder(wrong)).toMatchObject({
          outcome: 'refused',
          kind: 'would_trigger',
        });
      },
    );

    it('takes a repeated client id for unknown, never for a second order', proves('repeatedId'), async () => {
      const request = restingEntry(bench, sides);
      await placed(bench, request);
      expect(await bench.exchange.placeOrder(request)).toMatchObject({ outcome: 'unknown' });
      expect((await booksOf(bench)).orders).toHaveLength(1);
    });
  });

  describeIds(bench, mode);

  it('says none of an order that never was', proves('neverWas'), async () => {
    expect(
      await bench.exchange.findOrder({
        symbol: bench.symbol,
        clientOrderId: 'hfneverwas',
        sinceMs: Date.now() - 60_000,
      }),
    ).toMatchObject({ found: 'none' });
    expect(
      await bench.exchange.findOrder({
        symbol: bench.symbol,
        orderId: '1234567890123456789',
        sinceMs: Date.now() - 60_000,
      }),
    ).toMatchObject({ found: 'none' });
    expect(
      await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId: '1234567890123456789' }),
    ).toMatchObject({ outcome: 'gone' });
  });

  it('refuses what the account cannot pay for', proves('funds'), async () => {
    const [sides] = legsOf(mode);
    if (!sides) return;
    expect(await bench.exchange.placeOrder(marketEntry(bench, sides, '90'))).toMatchObject({
      outcome: 'refused',
      kind: 'insufficient_funds',
    });
  });
}
