/**
 * The markets of one exchange and their rules, read from its raw list rather than by ccxt's `loadMarkets`,
 * which asks more endpoints and keeps a failed first load for the life of the instance.
 */
import type { MarketRules, Symbol } from '../domain/terms.ts';
import { ExchangeFault } from './errors.ts';

export type Market = {
  /** The exchange's own name of it. */
  id: string;
  symbol: Symbol;
  rules: MarketRules;
  tradable: boolean;
};

/** @typeParam M what an adapter keeps of a market besides */
export type Markets<M extends Market = Market> = {
  /** Throws `unknown_symbol`. */
  bySymbol: (symbol: Symbol) => Promise<M>;
  all: () => Promise<M[]>;
  /** Waits until the list was read once. */
  ready: () => Promise<void>;
  /** The symbol of an exchange's id, also of one that is not listed. */
  symbolOf: (id: string) => Symbol;
  /** The exchange's id of a symbol, also of one that is not listed. */
  idOf: (symbol: Symbol) => string;
  /** Another number after every time the list was read. */
  revision: () => number;
};

export type MarketSource<M extends Market> = {
  /** The exchange, as errors call it. */
  name: string;
  /** Reads the list anew; never empty. */
  load: () => Promise<readonly M[]>;
  /** For what is not listed. */
  plainSymbol: (id: string) => Symbol;
  plainId: (symbol: Symbol) => string;
};

/** Rules change rarely; a new listing is looked for at once, but not more often than this. */
const FRESH_MS = 60 * 60_000;
const RELOAD_AFTER_MISS_MS = 30_000;

type Loaded<M> = { byId: Map<string, M>; bySymbol: Map<Symbol, M>; atMs: number };

export function createMarketList<M extends Market>(
  source: MarketSource<M>,
  nowMs: () => number = Date.now,
): Markets<M> {
  let loaded: Loaded<M> | undefined;
  let loading: Promise<Loaded<M>> | undefined;
  let revision = 0;

  const read = async (): Promise<Loaded<M>> => {
    const rows = await source.load();
    return {
      byId: new Map(rows.map((market) => [market.id, market])),
      bySymbol: new Map(rows.map((market) => [market.symbol, market])),
      atMs: nowMs(),
    };
  };
  const load = (): Promise<Loaded<M>> => {
    // A failure is not kept: the next caller asks again.
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const current = async (maxAgeMs: number): Promise<Loaded<M>> => {
    if (loaded && nowMs() - loaded.atMs < maxAgeMs) return loaded;
    try {
      loaded = await load();
      revision += 1;
    } catch (error) {
      // Yesterday's rules are better than none while the exchange does not answer.
      if (!loaded) throw error;
    }
    return loaded;
  };

  return {
    bySymbol: async (symbol) => {
      const market =
        (await current(FRESH_MS)).bySymbol.get(symbol) ??
        (await current(RELOAD_AFTER_MISS_MS)).bySymbol.get(symbol);
      if (!market) throw new ExchangeFault('unknown_symbol', `${source.name} lists no market ${symbol}`);
      return market;
    },
    all: async () => [...(await current(FRESH_MS)).byId.values()],
    ready: async () => void (await current(Infinity)),
    symbolOf: (id) => loaded?.byId.get(id)?.symbol ?? source.plainSymbol(id),
    idOf: (symbol) => loaded?.bySymbol.get(symbol)?.id ?? source.plainId(symbol),
    revision: () => revision,
  };
}
