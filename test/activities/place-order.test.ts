/** What a placement tells besides its answer: an order that may have filled at once is looked at, at once. */
import { expect, it } from 'vitest';
import { createExchangeActivities } from '../../activities/exchange.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { emptyJournal } from '../support/empty-journal.ts';
import { anOrder, createFakeExchange } from '../support/fake-exchange.ts';

const clock = { now: () => 1_000 };
const REQUEST = {
  clientOrderId: 'c1',
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  side: 'buy',
  reduceOnly: false,
  quantity: '1',
} as const;

function place(request: OrderRequest) {
  const order = anOrder({ orderId: '7' });
  const exchange: Exchange = {
    ...createFakeExchange({ account: 'a', clock }),
    placeOrder: async () => ({ outcome: 'accepted', orderId: '7', sentAtMs: 900, answeredAtMs: 1_000 }),
    findOrder: async () => ({ found: 'one', order, askedAtMs: 1_000 }),
  };
  const accounts = new Map([['a', { exchange, positionMode: 'one-way' as const, leverage: null }]]);
  const { placeOrder } = createExchangeActivities({
    accounts,
    latestSnapshot: () => undefined,
    journal: emptyJournal(),
    clock,
  });
  return { order, report: placeOrder({ account: 'a', request }) };
}

it.each([
  { ...REQUEST, kind: 'market' },
  { ...REQUEST, kind: 'limit', price: '100' },
] as const)('a $kind order comes with how it stands', async (request) => {
  const { order, report } = place(request);
  const { orderId, status, filledQuantity } = order;
  expect(await report).toMatchObject({
    outcome: 'accepted',
    orderId: '7',
    order: { orderId, status, filledQuantity },
  });
  expect(await report, 'its terms are known').not.toHaveProperty('order.symbol');
});

it('a stop only rests: it is not looked at', async () => {
  const request = { ...REQUEST, kind: 'stop_market', triggerPrice: '90', workingType: 'MARK_PRICE' } as const;
  expect(await place(request).report).not.toHaveProperty('order');
});
