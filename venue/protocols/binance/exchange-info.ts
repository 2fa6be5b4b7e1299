/** What Binance tells of its markets. */
import { mul } from '../../../domain/decimal.ts';
import type { Market } from '../../book/model.ts';
import { placesOf } from '../../figures.ts';
import { REQUEST_LIMITS } from './limits.ts';
import { quoteAssetOf, symbolOf } from './format.ts';

const ONBOARD_MS = 1_569_398_400_000;
/** Perpetual contracts are delivered in the year 2100. */
const DELIVERY_MS = 4_133_404_800_000;
const MAX_PRICE_TICKS = '100000000';
const MAX_QUANTITY_LOTS = '100000000';
const MIN_PRICE_PLACES = 2;

export const maxPriceOf = (market: Market): string => mul(market.tickSize, MAX_PRICE_TICKS);
export const maxQuantityOf = (market: Market): string => mul(market.lotSize, MAX_QUANTITY_LOTS);

/** Prices may be written with more decimals than the tick has, but must still be multiples of it. */
export const pricePlacesOf = (market: Market): number =>
  Math.max(MIN_PRICE_PLACES, placesOf(market.tickSize));

export function exchangeInfo(markets: readonly Market[], nowMs: number): object {
  const assets = [...new Set(markets.map((market) => quoteAssetOf(market.symbol)))];
  return {
    timezone: 'UTC',
    serverTime: nowMs,
    futuresType: 'U_MARGINED',
    rateLimits: REQUEST_LIMITS,
    exchangeFilters: [],
    assets: assets.map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: '-10000' })),
    symbols: markets.map(symbolRow),
  };
}

function symbolRow(market: Market): object {
  const symbol = symbolOf(market.symbol);
  const quote = quoteAssetOf(market.symbol);
  return {
    symbol,
    pair: symbol,
    contractType: 'PERPETUAL',
    deliveryDate: DELIVERY_MS,
    onboardDate: ONBOARD_MS,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: market.symbol.split('-')[0] ?? symbol,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: pricePlacesOf(market),
    quantityPrecision: placesOf(market.lotSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    settlePlan: 0,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    maxMoveOrderLimit: 10_000,
    filters: filtersOf(market),
    orderTypes: [
      'LIMIT',
      'MARKET',
      'STOP',
      'STOP_MARKET',
      'TAKE_PROFIT',
      'TAKE_PROFIT_MARKET',
      'TRAILING_STOP_MARKET',
    ],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
    permissionSets: ['GRID', 'COPY'],
  };
}

function filtersOf(market: Market): object[] {
  const size = {
    maxQty: maxQuantityOf(market),
    minQty: market.minQuantity,
    stepSize: market.lotSize,
  };
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: market.tickSize,
      maxPrice: maxPriceOf(market),
      tickSize: market.tickSize,
    },
    { filterType: 'LOT_SIZE', ...size },
    { filterType: 'MARKET_LOT_SIZE', ...size },
    { filterType: 'MAX_NUM_ORDERS', limit: 1_000 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 1_000 },
    { filterType: 'MIN_NOTIONAL', notional: market.minNotional },
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: '10.0000',
      multiplierDown: '0.1000',
      multiplierDecimal: '4',
    },
  ];
}
