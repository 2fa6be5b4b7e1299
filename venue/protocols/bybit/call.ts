/** What a route gets and gives. */
import type { Books } from '../../book/books.ts';
import type { Account, Market } from '../../book/model.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import type { Tape } from '../../tape.ts';
import type { Distortion } from '../../wire.ts';
import type { Params } from './auth.ts';
import { errorOf, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { symbolOf } from './format.ts';

export type Context = { readonly books: Books; readonly tape: Tape };

export type Call = Context & {
  readonly params: Params;
  readonly distortion: Distortion | undefined;
  readonly nowMs: number;
  /** Takes one more from the route's limit; `false`: it is used up. For batches, which count by row. */
  readonly takeOne: () => boolean;
};

export type PrivateCall = Call & { readonly account: Account };

/** `orderId`: the books' number of the order that was made or touched. `extInfo`: what `retExtInfo` holds. */
export type Reply =
  | {
      readonly result: object;
      readonly retMsg?: string;
      readonly orderId?: string;
      readonly extInfo?: object;
    }
  | BybitError;

type Common = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Asked with another product than `linear`, there is nothing: an empty list or a refusal. */
  readonly category?: boolean;
};

export type Route = Common &
  (
    | { readonly access: 'public'; readonly run: (call: Call) => Reply }
    | {
        readonly access: 'signed';
        /** Requests a second and account. */
        readonly perSecond: number;
        /** The limit counts the rows of the request, which the route does by itself. */
        readonly countsRows?: boolean;
        readonly trades?: boolean;
        readonly run: (call: PrivateCall) => Reply;
      }
  );

export const ok = (result: object, orderId?: string): Reply => ({
  result,
  ...(orderId !== undefined && { orderId }),
});

/** Makes a reply of what the books said. */
export function answer<T extends object>(
  value: T | Refusal | BybitError,
  result: (value: T) => object,
  orderId?: (value: T) => string,
): Reply {
  if (isRefusal(value)) return errorOf(value);
  if (isError(value)) return value;
  return ok(result(value), orderId?.(value));
}

export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true';

/** A parameter, empty counting as absent. */
export const param = (params: Params, name: string): string | undefined => params[name] || undefined;

export function findMarket(books: Books, symbol: string | undefined): Market | undefined {
  for (const market of books.markets.values()) if (symbolOf(market.symbol) === symbol) return market;
  return undefined;
}

/** The market of `symbol`, or the error that refuses it. */
export function marketParam(call: Pick<Call, 'books' | 'params'>): Market | BybitError {
  const symbol = param(call.params, 'symbol');
  if (symbol === undefined) return invalid('params error: symbol is required');
  return findMarket(call.books, symbol) ?? invalid(`params error: Symbol Invalid ${symbol}`);
}

export const isMarket = (value: Market | BybitError): value is Market => 'tickSize' in value;

export function publicRoute(path: string, run: (call: Call) => Reply, category = true): Route {
  return { method: 'GET', path, access: 'public', category, run };
}

type SignedOptions = { readonly category?: boolean; readonly countsRows?: boolean };

/** A reading route. */
export function reads(
  path: string,
  perSecond: number,
  run: (call: PrivateCall) => Reply,
  options: SignedOptions = {},
): Route {
  return { method: 'GET', path, access: 'signed', perSecond, run, ...options };
}

/** A route that asks for the trading permission. */
export function writes(
  path: string,
  perSecond: number,
  run: (call: PrivateCall) => Reply,
  options: SignedOptions = {},
): Route {
  return { method: 'POST', path, access: 'signed', perSecond, trades: true, category: true, run, ...options };
}
