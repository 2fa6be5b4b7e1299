/** What exchanges do differently by their nature: how long a client id lasts, who carries one, what goes together. */
import { describe, expect, it } from 'vitest';
import type { PositionMode } from '../../../domain/terms.ts';
import { booksOf, legsOf, marketEntry, placed, stopLoss, takeProfit, type Bench } from './bench.ts';
import { proves } from './cards.ts';

export function describeIds(bench: Bench, mode: PositionMode): void {
  const [sides] = legsOf(mode);
  if (!sides) return;
  describe('ids and batches', () => {
    it('never takes the client id of a filled order again', proves('idForEver'), async (context) => {
      context.skip(
        bench.exchange.capabilities.clientIdUniqueness !== 'always',
        'client ids are unique among open orders only: before an order is sent again, no execution may be unexplained',
      );
      const request = marketEntry(bench, sides);
      await placed(bench, request);
      expect(await bench.exchange.placeOrder(request)).toMatchObject({ outcome: 'unknown' });
      expect((await booksOf(bench)).positions).toMatchObject([{ quantity: '0.05' }]);
    });

    it('finds a stop by its client id alone', proves('conditionalId'), async (context) => {
      context.skip(
        !bench.exchange.capabilities.conditionalClientIds,
        'it keeps no client ids on conditional orders: they are matched by leg, side, kind, price and quantity',
      );
      await placed(bench, marketEntry(bench, sides));
      const stop = stopLoss(bench, sides);
      const orderId = await placed(bench, stop);
      const { symbol } = bench;
      const sinceMs = Date.now() - 60_000;
      expect(
        await bench.exchange.findOrder({ symbol, clientOrderId: stop.clientOrderId, sinceMs }),
      ).toMatchObject({ found: 'one', order: { orderId, kind: 'stop_market' } });
    });

    it(
      'sends stop and target of one moment in one request, if told to',
      proves('batches'),
      async (context) => {
        const { exchange, stop: close } = await bench.open(bench.account, { batches: true });
        try {
          context.skip(!exchange.capabilities.orderBatches, 'its only batch takes no conditional orders');
          await placed(bench, marketEntry(bench, sides));
          const before = await bench.control.requests({ account: bench.account });
          const outcomes = await Promise.all(
            [stopLoss(bench, sides), takeProfit(bench, sides)].map((order) => exchange.placeOrder(order)),
          );
          expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
          const sent = await bench.control.requests({
            account: bench.account,
            method: 'POST',
            sinceSeq: before.at(-1)?.seq ?? 0,
          });
          expect(sent).toHaveLength(1);
        } finally {
          await close();
        }
      },
    );
  });
}
