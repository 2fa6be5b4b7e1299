/** Bybit's USDT perpetuals on a unified account, behind the exchange port. */
import type { Capabilities, Exchange } from '../exchange.ts';
import { assembleExchange } from '../assemble.ts';
import { createCandleReader } from '../candles.ts';
import type { ExchangeConnection } from '../connection.ts';
import { createAccountReader } from './account.ts';
import { createBybitApi } from './api.ts';
import { createCanceller } from './cancel.ts';
import { createBybitCandles } from './candles.ts';
import { createFillReader } from './fills.ts';
import { createFinder } from './find.ts';
import { createHistoryReader } from './history.ts';
import { readKeyPermissions } from './key-permissions.ts';
import { createMarkets } from './markets.ts';
import { createPlacer } from './place.ts';
import { createBybitPriceRange } from './price-range.ts';
import { createBybitPrices } from './prices.ts';
import { createSnapshotReader } from './snapshot.ts';
import { createAccountStreamer } from './stream-account.ts';
import { createBybitPriceStreamer } from './stream-prices.ts';

const DAY_MS = 24 * 60 * 60_000;

const BYBIT_CAPABILITIES: Omit<Capabilities, 'orderBatches'> = {
  positionIds: false,
  conditionalClientIds: true,
  clientIdUniqueness: 'always',
  // So long an order that ended without a fill is shown.
  clientIdLookupMs: DAY_MS,
  positionHistory: true,
};

/** Sends one request, for the exchange's time; a venue that is down fails later, call by call. */
export async function createBybitExchange(connection: ExchangeConnection): Promise<Exchange> {
  const api = await createBybitApi(connection);
  const markets = createMarkets(api);
  const account = createAccountReader(api, markets);
  const batches = connection.batches ?? false;
  const deps = { api, markets, account };
  const snapshots = createSnapshotReader(deps);
  const prices = createBybitPrices(api, markets);
  const candles = createBybitCandles(api, markets);

  return assembleExchange(connection, {
    api,
    markets,
    capabilities: { ...BYBIT_CAPABILITIES, orderBatches: batches },
    positionMode: account.positionMode,
    permissions: () => readKeyPermissions(api),
    setLeverage: account.setLeverage,
    price: prices.price,
    priceRange: createBybitPriceRange(api, markets, candles),
    candles: createCandleReader(markets, candles),
    balance: account.balance,
    placeOrder: createPlacer(api, markets, batches),
    cancelOrder: createCanceller(api, markets),
    findOrder: createFinder(deps),
    snapshot: snapshots.snapshot,
    legSnapshot: snapshots.legSnapshot,
    fills: createFillReader(deps),
    closedPositions: createHistoryReader(deps),
    streamPrices: createBybitPriceStreamer(api, markets, prices),
    streamAccount: createAccountStreamer(api, markets, connection),
  });
}
