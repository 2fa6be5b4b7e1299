/**
 * The WebSocket API, `/ws-fapi/v1`: the REST routes by other names, `{id, method, params}` each.
 * The signature is made of the parameters in the order of their names, as `a=1&b=2`, un-encoded.
 */
import { checkProof } from './auth.ts';
import type { Params } from './auth.ts';
import { isError } from './call.ts';
import type { Context, Reply } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { REQUEST_LIMITS } from './limits.ts';
import type { RateLimiter, Verdict } from './limits.ts';
import { routeOf, serve } from './service.ts';
import type { Asked } from './service.ts';

const V1 = '/fapi/v1';

const ROUTES: Readonly<Record<string, readonly [method: string, path: string]>> = {
  'order.place': ['POST', `${V1}/order`],
  'order.test': ['POST', `${V1}/order/test`],
  'order.modify': ['PUT', `${V1}/order`],
  'order.cancel': ['DELETE', `${V1}/order`],
  'order.status': ['GET', `${V1}/order`],
  'algoOrder.place': ['POST', `${V1}/algoOrder`],
  'algoOrder.cancel': ['DELETE', `${V1}/algoOrder`],
  'account.balance': ['GET', '/fapi/v2/balance'],
  'v2/account.balance': ['GET', '/fapi/v3/balance'],
  'account.status': ['GET', '/fapi/v2/account'],
  'v2/account.status': ['GET', '/fapi/v3/account'],
  'account.position': ['GET', '/fapi/v2/positionRisk'],
  'v2/account.position': ['GET', '/fapi/v3/positionRisk'],
  'userDataStream.start': ['POST', `${V1}/listenKey`],
  'userDataStream.ping': ['PUT', `${V1}/listenKey`],
  'userDataStream.stop': ['DELETE', `${V1}/listenKey`],
  depth: ['GET', `${V1}/depth`],
  'ticker.price': ['GET', `${V1}/ticker/price`],
  'ticker.book': ['GET', `${V1}/ticker/bookTicker`],
  ping: ['GET', `${V1}/ping`],
  time: ['GET', `${V1}/time`],
};

/** What is answered to a message. */
export function answerApi(context: Context, limiter: RateLimiter, text: string, remote: string): object {
  const request = parseRequest(text);
  if (!request) return failed(null, { code: -1102, msg: 'JSON is invalid.' });
  const { id, method, params } = request;
  const [restMethod, path] = ROUTES[method] ?? ['', ''];
  const route = routeOf(restMethod, path);
  if (!route) return failed(id, { code: -1020, msg: 'This operation is not supported.' });
  try {
    const asked: Asked = {
      ...{ route, params, remote, apiKey: params['apiKey'], distortion: undefined },
      proof: (account) => checkProof(sortedText(params), params, account, context.books.now()),
    };
    // On disk before it is answered.
    const { reply, headers } = context.books.transact(() => serve(context, limiter, asked));
    return { ...answered(id, reply), rateLimits: usedLimits(headers) };
  } catch (error) {
    // A failure of the venue itself is answered as one, as over REST; it must not end the process.
    process.stderr.write(
      `${JSON.stringify({ level: 'error', event: 'request failed', method, detail: String(error) })}\n`,
    );
    return failed(id, ERRORS.internal);
  }
}

const answered = (id: unknown, reply: Reply): object =>
  isError(reply) ? failed(id, reply) : { id, status: 200, result: reply.data };

const failed = (id: unknown, { code, msg, status = 400 }: BinanceError): object => ({
  id,
  status,
  error: { code, msg },
});

/** The limits with what is used of them. */
function usedLimits(headers: Verdict['headers']): object[] {
  const counts: Readonly<Record<string, string | undefined>> = {
    'REQUEST_WEIGHT MINUTE': headers['X-MBX-USED-WEIGHT-1M'],
    'ORDERS MINUTE': headers['X-MBX-ORDER-COUNT-1M'],
    'ORDERS SECOND': headers['X-MBX-ORDER-COUNT-10S'],
  };
  return REQUEST_LIMITS.flatMap((limit) => {
    const count = counts[`${limit.rateLimitType} ${limit.interval}`];
    return count === undefined ? [] : [{ ...limit, count: Number(count) }];
  });
}

const sortedText = (params: Params): string =>
  Object.entries(params)
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

type ApiRequest = { readonly id: unknown; readonly method: string; readonly params: Params };

function parseRequest(text: string): ApiRequest | undefined {
  try {
    const plain = fieldsOf(JSON.parse(text));
    const literal = fieldsOf(JSON.parse(text, asWritten));
    const method = plain.get('method');
    return {
      id: plain.get('id') ?? null,
      method: typeof method === 'string' ? method : '',
      params: Object.fromEntries(
        [...fieldsOf(literal.get('params'))].map(([name, value]) => [name, asText(value)]),
      ),
    };
  } catch {
    return undefined;
  }
}

/** Numbers as they were written: `65000.0` is signed with its zero. */
function asWritten(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

const fieldsOf = (value: unknown): Map<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
