/** What goes through a gateway is counted and timed, and stays as it is. */
import { describe, expect, it, vi } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../../domain/exchange-truth.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { measuredExchange } from '../../../worker/metrics/measured-exchange.ts';
import { createFakeExchange } from '../../support/fake-exchange.ts';
import { createCounted } from './counted.ts';

const STAMPS = { sentAtMs: 1, answeredAtMs: 2 };
const ACCEPTED: PlaceOutcome = { outcome: 'accepted', orderId: '1', ...STAMPS };
const REFUSED: PlaceOutcome = { outcome: 'refused', kind: 'rule', reason: 'too small', ...STAMPS };
const UNKNOWN: PlaceOutcome = { outcome: 'unknown', reason: 'timeout', ...STAMPS };

const order = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  clientOrderId: 'x',
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  side: 'buy',
  kind: 'market',
  quantity: '1',
  reduceOnly: false,
  ...change,
});

function measured(change: Partial<Exchange> = {}) {
  const counted = createCounted();
  const closed = vi.fn<(workflowId: string) => void>();
  const gateway = { ...createFakeExchange({ account: 'a', clock: { now: () => 0 } }), ...change };
  let nowMs = 0;
  // Every look at the clock is a quarter of a second later.
  const now = () => (nowMs += 250);
  return {
    ...counted,
    closed,
    exchange: measuredExchange(gateway, counted.meters, { closed, crossed: () => undefined }, now),
  };
}

describe('orders', () => {
  it.each<[string, Partial<OrderRequest>, PlaceOutcome, string]>([
    ['an entry', {}, ACCEPTED, 'entry accepted'],
    ['a limit entry', { kind: 'limit' }, REFUSED, 'entry refused'],
    ['a stop', { kind: 'stop_market', reduceOnly: true }, ACCEPTED, 'stop accepted'],
    ['a target', { kind: 'take_profit_market', reduceOnly: true }, UNKNOWN, 'target unknown'],
    ['a close', { reduceOnly: true }, ACCEPTED, 'close accepted'],
    ['a limit close', { kind: 'limit', reduceOnly: true }, ACCEPTED, 'close accepted'],
  ])('%s counts under its role and outcome', async (_, change, outcome, series) => {
    const { exchange, counts } = measured({ placeOrder: async () => outcome });
    expect(await exchange.placeOrder(order(change))).toBe(outcome);
    expect([...counts]).toEqual([[`holdfast_orders_total a ${series}`, 1]]);
  });

  it('that close end what a tick began, by the id of their position', async () => {
    const { exchange, closed } = measured({ placeOrder: async () => ACCEPTED });
    await exchange.placeOrder(order());
    await exchange.placeOrder(order({ kind: 'stop_market', reduceOnly: true }));
    expect(closed).not.toHaveBeenCalled();
    await exchange.placeOrder(order({ reduceOnly: true }));
    expect(closed.mock.calls).toEqual([['position/a/BTC/USDT:USDT/net']]);
  });

  it('that are cancelled count by outcome', async () => {
    const { exchange, counts } = measured({
      cancelOrder: async () => ({ outcome: 'gone', reason: 'no such order', answeredAtMs: 1 }),
    });
    await exchange.cancelOrder({ symbol: 'BTC/USDT:USDT', orderId: '1' }, { priority: 'stop' });
    expect([...counts]).toEqual([['holdfast_cancels_total a gone', 1]]);
  });
});

describe('calls', () => {
  it('are timed by exchange, call and result, and answer as they did', async () => {
    const { exchange, times } = measured({ symbols: async () => ['BTC/USDT:USDT'] });
    expect(await exchange.symbols()).toEqual(['BTC/USDT:USDT']);
    expect(times).toEqual([['holdfast_exchange_call_seconds bingx symbols ok', 0.25]]);
  });

  it('that fail are timed as such, and fail as they did', async () => {
    const fault = new Error('down');
    const { exchange, times } = measured({ snapshot: () => Promise.reject(fault) });
    await expect(exchange.snapshot()).rejects.toBe(fault);
    expect(times).toEqual([['holdfast_exchange_call_seconds bingx snapshot failed', 0.25]]);
  });

  it('without a definite answer count as failed', async () => {
    const { exchange, times } = measured({ placeOrder: async () => UNKNOWN });
    await exchange.placeOrder(order());
    expect(times).toEqual([['holdfast_exchange_call_seconds bingx placeOrder failed', 0.25]]);
  });

  it('that bring a reading which is not whole count as failed', async () => {
    const gateway = createFakeExchange({ account: 'a', clock: { now: () => 0 } });
    gateway.say({ complete: false, problems: ['no orders'] });
    const { exchange, times } = measured(gateway);
    expect(await exchange.snapshot()).toMatchObject({ complete: false, problems: ['no orders'] });
    expect(times).toEqual([['holdfast_exchange_call_seconds bingx snapshot failed', 0.25]]);
  });

  it('that the exchange does not offer stay absent', () => {
    const { priceRange: _, ...without } = createFakeExchange({ account: 'a', clock: { now: () => 0 } });
    const exchange = measuredExchange(without, createCounted().meters, {
      crossed: () => undefined,
      closed: () => undefined,
    });
    expect('priceRange' in exchange).toBe(false);
  });

  it('are all measured but those that keep a stream or end it', () => {
    const gateway = createFakeExchange({ account: 'a', clock: { now: () => 0 } });
    const { exchange } = measured(gateway);
    const plain = Object.entries(gateway)
      .filter(([name, value]) => typeof value === 'function' && exchange[name as keyof Exchange] === value)
      .map(([name]) => name);
    expect(plain.toSorted()).toEqual(['close', 'hint', 'say', 'streamAccount', 'streamPrices', 'tick']);
  });
});
