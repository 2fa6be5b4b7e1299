/**
 * Markets and their rules. Read from the raw contracts list rather than by ccxt's `loadMarkets`, which
 * asks four endpoints and keeps a failed first load for the life of the instance.
 */
import type { z } from 'zod';
import { isDecimal, lt, max, type Decimal } from '../../domain/decimal.ts';
import type { MarketRules, Symbol } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import type { BingxApi } from './api.ts';
import { readBody, readRows, wholeRows } from './rows.ts';
import { contractRow, contractsBody } from './wire.ts';

export type Market = { id: string; symbol: Symbol; rules: MarketRules; tradable: boolean };

export type Markets = {
  /** Throws `unknown_symbol`. */
  bySymbol: (symbol: Symbol) => Promise<Market>;
  all: () => Promise<Market[]>;
  /** Waits until the list was read once. */
  ready: () => Promise<void>;
  /** The symbol of a BingX id, also of one that is not listed. */
  symbolOf: (id: string) => Symbol;
  /** The BingX id of a symbol, also of one that is not listed. */
  idOf: (symbol: Symbol) => string;
};

/** Rules change rarely; a new listing is looked for at once, but not more often than this. */
const FRESH_MS = 60 * 60_000;
const RELOAD_AFTER_MISS_MS = 30_000;

type Loaded = { byId: Map<string, Market>; bySymbol: Map<Symbol, Market>; atMs: number };

export function createMarkets(api: BingxApi, nowMs: () => number = Date.now): Markets {
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  const load = (): Promise<Loaded> => {
    // A failure is not kept: the next caller asks again.
    loading ??= fetchMarkets(api, nowMs).finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const current = async (maxAgeMs: number): Promise<Loaded> => {
    if (loaded && nowMs() - loaded.atMs < maxAgeMs) return loaded;
    try {
      loaded = await load();
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
      if (!market) throw new ExchangeFault('unknown_symbol', `BingX lists no market ${symbol}`);
      return market;
    },
    all: async () => [...(await current(FRESH_MS)).byId.values()],
    ready: async () => void (await current(Infinity)),
    symbolOf: (id) => loaded?.byId.get(id)?.symbol ?? plainSymbol(id),
    idOf: (symbol) => loaded?.bySymbol.get(symbol)?.id ?? plainId(symbol),
  };
}

async function fetchMarkets(api: BingxApi, nowMs: () => number): Promise<Loaded> {
  const body = await api.read('contracts', 'contracts', {});
  const { data } = readBody('contracts', body, contractsBody);
  // One odd listing must not stop trading in all the others.
  const { rows, problems } = readRows<typeof contractRow, Market>(
    'contract',
    data,
    contractRow,
    (row, index) => {
      const rules = rulesOf(row);
      if (!rules) return { problem: `${row.symbol} has no usable steps` };
      const { symbol } = api.client.parseMarket(data[index]);
      return { id: row.symbol, symbol, rules: { ...rules, symbol }, tradable: isTradable(row) };
    },
  );
  if (problems.length > 0)
    api.log.warn({ problems: problems.slice(0, 5) }, 'some BingX contracts were not understood');
  if (rows.length === 0) wholeRows('contracts', { rows, problems: [...problems, 'no contract'] });
  return {
    byId: new Map(rows.map((market) => [market.id, market])),
    bySymbol: new Map(rows.map((market) => [market.symbol, market])),
    atMs: nowMs(),
  };
}

type ContractRow = z.output<typeof contractRow>;

/** Steps as given, else from the number of decimals; a minimum below one lot is one lot. */
function rulesOf(row: ContractRow): Omit<MarketRules, 'symbol'> | undefined {
  const tickSize = row.tickSize ?? stepOf(row.pricePrecision);
  const lotSize = row.stepSize ?? stepOf(row.quantityPrecision);
  if (tickSize === undefined || lotSize === undefined) return undefined;
  const minimum = row.minQty ?? row.tradeMinQuantity ?? lotSize;
  const rules = {
    tickSize,
    lotSize,
    minQuantity: max(minimum, lotSize),
    minNotional: row.minNotional ?? row.tradeMinUSDT ?? '0',
  };
  return row.maxQty === undefined ? rules : { ...rules, maxQuantity: row.maxQty };
}

const MAX_DECIMALS = 18;

/** `"4"` decimals is a step of `"0.0001"`. */
function stepOf(decimals: Decimal | undefined): Decimal | undefined {
  if (decimals === undefined || !isDecimal(decimals) || lt(decimals, '0')) return undefined;
  const places = Number(decimals);
  if (!Number.isInteger(places) || places > MAX_DECIMALS) return undefined;
  return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
}

/** Status 1 is trading; others are halted, announced or delisted. */
const isTradable = (row: ContractRow): boolean =>
  (row.status === undefined || row.status === '1') && row.apiStateOpen !== false;

function plainSymbol(id: string): Symbol {
  const [base = id, quote = 'USDT'] = id.split('-');
  return `${base}/${quote}:${quote}`;
}

function plainId(symbol: Symbol): string {
  const [pair = symbol] = symbol.split(':');
  return pair.replace('/', '-');
}
