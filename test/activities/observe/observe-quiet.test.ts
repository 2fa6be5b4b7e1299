/** Quiet means quiet: what does not change costs one set of reads, and nobody hears of it. */
import { expect, it } from 'vitest';
import type { ProtectionView } from '../../../domain/view.ts';
import { aPosition, anOrder } from '../../support/fake-exchange.ts';
import { startWatching } from './bench.ts';

type Doubt = { entryPrice?: string; drift?: boolean; orderId?: string };

const COUNT = 1_000;
const MINUTE_MS = 60_000;

/** A thousand positions, each with its stop and its target, as both sides know them. */
function thousand() {
  const symbols = Array.from({ length: COUNT }, (_, i) => `S${i}/USDT:USDT`);
  const positions = symbols.map((symbol, i) => aPosition({ symbol, exchangePositionId: `p${i}` }));
  const orders = symbols.flatMap((symbol) => [
    anOrder({ symbol, orderId: `${symbol} stop` }),
    anOrder({ symbol, orderId: `${symbol} target`, kind: 'take_profit_market', triggerPrice: '51000' }),
  ]);
  const live = (orderId: string, price: string): ProtectionView => ({ price, orderId, state: 'live' });
  const rows = symbols.map((symbol, i) => ({
    symbol,
    leg: 'long' as const,
    epoch: `e${i}`,
    exchangePositionId: `p${i}`,
    quantity: '0.05',
    tranches: [
      {
        id: 't1',
        quantity: '0.05',
        stopLoss: live(`${symbol} stop`, '49000.5'),
        takeProfit: live(`${symbol} target`, '51000'),
      },
    ],
  }));
  return { positions, orders, rows };
}

it('a thousand positions without a difference: one set of reads a period, no signal, no balance', async () => {
  const { positions, orders, rows } = thousand();
  const { exchange, journal, told, unmanaged, observer, pass } = startWatching(
    (bench) => {
      bench.exchange.say({ positions, orders });
      bench.journal.rows = rows;
    },
    { followPrices: false },
  );
  await pass(2 * MINUTE_MS);
  expect(told, 'each is told once after a start').toHaveLength(COUNT);
  const { snapshot, balance } = exchange.calls;
  const [readings, balances, written] = [snapshot.length, balance.length, journal.worth.length];
  await pass(2 * MINUTE_MS);
  expect(exchange.calls.snapshot).toHaveLength(readings + 24);
  expect([told.length, unmanaged, exchange.calls.balance.length, journal.worth.length]).toEqual([
    COUNT,
    [],
    balances,
    written,
  ]);
  expect(observer.health()).toMatchObject({ agreement: { state: 'in_agreement', count: 0 }, errors: 0 });
});

it('one of a thousand that changed is the only one that is told', async () => {
  const { positions, orders, rows } = thousand();
  const { exchange, told, pass } = startWatching((bench) => {
    bench.exchange.say({ positions, orders });
    bench.journal.rows = rows;
  });
  await pass(2 * MINUTE_MS);
  const changed = aPosition({ symbol: 'S7/USDT:USDT', exchangePositionId: 'p7', quantity: '0.04' });
  exchange.say({
    positions: positions.map((one) => (one.symbol === changed.symbol ? changed : one)),
    orders,
  });
  await pass(MINUTE_MS);
  expect(told.slice(COUNT).map(({ leg }) => leg)).toEqual(['S7/USDT:USDT long']);
});

it('after a start the one of a thousand that differs is told before all that agree', async () => {
  const { positions, orders, rows } = thousand();
  const { told, pass } = startWatching((bench) => {
    bench.exchange.say({
      positions: positions.map((one) =>
        one.symbol === 'S999/USDT:USDT' ? { ...one, quantity: '0.04' } : one,
      ),
      orders,
    });
    bench.journal.rows = rows;
  });
  await pass(100);
  expect(told.map(({ leg }) => leg)).toContain('S999/USDT:USDT long');
  expect(told.length, 'the others follow slowly').toBeLessThan(10);
});

it.each([
  ['another average entry', { entryPrice: '50001' }],
  ['a position that drifts', { drift: true }],
  ['a stop that the exchange does not show', { orderId: 'gone' }],
])('after a start %s does not wait', async (_, { entryPrice, drift, orderId }: Doubt) => {
  const { positions, orders, rows } = thousand();
  const { told, pass } = startWatching((bench) => {
    bench.exchange.say({ positions, orders });
    bench.journal.rows = rows.map((row) => {
      if (row.symbol !== 'S999/USDT:USDT') return row;
      const [tranche] = row.tranches;
      if (orderId !== undefined && tranche) tranche.stopLoss.orderId = orderId;
      return {
        ...row,
        ...(entryPrice !== undefined && { entryPrice }),
        ...(drift !== undefined && { drift }),
      };
    });
  });
  await pass(100);
  expect(told.map(({ leg }) => leg)).toContain('S999/USDT:USDT long');
  expect(told.length).toBeLessThan(10);
});

it('after a start an order that a row does not know of does not wait', async () => {
  const { positions, orders, rows } = thousand();
  const { told, pass } = startWatching((bench) => {
    bench.exchange.say({
      positions,
      orders: [...orders, anOrder({ symbol: 'S999/USDT:USDT', orderId: 'other' })],
    });
    bench.journal.rows = rows;
  });
  await pass(100);
  expect(told.map(({ leg }) => leg)).toContain('S999/USDT:USDT long');
});
