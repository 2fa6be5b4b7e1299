/** Bybit over REST: finds the route, proves the caller, holds the limits, answers in the usual envelope. */
import type { Account } from '../../book/model.ts';
import { replaceFigures } from '../../visible.ts';
import type { Distortion, Protocol, RequestFacts, WireAnswer, WireError, WireRequest } from '../../wire.ts';
import type { Room } from '../../sliding-window.ts';
import { accountRoutes } from './account-routes.ts';
import { apiKeyOf, checkProof, readParams } from './auth.ts';
import type { Params } from './auth.ts';
import { batchRoutes } from './batch-routes.ts';
import { ok } from './call.ts';
import type { Call, Context, Reply, Route } from './call.ts';
import { ERRORS, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { FIGURES } from './figures.ts';
import type { RateLimiter } from './limits.ts';
import { marketRoutes } from './market-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { positionRoutes } from './position-routes.ts';
import { queryRoutes } from './query-routes.ts';

export const routes: readonly Route[] = [
  ...marketRoutes,
  ...accountRoutes,
  ...positionRoutes,
  ...queryRoutes,
  ...orderRoutes,
  ...batchRoutes,
];

const byPath = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));

/** Products of Bybit that the venue does not have. */
const OTHER_PRODUCTS = ['spot', 'inverse', 'option'];

export type Rest = Pick<Protocol, 'facts' | 'handle' | 'errors'>;

type Signed = Extract<Route, { access: 'signed' }>;

export function createRest(context: Context, limiter: RateLimiter): Rest {
  const { books } = context;

  function findAccount(request: WireRequest): Account | undefined {
    const key = apiKeyOf(request);
    return [...books.accounts.values()].find((account) => account.apiKey === key);
  }

  function handle(request: WireRequest, distortion: Distortion | undefined): WireAnswer {
    const nowMs = books.now();
    const account = findAccount(request);
    if (!limiter.admits(request.remote, account?.name ?? null, nowMs))
      return render(ERRORS.tooFrequent, nowMs, 403);
    const route = byPath.get(`${request.method} ${request.path}`);
    if (!route) return render(ERRORS.noRoute, nowMs, 404);
    const params = readParams(request);
    if (!params) return render(invalid('Request parameter error: the body is no JSON object'), nowMs);
    const call = { ...context, params, distortion, nowMs, takeOne: () => true };
    if (route.access === 'public')
      return render(played(inCategory(route, call, route.run), distortion), nowMs);
    const refused = checkProof(request, account, nowMs) ?? checkPermission(route, account);
    if (refused || !account) return render(refused ?? ERRORS.keyInvalid, nowMs);
    return serve(route, { ...call, account });
  }

  function serve(route: Signed, call: Call & { account: Account }): WireAnswer {
    const { nowMs, account } = call;
    const take = () => limiter.take(account.name, route.path, route.perSecond, nowMs);
    const room = route.countsRows ? limiter.look(account.name, route.path, route.perSecond, nowMs) : take();
    if (!room.taken || (route.countsRows && room.left === 0))
      return render(ERRORS.tooManyVisits, nowMs, 200, limitHeaders(route, room, nowMs));
    const counted = { ...call, takeOne: () => take().taken };
    const reply = inCategory(route, call, () => route.run(counted));
    return render(played(reply, call.distortion), nowMs, 200, limitHeaders(route, room, nowMs));
  }

  return {
    handle,
    facts: (request): RequestFacts => ({
      account: findAccount(request)?.name ?? null,
      params: readParams(request) ?? {},
    }),
    errors: {
      coded: (code, msg = '') => errorAnswer({ retCode: code, retMsg: msg }, books.now()),
      internal: () => errorAnswer(ERRORS.internal, books.now()),
      limited: (status) => errorAnswer(ERRORS.tooManyVisits, books.now(), status),
    },
  };
}

function checkPermission(route: Signed, account: Account | undefined): BybitError | undefined {
  const needed = route.trades ? 'trade' : 'read';
  return account?.permissions.includes(needed) ? undefined : ERRORS.noPermission;
}

/** Asked for another product, a list is empty and an order is refused. */
function inCategory<C extends { readonly params: Params }>(
  route: Route,
  call: C,
  run: (call: C) => Reply,
): Reply {
  const category = call.params['category'] ?? '';
  if (!route.category || category === 'linear') return run(call);
  if (!OTHER_PRODUCTS.includes(category)) return invalid('Illegal category');
  return route.method === 'GET'
    ? ok({ category, list: [], nextPageCursor: '' })
    : invalid('Not supported symbols');
}

function played(reply: Reply, distortion: Distortion | undefined): Reply {
  if (distortion?.kind !== 'malformed-numbers' || isError(reply)) return reply;
  const value = distortion.params.value === undefined ? null : distortion.params.value;
  // An object stays one: only its members are replaced.
  return { ...reply, result: replaceFigures(reply.result, value, FIGURES) as object };
}

function limitHeaders(route: Signed, room: Room, nowMs: number): Readonly<Record<string, string>> {
  return {
    'X-Bapi-Limit': String(route.perSecond),
    'X-Bapi-Limit-Status': String(room.left),
    'X-Bapi-Limit-Reset-Timestamp': String(room.taken ? nowMs : room.resetsAtMs),
  };
}

function render(
  reply: Reply,
  nowMs: number,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  if (isError(reply)) return { ...errorAnswer(reply, nowMs, status), orderId: null, headers };
  const { result, retMsg = 'OK', extInfo = {}, orderId = null } = reply;
  const body = JSON.stringify({ retCode: 0, retMsg, result, retExtInfo: extInfo, time: nowMs });
  return { status, code: 0, orderId, headers, body };
}

const errorAnswer = ({ retCode, retMsg }: BybitError, nowMs: number, status = 200): WireError => ({
  status,
  code: retCode,
  body: JSON.stringify({ retCode, retMsg, result: {}, retExtInfo: {}, time: nowMs }),
});
