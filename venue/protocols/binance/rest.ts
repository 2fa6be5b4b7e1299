/** Binance over REST: finds the route, holds the limits, proves the caller, answers bare data or `{code, msg}`. */
import type { Account } from '../../book/model.ts';
import type { Protocol, WireAnswer, WireError, WireRequest } from '../../wire.ts';
import { accountRoutes } from './account-routes.ts';
import { algoRoutes } from './algo-routes.ts';
import { apiKeyOf, checkSigned, readParams } from './auth.ts';
import type { Params } from './auth.ts';
import { isError } from './call.ts';
import type { Call, Context, Reply, Route } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { distort } from './distort.ts';
import type { RateLimiter, Verdict } from './limits.ts';
import { marketRoutes } from './market-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { queryRoutes } from './query-routes.ts';
import { settingsRoutes } from './settings-routes.ts';

export const routes: readonly Route[] = [
  ...marketRoutes,
  ...accountRoutes,
  ...settingsRoutes,
  ...queryRoutes,
  ...orderRoutes,
  ...algoRoutes,
];

const byPath = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
const MIN_KEY_LENGTH = 1;

export type Rest = Pick<Protocol, 'facts' | 'handle' | 'errors'>;

export function createRest(context: Context, limiter: RateLimiter): Rest {
  const findAccount = (request: WireRequest): Account | undefined => {
    const key = apiKeyOf(request);
    return [...context.books.accounts.values()].find((account) => account.apiKey === key);
  };

  return {
    facts(request) {
      const { signature: _, ...params } = readParams(request);
      return { account: findAccount(request)?.name ?? null, params };
    },
    handle(request, distortion) {
      const route = byPath.get(`${request.method} ${request.path}`);
      if (!route) return render(noRoute(request), {});
      const params = readParams(request);
      const nowMs = context.books.now();
      const account = findAccount(request);
      const verdict = limiter.check(
        { account: account?.name ?? null, remote: request.remote },
        usageOf(route, params),
        nowMs,
      );
      if (verdict.refused) return render(verdict.refused, verdict.headers);
      const refused = route.access === 'public' ? undefined : prove(route, request, params, account, nowMs);
      if (refused) return render(refused, verdict.headers);
      const reply = run(route, { ...context, params, distortion, nowMs }, account);
      return render(distortion ? distort(reply, distortion) : reply, verdict.headers);
    },
    errors: {
      coded: (code, msg = '') => playedError({ code, msg, status: statusOfCode(code) }),
      internal: () => errorOf(ERRORS.internal),
      limited: (status) => playedError({ code: -1003, msg: 'Too many requests.', status }),
    },
  };
}

const noRoute = ({ method, path }: WireRequest): BinanceError => ({
  code: -5000,
  msg: `Path ${path}, Method ${method} is invalid`,
  status: 404,
});

const usageOf = (route: Route, params: Params) => ({
  weight: typeof route.weight === 'number' ? route.weight : route.weight(params),
  newOrders: route.access === 'public' ? 0 : route.newOrders(params),
});

function prove(
  route: Exclude<Route, { access: 'public' }>,
  request: WireRequest,
  params: Params,
  account: Account | undefined,
  nowMs: number,
): BinanceError | undefined {
  if ((apiKeyOf(request) ?? '').length < MIN_KEY_LENGTH) return ERRORS.keyFormat;
  if (!account) return ERRORS.keyUnknown;
  const refused = route.access === 'signed' ? checkSigned(request, params, account, nowMs) : undefined;
  if (refused) return refused;
  return account.permissions.includes(route.trades ? 'trade' : 'read') ? undefined : ERRORS.keyUnknown;
}

function run(route: Route, call: Call, account: Account | undefined): Reply {
  if (route.access === 'public') return route.run(call);
  return account ? route.run({ ...call, account }) : ERRORS.keyUnknown;
}

/** Codes that come with another HTTP status than 400. */
const STATUSES: Readonly<Record<number, number>> = {
  [-1000]: 500,
  [-1001]: 503,
  [-1003]: 429,
  [-1006]: 503,
  [-1007]: 408,
  [-1008]: 503,
  [-1015]: 429,
  [-2014]: 401,
  [-2015]: 401,
};

const statusOfCode = (code: number): number => STATUSES[code] ?? 400;

const errorOf = ({ code, msg, status = 400 }: BinanceError): WireError => ({
  status,
  code,
  body: JSON.stringify({ code, msg }),
});

/** An error of a planned fault; where it limits, it says when to come back. */
const playedError = (error: BinanceError): WireError => ({
  ...errorOf(error),
  ...((error.status === 429 || error.status === 418) && { headers: { 'Retry-After': '1' } }),
});

function render(reply: Reply, headers: Verdict['headers']): WireAnswer {
  if (isError(reply)) return { ...errorOf(reply), headers, orderId: null };
  return { status: 200, code: 0, orderId: reply.orderId ?? null, headers, body: JSON.stringify(reply.data) };
}
