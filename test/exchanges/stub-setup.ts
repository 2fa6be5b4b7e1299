/** A gateway in front of a scripted server, for one test at a time; and orders that every exchange takes. */
import { afterEach, beforeEach } from 'vitest';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { ExchangeName } from '../../domain/terms.ts';
import type { ExchangeConnection } from '../../exchanges/connection.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { Stub, StubRequest } from './stub-server.ts';

export const BTC = 'BTC/USDT:USDT';
/** Short, as tests wait for it; long enough for a busy machine to answer. */
export const HTTP_MS = 1_000;

export type Setup = { stub: Stub; exchange: Exchange };

/** @param startOne starts a server that answers as this exchange does */
export function stubSetup(exchange: ExchangeName, startOne: () => Promise<Stub>) {
  const connect = (stub: Stub, overrides: Partial<ExchangeConnection> = {}): Promise<Exchange> =>
    createExchange({
      account: 'test',
      exchange,
      mode: 'paper',
      endpoint: stub.url,
      apiKey: 'test-api-key',
      secret: 'test-secret',
      timeouts: { httpMs: HTTP_MS, readWaitMs: 1_500, orderWaitMs: 1_000 },
      ...overrides,
    });
  /** Fills the returned object before each test and empties it after. */
  const withStub = (overrides: Partial<ExchangeConnection> = {}): Setup => {
    // Filled before the first test reads it.
    const setup = {} as Setup;
    beforeEach(async () => {
      setup.stub = await startOne();
      setup.exchange = await connect(setup.stub, overrides);
    });
    afterEach(async () => {
      await setup.exchange.close();
      await setup.stub.close();
    });
    return setup;
  };
  return { connect, withStub };
}

/** Requests of a route, e.g. `POST /fapi/v1/order`, oldest first. */
export const sentTo = ({ stub }: Setup, route: string): StubRequest[] =>
  stub.requests.filter(({ method, path }) => `${method} ${path}` === route);

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
