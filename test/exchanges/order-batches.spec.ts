/** Protective orders that are placed at the same moment leave in one request, and each gets its own outcome. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { startVenue, type Venue } from '../../venue/venue.ts';

const BATCH = { method: 'POST', path: '/openApi/swap/v2/trade/batchOrders' } as const;
const BTC = 'BTC/USDT:USDT';
const KEYS = { apiKey: 'key', secret: 'secret' };
const TIMEOUTS = { httpMs: 800 };

let data: string;
let venue: Venue;
let exchange: Exchange;
let orders = 0;

const order = (change: Partial<OrderRequest>): OrderRequest => ({
  clientOrderId: `hfbatch${(orders += 1)}`,
  symbol: BTC,
  leg: 'net',
  side: 'sell',
  kind: 'stop_market',
  quantity: '0.05',
  triggerPrice: '49000',
  workingType: 'CONTRACT_PRICE',
  reduceOnly: true,
  ...change,
});
const stop = (change: Partial<OrderRequest> = {}) => order(change);
const target = (change: Partial<OrderRequest> = {}) =>
  order({ kind: 'take_profit_market', triggerPrice: '52000', ...change });
const place = (...requests: OrderRequest[]) =>
  Promise.all(requests.map((request) => exchange.placeOrder(request)));
const connect = (account: string, batches: boolean) =>
  createExchange({
    ...{ account, exchange: 'bingx', mode: 'paper', endpoint: venue.url, timeouts: TIMEOUTS, batches },
    apiKey: `${KEYS.apiKey} ${account}`,
    secret: KEYS.secret,
  });

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'holdfast-batches-'));
  venue = await startVenue({
    data,
    feed: 'still',
    symbols: [],
    markets: [{ symbol: 'BTC-USDT', price: '50000', tickSize: '0.1', lotSize: '0.0001' }],
    settings: { positionLagMs: 0, slippageBps: 0 },
  });
});
afterAll(async () => {
  await venue.stop();
  await rm(data, { recursive: true, force: true });
});

let accounts = 0;
let account: string;
beforeEach(async () => {
  account = `batches${(accounts += 1)}`;
  await venue.control.createAccount({
    name: account,
    apiKey: `${KEYS.apiKey} ${account}`,
    secret: KEYS.secret,
  });
  exchange = await connect(account, true);
  await exchange.placeOrder(order({ side: 'buy', kind: 'market', reduceOnly: false }));
  return () => exchange.close();
});

const requests = async () => {
  const sent = await venue.control.requests({ account, method: 'POST', pathContains: '/trade/' });
  return sent.map(({ path }) => path.split('/').at(-1));
};

describe('stop and target of one moment', () => {
  it('leave in one request and rest under the ids that were answered', async () => {
    const outcomes = await place(stop(), target());
    expect(outcomes).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect(await requests()).toEqual(['order', 'batchOrders']);
    const { orders: resting } = await exchange.legSnapshot({ symbol: BTC, leg: 'net' });
    const kinds = new Map(resting.map(({ orderId, kind }) => [orderId, kind]));
    expect(outcomes.map((outcome) => 'orderId' in outcome && kinds.get(outcome.orderId))).toEqual([
      'stop_market',
      'take_profit_market',
    ]);
  });

  it('have outcomes of their own: one may be refused', async () => {
    const outcomes = await place(stop({ triggerPrice: '51000' }), target());
    expect(outcomes).toMatchObject([{ outcome: 'refused', kind: 'would_trigger' }, { outcome: 'accepted' }]);
  });

  it('are unknown together when the answer is lost, and both are found', async () => {
    await venue.control.planFault({ kind: 'cut-after', match: { ...BATCH, account }, count: 1 });
    const [first, second] = [stop(), target()];
    expect(await place(first, second)).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
    const found = await Promise.all(
      [first, second].map((shape) => exchange.findOrder({ symbol: BTC, shape })),
    );
    expect(found).toMatchObject([{ found: 'one' }, { found: 'one' }]);
  });

  it('are unknown when the exchange refuses the request for one of them', async () => {
    const coded = { kind: 'code', params: { code: 110422, msg: 'too small' }, count: 1 } as const;
    await venue.control.planFault({ ...coded, match: { ...BATCH, account } });
    expect(await place(stop(), target())).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
  });

  it('are surely not taken when it says that there are too many requests', async () => {
    const coded = { kind: 'code', params: { code: 100410, msg: 'rate limit' }, count: 1 } as const;
    await venue.control.planFault({ ...coded, match: { ...BATCH, account } });
    const refused = { outcome: 'refused', kind: 'rate_limited' };
    expect(await place(stop(), target())).toMatchObject([refused, refused]);
  });
});

it('one order alone is sent as one', async () => {
  expect(await place(stop())).toMatchObject([{ outcome: 'accepted' }]);
  expect(await requests()).toEqual(['order', 'order']);
});

it('what breaks a rule of the market never joins a request', async () => {
  const outcomes = await place(stop({ triggerPrice: '49000.01' }), target());
  expect(outcomes).toMatchObject([{ outcome: 'refused', kind: 'rule' }, { outcome: 'accepted' }]);
  expect(await requests()).toEqual(['order', 'order']);
});

it('an account that wants no batches sends none', async () => {
  const plain = await connect(account, false);
  expect(plain.capabilities.orderBatches).toBe(false);
  await Promise.all([plain.placeOrder(stop()), plain.placeOrder(target())]);
  await plain.close();
  expect(await requests()).toEqual(['order', 'order', 'order']);
});
