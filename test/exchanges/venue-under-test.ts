/** A simulated venue for the conformance suite: one row per protocol, so that a later protocol adds a row. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXCHANGES, type ExchangeName, type ExchangeProtocol } from '../../domain/exchanges.ts';
import type { PositionMode } from '../../domain/terms.ts';
import { orderRef } from '../../exchanges/binance/order-ids.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { VenueControl } from '../../venue/control/client.ts';
import type { RequestMatch, VenueSettings } from '../../venue/control/types.ts';
import { numberOf } from '../../venue/protocols/bybit/ids.ts';
import { startVenue } from '../../venue/venue.ts';
import {
  HTTP_MS,
  START_PRICE,
  type Codes,
  type Operation,
  type VenueUnderTest,
} from './conformance/bench.ts';

type Protocol = {
  marketId: string;
  operations: Record<Operation, RequestMatch>;
  codes: Codes;
  /** Where the port's order ids are not the books'. */
  bookId?: (orderId: string) => string;
  /** False where the private stream needs no key that expires. */
  listenKeys?: boolean;
};

const PROTOCOLS = {
  bingx: {
    marketId: 'BTC-USDT',
    operations: {
      place: { method: 'POST', path: '/openApi/swap/v2/trade/order' },
      placeConditional: { method: 'POST', path: '/openApi/swap/v2/trade/order' },
      cancel: { method: 'DELETE', path: '/openApi/swap/v2/trade/order' },
      order: { method: 'GET', path: '/openApi/swap/v2/trade/order' },
      openOrders: { method: 'GET', path: '/openApi/swap/v2/trade/openOrders' },
      allOrders: { method: 'GET', path: '/openApi/swap/v2/trade/allOrders' },
      positions: { method: 'GET', path: '/openApi/swap/v2/user/positions' },
      fills: { method: 'GET', path: '/openApi/swap/v2/trade/allFillOrders' },
      balance: { method: 'GET', path: '/openApi/swap/v3/user/balance' },
      history: { method: 'GET', path: '/openApi/swap/v1/trade/positionHistory' },
    },
    codes: {
      busy: [100500, 109500],
      tooMany: 100410,
      refusal: { code: 110406, msg: 'A Stop Loss order already exists', kind: 'protection_exists' },
    },
  },
  bybit: {
    marketId: 'BTC-USDT',
    operations: {
      place: { method: 'POST', path: '/v5/order/create' },
      placeConditional: { method: 'POST', path: '/v5/order/create' },
      cancel: { method: 'POST', path: '/v5/order/cancel' },
      order: { method: 'GET', path: '/v5/order/realtime' },
      openOrders: { method: 'GET', path: '/v5/order/realtime' },
      allOrders: { method: 'GET', path: '/v5/order/history' },
      positions: { method: 'GET', path: '/v5/position/list' },
      fills: { method: 'GET', path: '/v5/execution/list' },
      balance: { method: 'GET', path: '/v5/account/wallet-balance' },
      history: { method: 'GET', path: '/v5/position/closed-pnl' },
    },
    codes: {
      busy: [10016, 10000],
      tooMany: 10006,
      refusal: { code: 34040, msg: 'not modified', kind: 'protection_exists' },
    },
    bookId: (orderId) => numberOf('order', orderId) ?? orderId,
    listenKeys: false,
  },
  binance: {
    marketId: 'BTC-USDT',
    operations: {
      place: { method: 'POST', path: '/fapi/v1/order' },
      placeConditional: { method: 'POST', path: '/fapi/v1/algoOrder' },
      cancel: { method: 'DELETE', path: '/fapi/v1/order' },
      order: { method: 'GET', path: '/fapi/v1/order' },
      openOrders: { method: 'GET', path: '/fapi/v1/openOrders' },
      allOrders: { method: 'GET', path: '/fapi/v1/allOrders' },
      positions: { method: 'GET', path: '/fapi/v3/positionRisk' },
      fills: { method: 'GET', path: '/fapi/v1/userTrades' },
      balance: { method: 'GET', path: '/fapi/v3/account' },
      // Its history is rebuilt, and what is held now is always asked for it.
      history: { method: 'GET', path: '/fapi/v3/positionRisk' },
    },
    codes: {
      busy: [-1007, -1001],
      tooMany: -1015,
      refusal: {
        code: -4130,
        msg: 'An open stop or take profit order with GTE and closePosition in the direction is existing.',
        kind: 'protection_exists',
      },
    },
    bookId: (orderId) => orderRef(orderId).number,
  },
} satisfies Record<ExchangeProtocol, Protocol>;

const asItIs = (orderId: string): string => orderId;

/** Starts a venue that stands still until a test moves its price, without a lag unless a test wants one. */
export async function startVenueUnderTest(
  exchange: ExchangeName,
  mode: PositionMode,
  settings: Partial<VenueSettings> = {},
): Promise<VenueUnderTest & { control: VenueControl }> {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-conformance-'));
  const protocol: Protocol = PROTOCOLS[EXCHANGES[exchange].protocol];
  const { marketId, operations, codes, bookId = asItIs, listenKeys = true } = protocol;
  const venue = await startVenue({
    data,
    feed: 'still',
    symbols: [],
    markets: [{ symbol: marketId, price: START_PRICE, tickSize: '0.1', lotSize: '0.0001' }],
    settings: { positionLagMs: 0, slippageBps: 0, ...settings },
  });
  return {
    control: venue.control,
    symbol: 'BTC/USDT:USDT',
    marketId,
    operations,
    codes,
    bookId,
    listenKeys,
    open: async (account, options = {}) => {
      const keys = { apiKey: `key-of-${account}`, secret: `secret-of-${account}` };
      await venue.control.createAccount({ name: account, ...keys, hedgeMode: mode === 'hedge' });
      const gateway = await createExchange({
        account,
        exchange,
        mode: 'paper',
        endpoint: venue.url,
        ...keys,
        timeouts: { httpMs: HTTP_MS },
        ...options,
      });
      return { exchange: gateway, stop: () => gateway.close() };
    },
    stop: async () => {
      await venue.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
