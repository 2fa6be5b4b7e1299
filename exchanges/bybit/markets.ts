/** Bybit's USDT perpetuals and the rules in its list of instruments. */
import { max, min } from '../../domain/decimal.ts';
import type { MarketRules, Symbol } from '../../domain/terms.ts';
import { createMarketList, type Market, type Markets } from '../market-list.ts';
import type { PriceBounds } from '../market-rules.ts';
import { readRows, SKIP, wholeRows } from '../rows.ts';
import { SETTLE_COIN, type BybitApi } from './api.ts';
import { readPages } from './pages.ts';
import { instrumentRow, type InstrumentRow } from './wire.ts';

/** The most that one page holds. */
const PAGE_ROWS = 1_000;

export type BybitMarket = Market & { bounds: PriceBounds };
export type BybitMarkets = Markets<BybitMarket>;

export const createMarkets = (api: BybitApi): BybitMarkets =>
  createMarketList({ name: api.name, load: () => fetchMarkets(api), plainSymbol, plainId });

async function fetchMarkets(api: BybitApi): Promise<BybitMarket[]> {
  const list = await readPages(api, 'instruments', { limit: PAGE_ROWS });
  // One odd listing must not stop trading in all the others.
  const { rows, problems } = readRows<typeof instrumentRow, BybitMarket>(
    'instrument',
    list,
    instrumentRow,
    (row) => {
      if (row.contractType !== 'LinearPerpetual' || row.settleCoin !== SETTLE_COIN) return SKIP;
      const symbol = `${row.baseCoin}/${row.quoteCoin}:${row.settleCoin}`;
      const tradable = row.status === 'Trading';
      return { id: row.symbol, symbol, rules: rulesOf(row, symbol), bounds: boundsOf(row), tradable };
    },
  );
  if (problems.length > 0)
    api.log.warn({ problems: problems.slice(0, 5) }, `some instruments of ${api.name} were not understood`);
  if (rows.length === 0) wholeRows('instruments', { rows, problems: [...problems, 'no USDT perpetual'] });
  return rows;
}

function rulesOf({ priceFilter, lotSizeFilter }: InstrumentRow, symbol: Symbol): MarketRules {
  const { qtyStep, minOrderQty, maxOrderQty, maxMktOrderQty, minNotionalValue } = lotSizeFilter;
  // What an order cannot be at market, it must not be at all: whatever opens may have to close at once.
  const maxQuantity =
    maxOrderQty !== undefined && maxMktOrderQty !== undefined
      ? min(maxOrderQty, maxMktOrderQty)
      : (maxMktOrderQty ?? maxOrderQty);
  return {
    symbol,
    tickSize: priceFilter.tickSize,
    lotSize: qtyStep,
    minQuantity: max(minOrderQty, qtyStep),
    minNotional: minNotionalValue ?? '0',
    ...(maxQuantity !== undefined && { maxQuantity }),
  };
}

const boundsOf = ({ priceFilter: { minPrice, maxPrice } }: InstrumentRow): PriceBounds => ({
  ...(minPrice !== undefined && { minPrice }),
  ...(maxPrice !== undefined && { maxPrice }),
});

/** `BTCUSDT`; markets that settle in anything else are not traded here. */
const plainSymbol = (id: string): Symbol =>
  id.endsWith(SETTLE_COIN) ? `${id.slice(0, -SETTLE_COIN.length)}/${SETTLE_COIN}:${SETTLE_COIN}` : id;

const plainId = (symbol: Symbol): string => (symbol.split(':')[0] ?? symbol).replace('/', '');
