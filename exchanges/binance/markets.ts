/** Binance's market list and the rules in its filters. */
import { max, min, type Decimal } from '../../domain/decimal.ts';
import type { MarketRules, Symbol } from '../../domain/terms.ts';
import { createMarketList, type Market, type Markets } from '../market-list.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import { exchangeInfoBody, symbolRow, type Filter, type SymbolRow } from './wire.ts';

export type BinanceMarket = Market & {
  /** How far a limit price may be from the mark price, as factors of it. */
  percentPrice?: { up: Decimal; down: Decimal };
};

export type BinanceMarkets = Markets<BinanceMarket>;

export const createBinanceMarkets = (api: BinanceApi): BinanceMarkets =>
  createMarketList({ name: api.name, load: () => fetchMarkets(api), plainSymbol, plainId });

async function fetchMarkets(api: BinanceApi): Promise<BinanceMarket[]> {
  const body = await api.read('exchange info', 'exchangeInfo', {});
  const { symbols } = readBody('exchange info', body, exchangeInfoBody);
  // One odd listing must not stop trading in all the others.
  const { rows, problems } = readRows<typeof symbolRow, BinanceMarket>(
    'market',
    symbols,
    symbolRow,
    (row, index) => {
      const { symbol } = api.client.parseMarket(symbols[index]);
      const rules = rulesOf(row, symbol);
      return rules ? marketOf(row, rules) : { problem: `${row.symbol} has no usable steps` };
    },
  );
  if (problems.length > 0)
    api.log.warn({ problems: problems.slice(0, 5) }, 'some Binance markets were not understood');
  if (rows.length === 0) wholeRows('exchange info', { rows, problems: [...problems, 'no market'] });
  return rows;
}

function marketOf(row: SymbolRow, rules: MarketRules): BinanceMarket {
  const { multiplierUp: up, multiplierDown: down } = filterOf(row, 'PERCENT_PRICE');
  return {
    id: row.symbol,
    symbol: rules.symbol,
    rules,
    tradable: row.status === 'TRADING' && (row.contractType?.endsWith('PERPETUAL') ?? false),
    ...(up !== undefined && down !== undefined && { percentPrice: { up, down } }),
  };
}

/**
 * The stricter of the rules for limit and for market orders: what goes in must come out by one market
 * order. Precisions in the row are no steps; only the filters are.
 */
function rulesOf(row: SymbolRow, symbol: Symbol): MarketRules | undefined {
  const { tickSize } = filterOf(row, 'PRICE_FILTER');
  const [lot, market] = [filterOf(row, 'LOT_SIZE'), filterOf(row, 'MARKET_LOT_SIZE')];
  if (tickSize === undefined || lot.stepSize === undefined) return undefined;
  const lotSize = max(lot.stepSize, market.stepSize ?? lot.stepSize);
  const maxQuantity = smaller(lot.maxQty, market.maxQty);
  return {
    symbol,
    tickSize,
    lotSize,
    minQuantity: max(lotSize, max(lot.minQty ?? lotSize, market.minQty ?? lotSize)),
    minNotional: filterOf(row, 'MIN_NOTIONAL').notional ?? '0',
    ...(maxQuantity !== undefined && { maxQuantity }),
  };
}

const smaller = (a: Decimal | undefined, b: Decimal | undefined): Decimal | undefined =>
  a === undefined || b === undefined ? (a ?? b) : min(a, b);

const filterOf = ({ filters }: SymbolRow, type: string): Partial<Filter> =>
  filters.find(({ filterType }) => filterType === type) ?? {};

/** What a market is margined and charged in: also of one that is not listed any more. */
export const settleAssetOf = (symbol: Symbol): string => symbol.split(':')[1]?.split('-')[0] ?? 'USDT';

const QUOTES = ['USDT', 'USDC', 'BUSD'];

/** For what is not listed: `BTCUSDT` is base and quote without a mark between. */
function plainSymbol(id: string): Symbol {
  const quote = QUOTES.find((each) => id.endsWith(each) && id.length > each.length) ?? 'USDT';
  const base = id.endsWith(quote) ? id.slice(0, -quote.length) : id;
  return `${base}/${quote}:${quote}`;
}

function plainId(symbol: Symbol): string {
  const [pair = symbol] = symbol.split(':');
  return pair.replace('/', '');
}
