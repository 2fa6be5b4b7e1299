/** What is known of each symbol that a price stream watches: when it was heard, and its last price. */
import type { Decimal } from '../../domain/decimal.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { PriceTick, StreamState } from '../exchange.ts';
import type { PricePush } from './price-protocol.ts';

type Watched = { marketId: string; lastAtMs: number; markAtMs: number; realTimeAtMs: number; last?: Decimal };

export function createPriceWatch(silenceMs: number) {
  const watched = new Map<Symbol, Watched>();
  let connectedAtMs = 0;
  return {
    connected: (nowMs: number): void => {
      connectedAtMs = nowMs;
      watched.clear();
    },
    want: (symbols: readonly Symbol[], idOf: (symbol: Symbol) => string): void => {
      const wanted = new Set(symbols);
      for (const symbol of watched.keys()) if (!wanted.has(symbol)) watched.delete(symbol);
      for (const symbol of wanted)
        if (!watched.has(symbol))
          watched.set(symbol, { marketId: idOf(symbol), lastAtMs: 0, markAtMs: 0, realTimeAtMs: 0 });
    },
    marketIds: (): string[] => [...watched.values()].map(({ marketId }) => marketId),
    /** The tick that a push amounts to; `undefined` where it tells nothing that is wanted. */
    heard: (symbol: Symbol, push: PricePush, nowMs: number): PriceTick | undefined => {
      const known = watched.get(symbol);
      return known && tickOf(known, symbol, push, { nowMs, silenceMs });
    },
    /** Symbols that are silent; all of them where the socket is not live. */
    quiet: (dead: boolean, nowMs: number): Symbol[] =>
      [...watched]
        .filter(([, { lastAtMs, markAtMs }]) => dead || nowMs - Math.min(lastAtMs, markAtMs) > silenceMs)
        .map(([symbol]) => symbol),
    /** REST tells another price than the socket did, and the socket has had time enough. */
    isDeafTo: ({ symbol, last }: PriceTick, nowMs: number): boolean => {
      const known = watched.get(symbol);
      if (!known || known.last === undefined || last === undefined || known.last === last) return false;
      return nowMs - Math.max(known.lastAtMs, connectedAtMs) > 2 * silenceMs;
    },
    /** Connected, but without a contract price for a symbol past the deadline: silent. */
    stateOf: (socket: StreamState, nowMs: number): StreamState => {
      const silent = [...watched.values()].some(
        ({ lastAtMs }) => nowMs - Math.max(lastAtMs, connectedAtMs) > silenceMs,
      );
      return socket === 'live' && silent ? 'silent' : socket;
    },
  };
}

function tickOf(
  known: Watched,
  symbol: Symbol,
  { last, mark, lagging = false, unchanged = false }: PricePush,
  { nowMs, silenceMs }: { nowMs: number; silenceMs: number },
): PriceTick | undefined {
  if (mark !== undefined || unchanged) known.markAtMs = nowMs;
  if (last !== undefined || unchanged) known.lastAtMs = nowMs;
  if (last !== undefined && !lagging) known.realTimeAtMs = nowMs;
  const outdated = lagging && nowMs - known.realTimeAtMs < silenceMs;
  const told = outdated ? undefined : last;
  if (told !== undefined) known.last = told;
  if (told === undefined && mark === undefined) return undefined;
  return {
    symbol,
    atMs: nowMs,
    ...(told === undefined ? {} : { last: told }),
    ...(mark === undefined ? {} : { mark }),
  };
}
