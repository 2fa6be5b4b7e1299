/** Binance over REST: reads the request, has it served, answers bare data or `{code, msg}`. */
import type { Protocol, WireAnswer, WireError, WireRequest } from '../../wire.ts';
import { apiKeyOf, checkProof, readParams, signedText } from './auth.ts';
import { isError } from './call.ts';
import type { Context, Reply } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { distort } from './distort.ts';
import type { RateLimiter, Verdict } from './limits.ts';
import { accountByKey, routeOf, serve } from './service.ts';

export type Rest = Pick<Protocol, 'facts' | 'handle' | 'errors'>;

export function createRest(context: Context, limiter: RateLimiter): Rest {
  return {
    facts(request) {
      const { signature: _, ...params } = readParams(request);
      return { account: accountByKey(context.books, apiKeyOf(request))?.name ?? null, params };
    },
    handle(request, distortion) {
      const route = routeOf(request.method, request.path);
      if (!route) return render(noRoute(request), {});
      const params = readParams(request);
      const { reply, headers } = serve(context, limiter, {
        route,
        params,
        distortion,
        apiKey: apiKeyOf(request),
        remote: request.remote,
        proof: (account) => checkProof(signedText(request), params, account, context.books.now()),
      });
      return render(distortion ? distort(reply, distortion) : reply, headers);
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
