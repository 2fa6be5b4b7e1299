/** What a route gets and gives. */
import type { Books } from '../../book/books.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import type { Account, Market } from '../../book/model.ts';
import type { Tape } from '../../tape.ts';
import type { Distortion } from '../../wire.ts';
import type { Params } from './auth.ts';
import { errorOf, invalid } from './codes.ts';
import type { BingxError } from './codes.ts';
import type { Limits } from './limits.ts';
import type { ListenKeys } from '../../listen-keys.ts';

export type Context = { readonly books: Books; readonly tape: Tape; readonly listenKeys: ListenKeys };

export type Call = Context & {
  readonly params: Params;
  /** Proven by key and, on signed routes, signature. Public routes get none. */
  readonly account: Account | undefined;
  readonly distortion: Distortion | undefined;
  readonly nowMs: number;
};

export type PrivateCall = Call & { readonly account: Account };

/** `bare`: the body without the usual envelope. `extra`: more members beside `code`, `msg`, `data`. */
export type Reply =
  | {
      readonly code: 0;
      readonly data: unknown;
      readonly orderId?: string;
      readonly bare?: boolean;
      readonly extra?: object;
    }
  | (BingxError & { readonly data?: unknown; readonly status?: number });

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly limits: Limits;
} & (
  | { readonly access: 'public'; readonly run: (call: Call) => Reply }
  /** `key`: only the header is checked, as for listen keys. */
  | {
      readonly access: 'key' | 'signed';
      readonly trades?: boolean;
      readonly run: (call: PrivateCall) => Reply;
    }
);

export const ok = (data: unknown, orderId?: string): Reply => ({
  code: 0,
  data,
  ...(orderId !== undefined && { orderId }),
});

export const failed = (refusal: Refusal): Reply => errorOf(refusal);

/** Makes a reply of what the books said. */
export function answer<T extends object>(
  result: T | Refusal,
  data: (value: T) => unknown,
  orderId?: (value: T) => string,
): Reply {
  if (isRefusal(result)) return failed(result);
  return ok(data(result), orderId?.(result));
}

/** Either spelling of a parameter, empty counting as absent. */
export function param(params: Params, ...names: string[]): string | undefined {
  for (const name of names) if (params[name]) return params[name];
  return undefined;
}

export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true';

export function clientIdOf(params: Params): string | undefined {
  return param(params, 'clientOrderID', 'clientOrderId')?.toLowerCase();
}

/** The market of `symbol`, or the reply that refuses it. */
export function marketParam(call: Call): Market | BingxError {
  const symbol = call.params['symbol'];
  if (!symbol) return invalid('symbol: This field is required.');
  return (
    call.books.markets.get(symbol) ??
    errorOf({ refused: 'unknown-symbol', detail: `symbol ${symbol} does not exist` })
  );
}

export const isError = (value: object): value is BingxError => 'code' in value && 'msg' in value;

type Method = Route['method'];

/** A route with key and signature; `trades` asks for the trading permission besides. */
export function signed(
  method: Method,
  path: string,
  limits: Limits,
  run: (call: PrivateCall) => Reply,
  trades = false,
): Route {
  return { method, path, limits, access: 'signed', trades, run };
}

export function publicRoute(path: string, limits: Limits, run: (call: Call) => Reply): Route {
  return { method: 'GET', path, limits, access: 'public', run };
}
