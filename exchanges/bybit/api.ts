/** How Bybit and its regional sites are called: their dialect of the shared REST side. */
import { createExchangeApi, type Dialect, type ExchangeApi } from '../ccxt/api.ts';
import { createFailureReader } from '../ccxt/coded-failure.ts';
import type { ExchangeConnection } from '../connection.ts';
import { classOfCode, classOfStatus, codeOfBody, liftedAtMs } from './codes.ts';
import { bucketsOf, ENDPOINTS, limiterRules, type EndpointName } from './endpoints.ts';
import { pointClient, type BybitSockets } from './urls.ts';
import { serverTimeBody } from './wire.ts';

export type BybitApi = ExchangeApi<EndpointName, BybitSockets>;

/**
 * Bybit drops a request that arrives later than this after its timestamp. The rule by which an order
 * is sent again relies on it: after `sentAtMs` plus this, a lost request can no longer become an order.
 */
export const RECEIVE_WINDOW_MS = 5_000;

const DIALECT: Omit<Dialect<EndpointName, BybitSockets>, 'classId'> = {
  options: { defaultType: 'swap', defaultSubType: 'linear', recvWindow: RECEIVE_WINDOW_MS },
  methodOf: (endpoint) => ENDPOINTS[endpoint].method,
  bucketsOf,
  limiterRules,
  point: pointClient,
  failureOf: createFailureReader({ codeOfBody, classOfCode, classOfStatus, liftedAtMs }),
  time: { endpoint: 'serverTime', read: (body) => serverTimeBody.safeParse(body).data },
};

/**
 * Loads ccxt's class and points it; sends nothing yet. Bybit's sites differ in hosts, keys and listings only:
 * ccxt has a class for each, and the configuration calls them by the same names.
 */
export const createBybitApi = (connection: ExchangeConnection): Promise<BybitApi> =>
  createExchangeApi({ ...DIALECT, classId: connection.exchange }, connection);

/** Every endpoint for orders and positions wants to know which product is meant. */
export const LINEAR = { category: 'linear' } as const;

/** Positions and orders of all USDT-margined markets at once. */
export const SETTLE_COIN = 'USDT';
