/** What Binance does differently, seen on the venue's books: the reasons for which its gateway is as it is. */
import { describe, expect, it } from 'vitest';
import { sum } from '../../domain/decimal.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import {
  booksOf,
  legsOf,
  marketClose,
  marketEntry,
  placed,
  plan,
  restingEntry,
  stopLoss,
  takeProfit,
  withBench,
} from './conformance/bench.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

describe.each(['one-way', 'hedge'] as const)('Binance in %s mode, on the venue', (mode) => {
  const bench = withBench({ name: 'binance', mode, start: () => startVenueUnderTest('binance', mode) });
  const [sides, other] = legsOf(mode);
  if (!sides || !other) return;

  it('trap: takes the client id of a filled order again, and executes twice', async () => {
    const request = marketEntry(bench, sides);
    await placed(bench, request);
    await placed(bench, request);
    expect((await booksOf(bench)).positions).toMatchObject([{ quantity: '0.1' }]);
  });

  it('trap: so a placement without an answer is found by its client id although it is filled, and never said to be none', async () => {
    const request = marketEntry(bench, sides);
    await plan(bench, 'place', { kind: 'cut-after' });
    const outcome = await bench.exchange.placeOrder(request);
    expect(outcome.outcome).toBe('unknown');
    const { clientOrderId } = request;
    const found = await bench.exchange.findOrder({
      symbol: bench.symbol,
      clientOrderId,
      shape: request,
      sinceMs: outcome.sentAtMs,
    });
    expect(found).toMatchObject({ found: 'one', order: { status: 'filled', filledQuantity: '0.05' } });
  });

  it('refuses a client id that is open, orders and stops apart', async () => {
    await placed(bench, marketEntry(bench, sides));
    const stop = stopLoss(bench, sides);
    await placed(bench, stop);
    expect(await bench.exchange.placeOrder(stop)).toMatchObject({ outcome: 'unknown' });
    expect(
      await bench.exchange.findOrder({
        symbol: bench.symbol,
        clientOrderId: stop.clientOrderId,
        shape: stop,
      }),
    ).toMatchObject({
      found: 'one',
      order: { kind: 'stop_market', status: 'open' },
    });
  });

  it('trap: a triggered stop fills under another number; lookup, fills and history are of the stop', async () => {
    const entryId = await placed(bench, marketEntry(bench, sides));
    const [stop, target] = [stopLoss(bench, sides), takeProfit(bench, sides)];
    const [stopId] = [await placed(bench, stop), await placed(bench, target)];
    await bench.control.setPrice({ symbol: bench.marketId, last: sides.open === 'buy' ? '48900' : '51100' });
    const sinceMs = Date.now() - 60_000;
    const byClientId = { symbol: bench.symbol, clientOrderId: stop.clientOrderId, sinceMs };
    expect(await bench.exchange.findOrder(byClientId)).toMatchObject({
      found: 'one',
      order: { orderId: stopId, status: 'filled', filledQuantity: '0.05', averagePrice: expect.any(String) },
    });
    const fills = await bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs });
    expect(fills.at(-1)).toMatchObject({ orderId: stopId });
    const [row, ...others] = await bench.exchange.closedPositions({ symbol: bench.symbol, sinceMs });
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      leg: sides.leg,
      quantity: '0.05',
      whole: true,
      orderIds: [entryId, stopId],
    });
  });

  it('a storm of reads is never refused by Binance, and orders, stops and cancels go on', async () => {
    if (mode === 'hedge') return;
    await placed(bench, marketEntry(bench, sides));
    const storm = Array.from({ length: 500 }, () =>
      bench.exchange.balance().catch((fault: unknown) => fault),
    );
    const stopId = await placed(bench, stopLoss(bench, sides));
    const orderId = await placed(bench, restingEntry(bench, sides));
    for (const id of [stopId, orderId])
      expect(await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId: id })).toMatchObject({
        outcome: 'cancelled',
      });
    const faults = (await Promise.all(storm)).filter((answer) => answer instanceof ExchangeFault);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['rate_limited']));
    const requests = await bench.control.requests({ account: bench.account });
    expect(requests.filter(({ code }) => code !== 0)).toEqual([]);
  });

  it('tells two lives of a leg as two rows', async () => {
    for (const _life of [1, 2]) {
      await placed(bench, marketEntry(bench, sides));
      await placed(bench, marketClose(bench, sides));
    }
    const rows = await bench.exchange.closedPositions({ symbol: bench.symbol, sinceMs: Date.now() - 60_000 });
    expect(rows).toHaveLength(2);
    expect(sum(rows.map(({ quantity }) => quantity))).toBe('0.1');
  });

  it('cancels a stop and an order each at its own service', async () => {
    await placed(bench, marketEntry(bench, sides));
    const [stopId, orderId] = [
      await placed(bench, stopLoss(bench, sides)),
      await placed(bench, restingEntry(bench, sides)),
    ];
    for (const id of [stopId, orderId])
      expect(await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId: id })).toMatchObject({
        outcome: 'cancelled',
      });
    expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId: stopId })).toMatchObject({
      order: { status: 'cancelled' },
    });
    expect((await bench.exchange.snapshot()).orders).toEqual([]);
  });

  it('shows positions made by hand, and flips of a one-way position as two rows', async () => {
    if (mode === 'hedge') return;
    await placed(bench, marketEntry(bench, sides));
    await placed(bench, { ...marketEntry(bench, other), quantity: '0.08' });
    expect((await bench.exchange.snapshot()).positions).toMatchObject([{ side: 'short', quantity: '0.03' }]);
    await placed(bench, marketClose(bench, other, '0.03'));
    const rows = await bench.exchange.closedPositions({ symbol: bench.symbol, sinceMs: Date.now() - 60_000 });
    expect(rows).toMatchObject([
      { side: 'long', quantity: '0.05' },
      { side: 'short', quantity: '0.03' },
    ]);
  });
});
