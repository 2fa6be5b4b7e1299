import { describe, expect, it } from 'vitest';
import { pointClient } from '../../exchanges/bybit/urls.ts';
import { createCcxtClient, type CcxtClient } from '../../exchanges/ccxt/load.ts';
import { connectBybit, withBybitStub, KEY, LIVE } from './bybit-setup.ts';
import { sentTo } from './stub-setup.ts';

const fresh = async (): Promise<CcxtClient> => {
  const client = await createCcxtClient('bybit', {});
  await client.loadFetchImplementation();
  return client;
};

describe('where Bybit is', () => {
  it('is the exchange itself for live', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'live' })).toEqual({
      prices: 'wss://stream.bybit.com/v5/public/linear',
      account: 'wss://stream.bybit.com/v5/private',
    });
    expect(client.urls.api['private']).toBe('https://api.{hostname}');
  });

  it('is its own demo trading for demo, with the prices of the real market', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'demo' })).toEqual({
      prices: 'wss://stream.bybit.com/v5/public/linear',
      account: 'wss://stream-demo.bybit.com/v5/private',
    });
    expect(client.urls.api['private']).toBe('https://api-demo.{hostname}');
  });

  it.each([
    ['http://127.0.0.1:9010', 'ws://127.0.0.1:9010'],
    ['http://127.0.0.1:9010/', 'ws://127.0.0.1:9010'],
    ['https://proxy.test/bybit', 'wss://proxy.test/bybit'],
  ])('trap: real urls are kept and only the origin is rewritten: %s', async (endpoint, sockets) => {
    const client = await fresh();
    const before = structuredClone(client.urls.api);
    expect(pointClient(client, { mode: 'paper', endpoint })).toEqual({
      prices: `${sockets}/v5/public/linear`,
      account: `${sockets}/v5/private`,
    });
    expect(client.urls.api).toEqual(before);
  });

  it.each(['not a url', 'ftp://x.test', 'http://x.test/?key=1'])(
    'refuses the endpoint %s without repeating it',
    async (endpoint) => {
      const client = await fresh();
      expect(() => pointClient(client, { mode: 'paper', endpoint })).toThrow(/^the endpoint (?!.*x\.test)/);
    },
  );
});

describe('a request to Bybit', () => {
  const setup = withBybitStub();

  it('carries its signature in headers, with a receive window of 5 s', async () => {
    await setup.exchange.snapshot();
    const [request] = sentTo(setup, LIVE);
    expect(request?.headers).toMatchObject({
      'x-bapi-api-key': 'test-api-key',
      'x-bapi-recv-window': '5000',
      'x-bapi-sign': expect.stringMatching(/^[0-9a-f]{64}$/),
      'x-bapi-timestamp': expect.stringMatching(/^\d{13}$/),
    });
  });

  it('goes below a path in the endpoint', async () => {
    const exchange = await connectBybit(setup.stub, { endpoint: `${setup.stub.url}/bybit/` });
    await exchange.snapshot();
    expect(setup.stub.requests.map(({ path }) => path)).toContain('/bybit/v5/position/list');
    await exchange.close();
  });

  it('that fails is told in a fault that never names url, key or signature', async () => {
    setup.stub.on(KEY, { kind: 'cut' });
    const { problems } = await setup.exchange.health();
    expect(problems.join()).not.toMatch(/http|test-api-key|[0-9a-f]{48}/);
  });
});
