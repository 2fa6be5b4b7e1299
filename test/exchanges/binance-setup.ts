/** A Binance gateway in front of a scripted server, for one test at a time; rows and routes that tests vary. */
import { startStub, type Stub, type StubAnswer, type StubRequest } from './stub-server.ts';
import { stubSetup } from './stub-setup.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const PLACE = 'POST /fapi/v1/order';
export const PLACE_ALGO = 'POST /fapi/v1/algoOrder';
export const CANCEL = 'DELETE /fapi/v1/order';
export const CANCEL_ALGO = 'DELETE /fapi/v1/algoOrder';
export const ORDER = 'GET /fapi/v1/order';
export const ALGO = 'GET /fapi/v1/algoOrder';
export const OPEN = 'GET /fapi/v1/openOrders';
export const OPEN_ALGO = 'GET /fapi/v1/openAlgoOrders';
export const ALL = 'GET /fapi/v1/allOrders';
export const ALL_ALGO = 'GET /fapi/v1/allAlgoOrders';
export const POSITIONS = 'GET /fapi/v3/positionRisk';
export const TRADES = 'GET /fapi/v1/userTrades';
export const INCOME = 'GET /fapi/v1/income';
export const FORCED = 'GET /fapi/v1/forceOrders';
export const MARK = 'GET /fapi/v1/premiumIndex';

/** Binance answers bare, and refuses with a code below zero and HTTP 400. */
export const ok = (body: unknown): StubAnswer => ({ kind: 'json', body });
export const refused = (code: number, msg = '', status = 400): StubAnswer => ({
  kind: 'json',
  body: { code, msg },
  status,
});

export const NO_SUCH_ORDER = refused(-2013, 'Order does not exist.');

export const BTC_MARKET = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4_133_404_800_000,
  onboardDate: 1_569_398_400_000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  // No steps, whatever they look like.
  pricePrecision: 2,
  quantityPrecision: 3,
  filters: [
    { filterType: 'PRICE_FILTER', tickSize: '0.10', minPrice: '556.80', maxPrice: '4529764' },
    { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' },
    { filterType: 'MARKET_LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '120' },
    { filterType: 'MIN_NOTIONAL', notional: '50' },
    { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
  ],
};

/** A stub that knows one market and an account in one-way mode without positions or orders. */
export async function startBinanceStub(): Promise<Stub> {
  const stub = await startStub();
  stub.on('GET /fapi/v1/time', () => ok({ serverTime: Date.now() }));
  stub.on('GET /fapi/v1/exchangeInfo', ok({ symbols: [BTC_MARKET] }));
  stub.on('GET /fapi/v1/positionSide/dual', ok({ dualSidePosition: false }));
  stub.on('GET /fapi/v1/ticker/price', ok({ symbol: 'BTCUSDT', price: '50000.00' }));
  stub.on(MARK, ok({ symbol: 'BTCUSDT', markPrice: '50000.00000000' }));
  for (const list of [OPEN, OPEN_ALGO, ALL, ALL_ALGO, POSITIONS, TRADES, INCOME, FORCED])
    stub.on(list, ok([]));
  for (const one of [ORDER, ALGO]) stub.on(one, NO_SUCH_ORDER);
  return stub;
}

export const { connect, withStub } = stubSetup('binance', startBinanceStub);

export const orderRow = {
  symbol: 'BTCUSDT',
  orderId: 8_886_774,
  clientOrderId: 'hfe1n1',
  status: 'NEW',
  type: 'LIMIT',
  origType: 'LIMIT',
  side: 'BUY',
  positionSide: 'BOTH',
  price: '49000.00',
  avgPrice: '0.00000',
  origQty: '0.050',
  executedQty: '0.000',
  reduceOnly: false,
  closePosition: false,
  stopPrice: '0',
  workingType: 'CONTRACT_PRICE',
  time: Date.now(),
  updateTime: Date.now(),
};

export const algoRow = {
  algoId: 2_146_760,
  clientAlgoId: 'hfe1n2',
  algoType: 'CONDITIONAL',
  orderType: 'STOP_MARKET',
  symbol: 'BTCUSDT',
  side: 'SELL',
  positionSide: 'BOTH',
  quantity: '0.050',
  algoStatus: 'NEW',
  actualOrderId: '',
  triggerPrice: '49000.50',
  price: '0.00',
  workingType: 'CONTRACT_PRICE',
  closePosition: false,
  reduceOnly: true,
  createTime: Date.now(),
  updateTime: Date.now(),
  triggerTime: 0,
};

/** The order that carries `algoRow` out, under a number of its own and the client id of the algo order. */
export const childRow = {
  ...orderRow,
  orderId: 8_886_999,
  clientOrderId: 'hfe1n2',
  status: 'FILLED',
  type: 'MARKET',
  origType: 'MARKET',
  side: 'SELL',
  price: '0',
  avgPrice: '48990.40000',
  executedQty: '0.050',
  reduceOnly: true,
};

export const positionRow = {
  symbol: 'BTCUSDT',
  positionSide: 'BOTH',
  positionAmt: '0.050',
  entryPrice: '50000.5',
  markPrice: '50010.00000000',
  unRealizedProfit: '0.47500000',
  liquidationPrice: '0',
  marginAsset: 'USDT',
  updateTime: Date.now(),
};

export const tradeRow = {
  symbol: 'BTCUSDT',
  id: 698_759,
  orderId: orderRow.orderId,
  side: 'BUY',
  positionSide: 'BOTH',
  price: '50000.00',
  qty: '0.050',
  commission: '1.25000000',
  commissionAsset: 'USDT',
  realizedPnl: '0',
  time: Date.now(),
};

export const NOW = Date.now();
export const bought = { ...tradeRow, id: 1, time: NOW - HOUR_MS };
/** By the order that carries `algoRow` out. */
export const sold = {
  ...tradeRow,
  id: 2,
  orderId: childRow.orderId,
  side: 'SELL',
  price: '50500.00',
  commission: '1.26250000',
  realizedPnl: '25.00000000',
  time: NOW - HOUR_MS / 2,
};

/** Answers executions as Binance does: of the window that was asked for, or from an id on. */
export const listing =
  (rows: readonly ({ id: number; time: number } & Record<string, unknown>)[]) =>
  ({ params }: StubRequest) =>
    ok(
      rows
        .filter(({ id }) => id >= Number(params['fromId'] ?? 0))
        .filter(({ time }) => time >= Number(params['startTime'] ?? 0))
        .filter(({ time }) => time <= Number(params['endTime'] ?? Infinity))
        .slice(0, Number(params['limit'])),
    );
