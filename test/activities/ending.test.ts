/** What a look-up and a cancel read besides, where they learn that a position is over. */
import { expect, it } from 'vitest';
import { createExchangeActivities } from '../../activities/exchange.ts';
import type { EndInput } from '../../activities/api.ts';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { closedPosition, fill, orderOf, snapshot } from '../support/builders.ts';
import { emptyJournal } from '../support/empty-journal.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const clock = { now: () => 1_000_000 };
const REQUEST = {
  clientOrderId: 'c2',
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  side: 'sell',
  kind: 'take_profit_market',
  triggerPrice: '110000',
  reduceOnly: true,
  quantity: '0.05',
} as const;
const TARGET = orderOf(REQUEST, '7', { status: 'filled', filledQuantity: '0.05' });
const STOP = orderOf({ ...REQUEST, kind: 'stop_market' }, '8', { status: 'cancelled' });
const ENDING: EndInput = { leg: 'net', sinceMs: 0, exchangePositionId: null, orderIds: ['8'] };

function activities(orders: readonly ExchangeOrder[], change: Partial<Exchange> = {}) {
  const fake = createFakeExchange({ account: 'a', clock });
  const exchange: Exchange = {
    ...fake,
    capabilities: { ...fake.capabilities, positionHistory: true },
    findOrder: async ({ orderId }) => {
      const order = orders.find((each) => each.orderId === orderId);
      return order ? { found: 'one', order, askedAtMs: 1_000 } : { found: 'none', askedAtMs: 1_000 };
    },
    cancelOrder: async () => ({ outcome: 'cancelled', answeredAtMs: 1_000 }),
    legSnapshot: async () => snapshot(1_001, { orders: [] }),
    closedPositions: async () => [closedPosition()],
    fills: async () => [fill({ fillId: 'f1', atMs: 900 })],
    ...change,
  };
  return createExchangeActivities({
    accounts: new Map([['a', { exchange, positionMode: 'one-way' as const, leverage: null }]]),
    latestSnapshot: () => undefined,
    journal: emptyJournal(),
    clock,
  });
}

const find = (orders: readonly ExchangeOrder[], change: Partial<Exchange> = {}) =>
  activities(orders, change).findOrder({
    account: 'a',
    symbol: REQUEST.symbol,
    leg: 'net',
    orderId: '7',
    request: REQUEST,
    excludeOrderIds: [],
    sinceMs: null,
    ending: ENDING,
  });

it('a target that filled brings its end along', async () => {
  const { ending } = await find([TARGET, STOP]);
  expect(ending).toMatchObject({
    orders: [{ orderId: '8', status: 'cancelled' }],
    snapshot: { complete: true },
    figures: { closed: [closedPosition()], fills: [{ fillId: 'f1' }] },
  });
});

it('one that rests brings nothing but itself', async () => {
  expect(await find([{ ...TARGET, status: 'open' }, STOP])).not.toHaveProperty('ending');
});

it('the order itself comes without what is as it was sent', async () => {
  const report = await find([{ ...TARGET, quantity: '0.04' }, STOP]);
  expect(report).toMatchObject({ found: 'one', order: { orderId: '7', quantity: '0.04' } });
  expect(report).not.toHaveProperty('order.symbol');
});

it.each<[string, readonly ExchangeOrder[], Partial<Exchange>]>([
  ['another order rests', [TARGET, { ...STOP, status: 'open' }], {}],
  ['another order is not found', [TARGET], {}],
  ['the leg cannot be read', [TARGET, STOP], { legSnapshot: () => Promise.reject(new Error('no')) }],
  ['the figures cannot be read', [TARGET, STOP], { closedPositions: () => Promise.reject(new Error('no')) }],
])('the answer stands without an end where %s', async (_, orders, change) => {
  const report = await find(orders, change);
  expect(report).toMatchObject({ found: 'one', order: { status: 'filled' } });
  expect(report).not.toHaveProperty('ending');
});

it('the cancel of the last order brings the end along, once that order is seen to be gone', async () => {
  const cancel = (status: ExchangeOrder['status']) =>
    activities([{ ...STOP, status }]).cancelOrder({
      account: 'a',
      symbol: REQUEST.symbol,
      orderId: '8',
      role: 'stop',
      ending: { ...ENDING, orderIds: [] },
    });
  expect(await cancel('cancelled')).toMatchObject({ ending: { orders: [], snapshot: { complete: true } } });
  expect(await cancel('open')).not.toHaveProperty('ending');
});
