/** BingX over REST: finds the route, proves the caller, holds the limits, answers in the usual envelope. */
import type { Account } from '../../book/model.ts';
import type { Distortion, Protocol, RequestFacts, WireAnswer, WireError, WireRequest } from '../../wire.ts';
import { accountRoutes } from './account-routes.ts';
import { apiKeyOf, checkSignature, checkTimestamp, readParams } from './auth.ts';
import type { Params } from './auth.ts';
import type { Call, Context, Reply, Route } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BingxError } from './codes.ts';
import { distort } from './distort.ts';
import type { Limited, RateLimiter } from './limits.ts';
import { marketRoutes } from './market-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { queryRoutes } from './query-routes.ts';

export const routes: readonly Route[] = [...marketRoutes, ...accountRoutes, ...queryRoutes, ...orderRoutes];

const byPath = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
const paths = new Set(routes.map((route) => route.path));

export type Rest = Pick<Protocol, 'facts' | 'handle' | 'errors'>;

export function createRest(context: Context, limiter: RateLimiter): Rest {
  const findAccount = (request: WireRequest): Account | undefined => {
    const key = apiKeyOf(request);
    return [...context.books.accounts.values()].find((account) => account.apiKey === key);
  };

  return {
    facts(request): RequestFacts {
      const { signature: _, ...params } = readParams(request);
      return { account: findAccount(request)?.name ?? null, params };
    },
    handle(request, distortion: Distortion | undefined) {
      const route = byPath.get(`${request.method} ${request.path}`);
      if (!route) return render(paths.has(request.path) ? ERRORS.wrongMethod : ERRORS.noRoute);
      const nowMs = context.books.now();
      const account = route.access === 'public' ? undefined : findAccount(request);
      const limited = limiter.check(
        `${route.method} ${route.path}`,
        route.limits,
        { account: account?.name ?? null, remote: request.remote },
        nowMs,
      );
      if (limited) return renderLimited(limited);
      const params = readParams(request);
      const refused = route.access === 'public' ? undefined : prove(route, request, params, account, nowMs);
      if (refused) return render(refused);
      const reply = run(route, { ...context, params, account, distortion, nowMs });
      return render(distortion ? distort(reply, distortion) : reply);
    },
    errors: {
      coded: (code, msg = '') => errorOf({ code, msg }),
      internal: () => errorOf(ERRORS.internal),
      limited: (status) => ({ ...errorOf(ERRORS.rateLimit), status }),
    },
  };
}

const errorOf = ({ code, msg }: BingxError): WireError => ({
  status: 200,
  code,
  body: JSON.stringify({ code, msg, data: {} }),
});

function prove(
  route: Route,
  request: WireRequest,
  params: Params,
  account: Account | undefined,
  nowMs: number,
): BingxError | undefined {
  if (!account) return ERRORS.keyWrong;
  if (route.access === 'signed') {
    const refused = checkSignature(request, params, account) ?? checkTimestamp(params, nowMs);
    if (refused) return refused;
  }
  const needed = 'trades' in route && route.trades ? 'trade' : 'read';
  return account.permissions.includes(needed) ? undefined : ERRORS.noPermission;
}

function run(route: Route, call: Call): Reply {
  if (route.access === 'public') return route.run(call);
  const { account } = call;
  return account ? route.run({ ...call, account }) : ERRORS.keyWrong;
}

function renderLimited(limited: Limited): WireAnswer {
  const { status, code, msg } = limited;
  return { status, code, orderId: null, body: JSON.stringify({ code, msg, data: null }) };
}

function render(reply: Reply): WireAnswer {
  if ('msg' in reply) {
    const { code, msg, data = {}, status = 200 } = reply;
    return { status, code, orderId: null, body: JSON.stringify({ code, msg, data }) };
  }
  const body = reply.bare ? reply.data : { code: 0, msg: '', ...reply.extra, data: reply.data };
  return { status: 200, code: 0, orderId: reply.orderId ?? null, body: JSON.stringify(body) };
}
