/** A Bybit gateway in front of a scripted server, for one test at a time. */
import { startStub, type Stub, type StubAnswer } from './stub-server.ts';
import { sentTo, stubSetup, type Setup } from './stub-setup.ts';

export const ETH = 'ETH/USDT:USDT';

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

async function startBybitStub(): Promise<Stub> {
  const stub = await startStub();
  stub.on('GET /v5/market/time', () => ok({ timeSecond: '1', timeNano: '1' }));
  stub.on('GET /v5/market/instruments-info', INSTRUMENTS);
  stub.on(POSITIONS, ONE_WAY);
  for (const empty of [LIVE, PAST, EXECUTIONS, CLOSED]) stub.on(empty, list([]));
  return stub;
}

export const { connect: connectBybit, withStub: withBybitStub } = stubSetup('bybit', startBybitStub);

/** The JSON bodies of a route's requests. */
export const bodiesOf = (setup: Setup, route: string): Record<string, unknown>[] =>
  // Bybit's bodies are objects; a test that meets another one fails on its fields.
  sentTo(setup, route).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

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
