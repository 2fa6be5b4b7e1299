/** How BingX is called: its dialect of the shared REST side. */
import { createExchangeApi, type Dialect, type ExchangeApi } from '../ccxt/api.ts';
import { createFailureReader } from '../ccxt/coded-failure.ts';
import type { ExchangeConnection } from '../connection.ts';
import { classOfCode, codeOfBody, unblockedAtMs } from './codes.ts';
import { bucketsOf, ENDPOINTS, limiterRules, type EndpointName } from './endpoints.ts';
import { pointClient } from './urls.ts';
import { serverTimeBody } from './wire.ts';

/** Its sockets are one url, that of the swap market. */
export type BingxApi = ExchangeApi<EndpointName, string>;

const DIALECT: Dialect<EndpointName, string> = {
  classId: 'bingx',
  options: { defaultType: 'swap' },
  methodOf: (endpoint) => ENDPOINTS[endpoint].method,
  bucketsOf,
  limiterRules,
  point: pointClient,
  failureOf: createFailureReader({
    codeOfBody,
    classOfCode,
    liftedAtMs: ({ reason }) => unblockedAtMs(reason),
  }),
  time: {
    endpoint: 'serverTime',
    read: (body) => serverTimeBody.safeParse(body).data?.data.serverTime,
  },
};

/** Loads ccxt's class and points it; sends nothing yet. */
export const createBingxApi = (connection: ExchangeConnection): Promise<BingxApi> =>
  createExchangeApi(DIALECT, connection);
