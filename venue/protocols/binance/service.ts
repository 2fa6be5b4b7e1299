/** Serves a request of either transport: holds the limits, proves the caller, runs the route. */
import type { Books } from '../../book/books.ts';
import type { Account } from '../../book/model.ts';
import type { Distortion } from '../../wire.ts';
import { accountRoutes } from './account-routes.ts';
import { algoRoutes } from './algo-routes.ts';
import type { Params } from './auth.ts';
import type { Call, Context, Reply, Route } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BinanceError } from './codes.ts';
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

export const routeOf = (method: string, path: string): Route | undefined => byPath.get(`${method} ${path}`);

export const accountByKey = (books: Books, apiKey: string | undefined): Account | undefined =>
  [...books.accounts.values()].find((account) => account.apiKey === apiKey);

export type Asked = {
  readonly route: Route;
  readonly params: Params;
  readonly apiKey: string | undefined;
  readonly remote: string;
  readonly distortion: Distortion | undefined;
  /** Checks signature and time, on routes that want them; `undefined`: proven. */
  readonly proof: (account: Account) => BinanceError | undefined;
};

export type Served = { readonly reply: Reply; readonly headers: Verdict['headers'] };

export function serve(context: Context, limiter: RateLimiter, asked: Asked): Served {
  const { route, params, distortion } = asked;
  const nowMs = context.books.now();
  const account = accountByKey(context.books, asked.apiKey);
  const who = { account: account?.name ?? null, remote: asked.remote };
  const { headers, refused } = limiter.check(who, usageOf(route, params), nowMs);
  if (refused) return { reply: refused, headers };
  const unproven = route.access === 'public' ? undefined : prove(route, asked, account);
  if (unproven) return { reply: unproven, headers };
  return { reply: run(route, { ...context, params, distortion, nowMs }, account), headers };
}

const usageOf = (route: Route, params: Params) => ({
  weight: typeof route.weight === 'number' ? route.weight : route.weight(params),
  newOrders: route.access === 'public' ? 0 : route.newOrders(params),
});

function prove(
  route: Exclude<Route, { access: 'public' }>,
  asked: Asked,
  account: Account | undefined,
): BinanceError | undefined {
  if (!asked.apiKey) return ERRORS.keyFormat;
  if (!account) return ERRORS.keyUnknown;
  const refused = route.access === 'signed' ? asked.proof(account) : undefined;
  if (refused) return refused;
  return account.permissions.includes(route.trades ? 'trade' : 'read') ? undefined : ERRORS.keyUnknown;
}

function run(route: Route, call: Call, account: Account | undefined): Reply {
  if (route.access === 'public') return route.run(call);
  return account ? route.run({ ...call, account }) : ERRORS.keyUnknown;
}
