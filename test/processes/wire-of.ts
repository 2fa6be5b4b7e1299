/**
 * What each activity asks of each exchange, as the venue sees it on the wire: by these requests the crash
 * matrix catches an activity in the middle. An account of each exchange, and a leg in its position mode.
 */
import type { ExchangeProtocol } from '../../domain/exchanges.ts';
import type { LegName, PositionMode } from '../../domain/terms.ts';
import type { RequestMatch } from '../../venue/control/types.ts';

export type Wire = {
  positionMode: PositionMode;
  leg: LegName;
  /** Orders that are sent one by one. */
  entry: RequestMatch;
  close: RequestMatch;
  stop: RequestMatch;
  target: RequestMatch;
  /** Stop and target, in one request or, where they come too far apart, in two; absent where there is no batch. */
  both?: RequestMatch;
  cancel: RequestMatch;
  /** One order by its client id. */
  lookup: RequestMatch;
  /** Positions, in a reading of the account or the leg. */
  reading: RequestMatch;
  executions: RequestMatch;
  /** Of a closed position. */
  figures: RequestMatch;
  price: RequestMatch;
};

export type WireOf = (venueSymbol: string) => Wire;

const BINGX_ORDER = '/openApi/swap/v2/trade/order';

const bingx: WireOf = () => {
  const order = (type: string): RequestMatch => ({ method: 'POST', path: BINGX_ORDER, params: { type } });
  return {
    positionMode: 'one-way',
    leg: 'net',
    entry: order('MARKET'),
    close: order('MARKET'),
    stop: order('STOP_MARKET'),
    target: order('TAKE_PROFIT_MARKET'),
    both: { method: 'POST', pathContains: '/openApi/swap/v2/trade/' },
    cancel: { method: 'DELETE', path: BINGX_ORDER },
    lookup: { method: 'GET', path: BINGX_ORDER },
    reading: { method: 'GET', path: '/openApi/swap/v2/user/positions' },
    executions: { method: 'GET', path: '/openApi/swap/v2/trade/allFillOrders' },
    figures: { method: 'GET', path: '/openApi/swap/v1/trade/positionHistory' },
    price: { method: 'GET', path: '/openApi/swap/v2/quote/ticker' },
  };
};

const bybit: WireOf = (venueSymbol) => {
  const symbol = venueSymbol.replace('-', '');
  const order = (params: Record<string, string>): RequestMatch => ({
    method: 'POST',
    path: '/v5/order/create',
    params: { symbol, ...params },
  });
  return {
    positionMode: 'hedge',
    leg: 'long',
    entry: order({ reduceOnly: 'false' }),
    close: order({ reduceOnly: 'true' }),
    // It closes a long position: a stop when the price falls, a target when it rises.
    stop: order({ triggerDirection: '2' }),
    target: order({ triggerDirection: '1' }),
    both: { method: 'POST', pathContains: '/v5/order/create' },
    cancel: { method: 'POST', path: '/v5/order/cancel' },
    // A reading of the account names no symbol.
    lookup: { method: 'GET', path: '/v5/order/realtime', params: { symbol } },
    reading: { method: 'GET', path: '/v5/position/list', params: { settleCoin: 'USDT' } },
    executions: { method: 'GET', path: '/v5/execution/list' },
    figures: { method: 'GET', path: '/v5/position/closed-pnl' },
    price: { method: 'GET', path: '/v5/market/tickers' },
  };
};

const binance: WireOf = () => {
  const order = (path: string, type: string): RequestMatch => ({ method: 'POST', path, params: { type } });
  return {
    positionMode: 'one-way',
    leg: 'net',
    entry: order('/fapi/v1/order', 'MARKET'),
    close: order('/fapi/v1/order', 'MARKET'),
    stop: order('/fapi/v1/algoOrder', 'STOP_MARKET'),
    target: order('/fapi/v1/algoOrder', 'TAKE_PROFIT_MARKET'),
    cancel: { method: 'DELETE', path: '/fapi/v1/algoOrder' },
    lookup: { method: 'GET', path: '/fapi/v1/order' },
    reading: { method: 'GET', path: '/fapi/v3/positionRisk' },
    executions: { method: 'GET', path: '/fapi/v1/userTrades' },
    // The last of several: what a position realised comes from its executions.
    figures: { method: 'GET', path: '/fapi/v1/income' },
    price: { method: 'GET', path: '/fapi/v1/ticker/price' },
  };
};

export const WIRES = { bingx, bybit, binance } as const satisfies Partial<Record<ExchangeProtocol, WireOf>>;
export type TriedExchange = keyof typeof WIRES;

export const TRIED: readonly TriedExchange[] = ['bingx', 'bybit', 'binance'];

/** How an account of it is configured for the processes. */
export function accountOn(exchange: TriedExchange, name: string, more: Record<string, unknown> = {}) {
  const { positionMode } = WIRES[exchange]('');
  return { name, exchange, positionMode, ...more };
}

export const legOn = (exchange: TriedExchange): LegName => WIRES[exchange]('').leg;
