import { describe, expect, it } from 'vitest';
import { pointClient } from '../../exchanges/binance/urls.ts';
import { createCcxtClient, type CcxtClient } from '../../exchanges/ccxt/load.ts';
import { createExchange } from '../../exchanges/create.ts';
import { PLACE, refused, withStub } from './binance-setup.ts';
import { BTC, entry, sentTo } from './stub-setup.ts';

const fresh = async (): Promise<CcxtClient> => {
  const client = await createCcxtClient('binanceusdm', { apiKey: 'k', secret: 's' });
  await client.loadFetchImplementation();
  return client;
};

describe('where Binance is', () => {
  it('is the exchange itself for live, each kind of socket on its own route', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'live' })).toEqual({
      market: 'wss://fstream.binance.com/market/ws',
      private: 'wss://fstream.binance.com/private/ws',
    });
    expect(client.urls.api['fapiPrivate']).toBe('https://fapi.binance.com/fapi/v1');
  });

  it('trap: its sandbox answers no private call; demo is the demo, not the sandbox', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'demo' })).toEqual({
      market: 'wss://fstream.binancefuture.com/market/ws',
      private: 'wss://fstream.binancefuture.com/private/ws',
    });
    expect(client.urls.api['fapiPrivate']).toBe('https://demo-fapi.binance.com/fapi/v1');
  });

  it.each([
    ['http://127.0.0.1:9010', 'ws://127.0.0.1:9010/market/ws'],
    ['https://proxy.test/binance/', 'wss://proxy.test/binance/market/ws'],
  ])('trap: keeps the real urls when the server is %s', async (endpoint, market) => {
    const client = await fresh();
    const { api } = structuredClone(client.urls);
    expect(pointClient(client, { mode: 'paper', endpoint }).market).toBe(market);
    expect(client.urls.api).toEqual(api);
  });

  it('refuses an endpoint that is none, and needs one for paper', async () => {
    const client = await fresh();
    expect(() => pointClient(client, { mode: 'paper', endpoint: 'ftp://x.test' })).toThrow(/^the endpoint/);
    const keys = { account: 'a', apiKey: 'k', secret: 's', mode: 'paper', exchange: 'binance' } as const;
    await expect(createExchange(keys)).rejects.toThrow(/needs an endpoint/);
  });
});

describe('requests to a venue in place of Binance', () => {
  const setup = withStub();

  it('trap: are signed for the real url and arrive at the endpoint; codes keep their meaning there', async () => {
    setup.stub.on(PLACE, refused(-2019, 'Margin is insufficient.'));
    expect(await setup.exchange.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'insufficient_funds',
      code: '-2019',
    });
    const [sent] = sentTo(setup, PLACE);
    expect(sent?.headers['x-mbx-apikey']).toBe('test-api-key');
    expect(sent?.params['signature']).toMatch(/^[0-9a-f]{64}$/);
  });

  it("trap: ccxt's start-up calls to other products are never made", async () => {
    await setup.exchange.symbols();
    await setup.exchange.price(BTC);
    await setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' });
    const paths = new Set(setup.stub.requests.map(({ path }) => path));
    expect([...paths].filter((path) => !path.startsWith('/fapi/'))).toEqual([]);
    expect(paths).not.toContain('/fapi/v1/leverageBracket');
  });
});
