/** How Binance USDT-M is called: its dialect of the shared REST side. */
import { createExchangeApi, type Dialect, type ExchangeApi } from '../ccxt/api.ts';
import { createFailureReader } from '../ccxt/coded-failure.ts';
import type { ExchangeConnection } from '../connection.ts';
import { classOfCode, codeOfBody, unbannedAtMs } from './codes.ts';
import { bucketsOf, ENDPOINTS, limiterRules, type EndpointName } from './endpoints.ts';
import { pointClient, type BinanceSockets } from './urls.ts';
import { serverTimeBody } from './wire.ts';

export type BinanceApi = ExchangeApi<EndpointName, BinanceSockets>;

/**
 * Binance drops a request that arrives later than this after its timestamp. The rule by which an order
 * is sent again relies on it: after `sentAtMs` plus this, a lost request can no longer become an order.
 */
const RECEIVE_WINDOW_MS = 5_000;

const DIALECT: Dialect<EndpointName, BinanceSockets> = {
  classId: 'binanceusdm',
  options: { recvWindow: RECEIVE_WINDOW_MS },
  methodOf: (endpoint) => ENDPOINTS[endpoint].method,
  bucketsOf,
  limiterRules,
  point: pointClient,
  failureOf: createFailureReader({
    codeOfBody,
    classOfCode,
    liftedAtMs: ({ reason }) => unbannedAtMs(reason),
  }),
  time: {
    endpoint: 'serverTime',
    read: (body) => serverTimeBody.safeParse(body).data?.serverTime,
  },
};

/** Loads ccxt's class and points it; sends nothing yet. */
export const createBinanceApi = (connection: ExchangeConnection): Promise<BinanceApi> =>
  createExchangeApi(DIALECT, connection);
