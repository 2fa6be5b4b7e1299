/** A Bybit gateway in front of a scripted server, for one test at a time. */
import { afterEach, beforeEach } from 'vitest';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { ExchangeConnection } from '../../exchanges/connection.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { startStub, type Stub, type StubAnswer, type StubRequest } from './stub-server.ts';

export const BTC = 'BTC/USDT:USDT';
export const ETH = 'ETH/USDT:USDT';
/** Short, as tests wait for it; long enough for a busy machine to answer. */
export const HTTP_MS = 1_000;

export const PLACE = 'POST /v5/order/create';
export const CANCEL = 'POST /v5/order/cancel';
export const LIVE = 'GET /v5/order/realtime';
export const PAST = 'GET /v5/order/history';
export const POSITIONS = 'GET /v5/position/list';
export const EXECUTIONS = 'GET /v5/execution/list';
export const CLOSED = 'GET /v5/position/closed-pnl';
export const WALLET = 'GET /v5/account/wallet-balance';
export const KEY = 'GET /v5/user/query-api';
export const LEVERAGE = 'POST /v5/position/set-leverage';

export const ok = (result: unknown, headers: Record<string, string> = {}): StubAnswer => ({
  kind: 'json',
  body: { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: Date.now() },
  headers,
});
export const list = (rows: readonly unknown[], nextPageCursor = ''): StubAnswer =>
  ok({ category: 'linear', list: rows, nextPageCursor });
export const coded = (retCode: number, retMsg: string, headers: Record<string, string> = {}): StubAnswer => ({
  kind: 'json',
  body: { retCode, retMsg, result: {}, retExtInfo: {}, time: Date.now() },
  headers,
});
export const page = (status: number, headers: Record<string, string> = {}): StubAnswer => ({
  kind: 'text',
  status,
  body: '<html>no</html>',
  headers,
});

export const flat = (positionIdx: number, symbol = 'BTCUSDT') => ({
  positionIdx,
  symbol,
  side: '',
  size: '0',
  avgPrice: '0',
  leverage: '10',
  createdTime: '1676538056258',
  openTime: 0,
  seq: -1,
});
export const ONE_WAY = list([flat(0)]);
export const HEDGE = list([flat(1), flat(2)]);

const instrument = (symbol: string, baseCoin: string) => ({
  symbol,
  contractType: 'LinearPerpetual',
  status: 'Trading',
  baseCoin,
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  priceFilter: { minPrice: '10', maxPrice: '199999.8', tickSize: '0.10' },
  lotSizeFilter: {
    maxOrderQty: '1190.000',
    minOrderQty: '0.001',
    qtyStep: '0.001',
    maxMktOrderQty: '119.000',
    minNotionalValue: '5',
  },
});
export const INSTRUMENTS = list([
  instrument('BTCUSDT', 'BTC'),
  instrument('ETHUSDT', 'ETH'),
  { ...instrument('BTCPERP', 'BTC'), quoteCoin: 'USDC', settleCoin: 'USDC' },
  { ...instrument('BTC-26DEC25', 'BTC'), contractType: 'LinearFutures' },
]);

export type Setup = { stub: Stub; exchange: Exchange };

async function startBybitStub(): Promise<Stub> {
  const stub = await startStub();
  stub.on('GET /v5/market/time', () => ok({ timeSecond: '1', timeNano: '1' }));
  stub.on('GET /v5/market/instruments-info', INSTRUMENTS);
  stub.on(POSITIONS, ONE_WAY);
  for (const empty of [LIVE, PAST, EXECUTIONS, CLOSED]) stub.on(empty, list([]));
  return stub;
}

/** Fills the returned object before each test and empties it after. */
export function withBybitStub(overrides: Partial<ExchangeConnection> = {}): Setup {
  // Filled before the first test reads it.
  const setup = {} as Setup;
  beforeEach(async () => {
    setup.stub = await startBybitStub();
    setup.exchange = await connectBybit(setup.stub, overrides);
  });
  afterEach(async () => {
    await setup.exchange.close();
    await setup.stub.close();
  });
  return setup;
}

export const connectBybit = (stub: Stub, overrides: Partial<ExchangeConnection> = {}): Promise<Exchange> =>
  createExchange({
    account: 'test',
    exchange: 'bybit',
    mode: 'paper',
    endpoint: stub.url,
    apiKey: 'test-api-key',
    secret: 'test-secret',
    timeouts: { httpMs: HTTP_MS, readWaitMs: 1_500, orderWaitMs: 1_000 },
    ...overrides,
  });

/** Requests of a route, oldest first. */
export const sentTo = ({ stub }: Setup, route: string): StubRequest[] =>
  stub.requests.filter(({ method, path }) => `${method} ${path}` === route);

/** The JSON bodies of a route's requests. */
export const bodiesOf = (setup: Setup, route: string): Record<string, unknown>[] =>
  // Bybit's bodies are objects; a test that meets another one fails on its fields.
  sentTo(setup, route).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

export const entry: OrderRequest = {
  clientOrderId: 'HFe1N1',
  symbol: BTC,
  leg: 'net',
  side: 'buy',
  kind: 'market',
  quantity: '0.05',
  reduceOnly: false,
};

export const stop: OrderRequest = {
  clientOrderId: 'hfe1n2',
  symbol: BTC,
  leg: 'net',
  side: 'sell',
  kind: 'stop_market',
  quantity: '0.05',
  triggerPrice: '49000.5',
  workingType: 'CONTRACT_PRICE',
  reduceOnly: true,
};

export const ORDER_ID = 'c6f055d9-7f21-4079-913d-e6523a9cfffa';

export const orderRow = {
  symbol: 'BTCUSDT',
  orderId: ORDER_ID,
  orderLinkId: 'hfe1n1',
  side: 'Buy',
  positionIdx: 0,
  orderType: 'Limit',
  orderStatus: 'New',
  stopOrderType: 'UNKNOWN',
  tpslMode: '',
  qty: '0.050',
  price: '50000.00',
  cumExecQty: '0.000',
  avgPrice: '',
  triggerPrice: '0.00',
  triggerBy: 'UNKNOWN',
  triggerDirection: 0,
  reduceOnly: false,
  closeOnTrigger: false,
  createdTime: '1700000000000',
  updatedTime: '1700000000001',
};

export const stopRow = {
  ...orderRow,
  orderLinkId: 'hfe1n2',
  side: 'Sell',
  orderType: 'Market',
  orderStatus: 'Untriggered',
  stopOrderType: 'Stop',
  price: '0',
  triggerPrice: '49000.50',
  triggerBy: 'LastPrice',
  triggerDirection: 2,
  reduceOnly: true,
  closeOnTrigger: true,
};
