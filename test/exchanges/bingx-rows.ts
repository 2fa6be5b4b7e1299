/** Rows and routes of BingX that tests vary. */
export const POSITIONS = 'GET /openApi/swap/v2/user/positions';
export const OPEN = 'GET /openApi/swap/v2/trade/openOrders';
export const ALL = 'GET /openApi/swap/v2/trade/allOrders';
export const ORDER = 'GET /openApi/swap/v2/trade/order';
export const FILLS = 'GET /openApi/swap/v2/trade/allFillOrders';
export const HISTORY = 'GET /openApi/swap/v1/trade/positionHistory';
export const MODE = 'GET /openApi/swap/v1/positionSide/dual';
export const HOUR_MS = 3_600_000;

export const positionRow = {
  positionId: '1792480725958881280',
  symbol: 'BTC-USDT',
  positionAmt: '0.0500',
  positionSide: 'LONG',
  avgPrice: '50000.5',
  markPrice: '50010',
  liquidationPrice: '0',
  unrealizedProfit: '0.475',
  leverage: 5,
  onlyOnePosition: true,
};
export const orderRow = {
  symbol: 'BTC-USDT',
  orderId: '1792481956836519936',
  side: 'SELL',
  positionSide: 'BOTH',
  type: 'STOP_MARKET',
  origQty: '0.05',
  price: '0',
  executedQty: '0.0',
  avgPrice: '0.00',
  stopPrice: '49000.5',
  status: 'NEW',
  time: Date.now(),
  updateTime: Date.now(),
  clientOrderId: '',
  workingType: 'CONTRACT_PRICE',
  onlyOnePosition: true,
  reduceOnly: true,
  closePosition: '',
};
