/** BingX perpetual swaps (USDT-margined) behind the exchange port. */
import type { Capabilities, Exchange } from '../exchange.ts';
import { assembleExchange } from '../assemble.ts';
import { createCandleReader } from '../candles.ts';
import type { ExchangeConnection } from '../connection.ts';
import { createAccountReader } from './account.ts';
import { createBingxApi } from './api.ts';
import { createCanceller } from './cancel.ts';
import { createBingxCandles } from './candles.ts';
import { createFillReader } from './fills.ts';
import { createFinder } from './find.ts';
import { readKeyPermissions } from './key-permissions.ts';
import { createHistoryReader } from './history.ts';
import { createMarkets } from './markets.ts';
import { createPlacer } from './place.ts';
import { createBingxPriceRange } from './price-range.ts';
import { createBingxPrices } from './prices.ts';
import { createSnapshotReader } from './snapshot.ts';
import { createAccountStreamer } from './stream-account.ts';
import { createBingxPriceStreamer } from './stream-prices.ts';

const BINGX_CAPABILITIES: Omit<Capabilities, 'orderBatches'> = {
  positionIds: true,
  conditionalClientIds: false,
  clientIdUniqueness: 'always',
  clientIdLookupMs: 2 * 60 * 60_000,
  positionHistory: true,
};

/** Sends one request, for the exchange's time; a venue that is down fails later, call by call. */
export async function createBingxExchange(connection: ExchangeConnection): Promise<Exchange> {
  const { batches = false } = connection;
  const api = await createBingxApi(connection);
  const markets = createMarkets(api);
  const account = createAccountReader(api, markets, connection.positionMode);
  const deps = { api, markets, account };
  const snapshots = createSnapshotReader(deps);
  const prices = createBingxPrices(api, markets);
  const candles = createBingxCandles(api, markets);

  return assembleExchange(connection, {
    api,
    markets,
    capabilities: { ...BINGX_CAPABILITIES, orderBatches: batches },
    positionMode: account.positionMode,
    permissions: () => readKeyPermissions(api),
    setLeverage: account.setLeverage,
    price: prices.price,
    priceRange: createBingxPriceRange(api, markets, candles),
    candles: createCandleReader(markets, candles),
    balance: account.balance,
    placeOrder: createPlacer(api, markets, batches),
    cancelOrder: createCanceller(api, markets),
    findOrder: createFinder(deps),
    snapshot: snapshots.snapshot,
    legSnapshot: snapshots.legSnapshot,
    fills: createFillReader(deps),
    closedPositions: createHistoryReader(deps),
    streamPrices: createBingxPriceStreamer(api, markets, prices),
    streamAccount: createAccountStreamer(api, markets),
  });
}
