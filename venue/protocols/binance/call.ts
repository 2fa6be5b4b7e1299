/** What a route gets and gives. */
import type { Books } from '../../book/books.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import type { Account, Market } from '../../book/model.ts';
import type { ListenKeys } from '../../listen-keys.ts';
import type { Tape } from '../../tape.ts';
import type { Distortion } from '../../wire.ts';
import type { Params } from './auth.ts';
import { ERRORS, errorOf, missing } from './codes.ts';
import type { BinanceError } from './codes.ts';
import type { BookSequence } from './depth.ts';
import { marketBySymbol } from './format.ts';

export type Context = {
  readonly books: Books;
  readonly tape: Tape;
  readonly listenKeys: ListenKeys;
  readonly sequence: BookSequence;
};

export type Call = Context & {
  readonly params: Params;
  readonly distortion: Distortion | undefined;
  readonly nowMs: number;
};

export type PrivateCall = Call & { readonly account: Account };

export type Reply = { readonly data: unknown; readonly orderId?: string } | BinanceError;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

type Endpoint = {
  readonly method: Method;
  readonly path: string;
  /** Of the request, in the minute's budget; may depend on the parameters. */
  readonly weight: number | ((params: Params) => number);
};

export type Route = Endpoint &
  (
    | { readonly access: 'public'; readonly run: (call: Call) => Reply }
    /** `key`: only the header is checked, as for listen keys. */
    | {
        readonly access: 'key' | 'signed';
        readonly trades: boolean;
        /** How many new orders it counts for. */
        readonly newOrders: (params: Params) => number;
        readonly run: (call: PrivateCall) => Reply;
      }
  );

export const ok = (data: unknown, orderId?: string): Reply => ({
  data,
  ...(orderId !== undefined && { orderId }),
});

export const isError = (value: object): value is BinanceError => 'code' in value && 'msg' in value;

/** A refusal of the books in Binance's words; other values as they are. */
export const toError = <T extends object>(value: T | Refusal | BinanceError): T | BinanceError =>
  isRefusal(value) ? errorOf(value) : value;

/** The first of these parameters that is there and not empty. */
export function param(params: Params, ...names: string[]): string | undefined {
  for (const name of names) if (params[name]) return params[name];
  return undefined;
}

export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true';

/** The market of the mandatory `symbol`, or the error that refuses it. */
export function marketParam(call: { readonly books: Books; readonly params: Params }): Market | BinanceError {
  const symbol = call.params['symbol'];
  if (!symbol) return missing('symbol');
  return marketBySymbol(call.books, symbol) ?? ERRORS.badSymbol;
}

/** Where `symbol` may be left out: `undefined` then. */
export function optionalMarket(call: {
  readonly books: Books;
  readonly params: Params;
}): Market | BinanceError | undefined {
  return call.params['symbol'] ? marketParam(call) : undefined;
}

/** A weight that depends on whether a symbol is given. */
export const bySymbol =
  (withSymbol: number, without: number) =>
  (params: Params): number =>
    params['symbol'] ? withSymbol : without;

export const publicRoute = (path: string, weight: Endpoint['weight'], run: (call: Call) => Reply): Route => ({
  method: 'GET',
  path,
  weight,
  access: 'public',
  run,
});

const NONE = () => 0;

/** A route with key and signature that only reads. */
export const reading = (
  path: string,
  weight: Endpoint['weight'],
  run: (call: PrivateCall) => Reply,
): Route => ({ method: 'GET', path, weight, access: 'signed', trades: false, newOrders: NONE, run });

/** A route with key and signature that needs the permission to trade. */
export const trading = (
  method: Method,
  path: string,
  weight: Endpoint['weight'],
  run: (call: PrivateCall) => Reply,
  newOrders: (params: Params) => number = NONE,
): Route => ({ method, path, weight, access: 'signed', trades: true, newOrders, run });

export const limitOf = (text: string | undefined, usual: number, most: number): number =>
  Math.min(most, Number(text) > 0 ? Number(text) : usual);
