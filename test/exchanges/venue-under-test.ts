/** A simulated venue for the conformance suite: one row per protocol, so that a later exchange adds a row. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PositionMode } from '../../domain/terms.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { RequestMatch } from '../../venue/control/types.ts';
import { startVenue } from '../../venue/venue.ts';
import { HTTP_MS, START_PRICE, type Operation, type VenueUnderTest } from './conformance/bench.ts';

type Protocol = { marketId: string; operations: Record<Operation, RequestMatch> };

const PROTOCOLS = {
  bingx: {
    marketId: 'BTC-USDT',
    operations: {
      place: { method: 'POST', path: '/openApi/swap/v2/trade/order' },
      cancel: { method: 'DELETE', path: '/openApi/swap/v2/trade/order' },
      order: { method: 'GET', path: '/openApi/swap/v2/trade/order' },
      openOrders: { method: 'GET', path: '/openApi/swap/v2/trade/openOrders' },
      allOrders: { method: 'GET', path: '/openApi/swap/v2/trade/allOrders' },
      positions: { method: 'GET', path: '/openApi/swap/v2/user/positions' },
      fills: { method: 'GET', path: '/openApi/swap/v2/trade/allFillOrders' },
      balance: { method: 'GET', path: '/openApi/swap/v3/user/balance' },
      history: { method: 'GET', path: '/openApi/swap/v1/trade/positionHistory' },
    },
  },
} satisfies Record<string, Protocol>;

/** Starts a venue that stands still until a test moves its price, without a lag unless a test wants one. */
export async function startVenueUnderTest(
  exchange: keyof typeof PROTOCOLS,
  mode: PositionMode,
): Promise<VenueUnderTest> {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-conformance-'));
  const { marketId, operations } = PROTOCOLS[exchange];
  const venue = await startVenue({
    data,
    feed: 'still',
    symbols: [],
    markets: [{ symbol: marketId, price: START_PRICE, tickSize: '0.1', lotSize: '0.0001' }],
    settings: { positionLagMs: 0, slippageBps: 0 },
  });
  return {
    control: venue.control,
    symbol: 'BTC/USDT:USDT',
    marketId,
    operations,
    open: async (account) => {
      const keys = { apiKey: `key-of-${account}`, secret: `secret-of-${account}` };
      await venue.control.createAccount({ name: account, ...keys, hedgeMode: mode === 'hedge' });
      const gateway = await createExchange({
        account,
        exchange,
        mode: 'paper',
        endpoint: venue.url,
        ...keys,
        timeouts: { httpMs: HTTP_MS },
      });
      return { exchange: gateway, stop: () => gateway.close() };
    },
    stop: async () => {
      await venue.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
