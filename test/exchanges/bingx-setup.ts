/** A BingX gateway in front of a scripted server, for one test at a time. */
import { afterEach, beforeEach } from 'vitest';
import type { ExchangeConnection } from '../../exchanges/connection.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { startBingxStub, type Stub } from './stub-server.ts';

export const BTC = 'BTC/USDT:USDT';
/** Short, as tests wait for it; long enough for a busy machine to answer. */
export const HTTP_MS = 1_000;

export type Setup = { stub: Stub; exchange: Exchange };

/** Fills the returned object before each test and empties it after. */
export function withStub(overrides: Partial<ExchangeConnection> = {}): Setup {
  // Filled before the first test reads it.
  const setup = {} as Setup;
  beforeEach(async () => {
    setup.stub = await startBingxStub();
    setup.exchange = await connect(setup.stub, overrides);
  });
  afterEach(async () => {
    await setup.exchange.close();
    await setup.stub.close();
  });
  return setup;
}

export function connect(stub: Stub, overrides: Partial<ExchangeConnection> = {}): Promise<Exchange> {
  return createExchange({
    account: 'test',
    exchange: 'bingx',
    mode: 'paper',
    endpoint: stub.url,
    apiKey: 'test-api-key',
    secret: 'test-secret',
    timeouts: { httpMs: HTTP_MS, readWaitMs: 1_500, orderWaitMs: 1_000 },
    ...overrides,
  });
}

export const entry: OrderRequest = {
  clientOrderId: 'HFe1N1',
  symbol: BTC,
  leg: 'net',
  side: 'buy',
  kind: 'market',
  quantity: '0.05',
  reduceOnly: false,
};

export const stop: OrderRequest = {
  clientOrderId: 'hfe1n2',
  symbol: BTC,
  leg: 'net',
  side: 'sell',
  kind: 'stop_market',
  quantity: '0.05',
  triggerPrice: '49000.5',
  workingType: 'CONTRACT_PRICE',
  reduceOnly: true,
};
