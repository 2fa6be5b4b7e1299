/** Binance USDT-M perpetual futures behind the exchange port. */
import { assembleExchange } from '../assemble.ts';
import { createCandleReader } from '../candles.ts';
import type { ExchangeConnection } from '../connection.ts';
import type { Capabilities, Exchange } from '../exchange.ts';
import { createAccountReader } from './account.ts';
import { createBinanceApi } from './api.ts';
import { createCanceller } from './cancel.ts';
import { createBinanceCandles } from './candles.ts';
import { createFillReader } from './fills.ts';
import { createFinder } from './find.ts';
import { createHistoryReader } from './history.ts';
import { createBinanceMarkets } from './markets.ts';
import { createOriginReader } from './origins.ts';
import { createPlacer } from './place.ts';
import { createBinancePriceRange } from './price-range.ts';
import { createBinancePrices } from './prices.ts';
import { createSnapshotReader } from './snapshot.ts';
import { createAccountStreamer } from './stream-account.ts';
import { createBinancePriceStreamer } from './stream-prices.ts';

const DAY_MS = 24 * 60 * 60_000;

export const BINANCE_CAPABILITIES: Capabilities = {
  positionIds: false,
  conditionalClientIds: true,
  clientIdUniqueness: 'open-orders',
  /** Cancelled without an execution; what executed is found for 90 days. */
  clientIdLookupMs: 3 * DAY_MS,
  // Conditional orders are algo orders, and those go one by one.
  orderBatches: false,
  /** Rebuilt from executions and funding. */
  positionHistory: true,
  // Each weighs 85 of the 2,200 that reads may use: with the regular twelve, a third is left for lookups.
  hurriedReadingsAMinute: 4,
};

/** Sends one request, for the exchange's time; a venue that is down fails later, call by call. */
export async function createBinanceExchange(connection: ExchangeConnection): Promise<Exchange> {
  const api = await createBinanceApi(connection);
  const markets = createBinanceMarkets(api);
  // The demo has no wallet service, and ccxt knows no url of one.
  const account = createAccountReader(api, markets, connection.mode !== 'demo');
  const deps = { api, markets };
  const origins = createOriginReader(deps);
  const snapshots = createSnapshotReader(deps);
  const prices = createBinancePrices(api, markets);
  const candles = createBinanceCandles(api, markets);

  return assembleExchange(connection, {
    api,
    markets,
    capabilities: BINANCE_CAPABILITIES,
    positionMode: account.positionMode,
    permissions: account.keyPermissions,
    setLeverage: account.setLeverage,
    price: prices.price,
    priceRange: createBinancePriceRange(api, markets, candles),
    candles: createCandleReader(markets, candles),
    balance: account.balance,
    placeOrder: createPlacer(api, markets, prices),
    cancelOrder: createCanceller(api, markets),
    findOrder: createFinder(deps),
    snapshot: snapshots.snapshot,
    legSnapshot: snapshots.legSnapshot,
    fills: createFillReader(deps, origins),
    closedPositions: createHistoryReader(deps, origins),
    streamPrices: createBinancePriceStreamer(api, markets, prices),
    streamAccount: createAccountStreamer(api, markets),
  });
}
