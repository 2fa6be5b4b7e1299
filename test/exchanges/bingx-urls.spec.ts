import { describe, expect, it } from 'vitest';
import { pointClient } from '../../exchanges/bingx/urls.ts';
import { createCcxtClient, type CcxtClient } from '../../exchanges/ccxt/load.ts';
import { createExchange } from '../../exchanges/create.ts';

const fresh = (): Promise<CcxtClient> => createCcxtClient('bingx', {});

describe('where BingX is', () => {
  it('is the exchange itself for live', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'live' })).toBe('wss://open-api-swap.bingx.com/swap-market');
    expect(client.urls.api['swap']).toBe('https://open-api.{hostname}/openApi');
  });

  it('is its own test money for demo', async () => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'demo' })).toBe('wss://vst-open-api-ws.bingx.com/swap-market');
    expect(client.urls.api['swap']).toBe('https://open-api-vst.{hostname}/openApi');
  });

  it.each([
    ['http://127.0.0.1:9010', 'http://127.0.0.1:9010/openApi', 'ws://127.0.0.1:9010/swap-market'],
    ['http://127.0.0.1:9010/', 'http://127.0.0.1:9010/openApi', 'ws://127.0.0.1:9010/swap-market'],
    ['https://proxy.test/bingx', 'https://proxy.test/bingx/openApi', 'wss://proxy.test/bingx/swap-market'],
  ])('is any base URL: %s', async (endpoint, rest, socket) => {
    const client = await fresh();
    expect(pointClient(client, { mode: 'paper', endpoint })).toBe(socket);
    const { ws: _sockets, ...urls } = client.urls.api;
    expect(new Set(Object.values(urls))).toEqual(new Set([rest]));
  });

  it.each(['not a url', 'ftp://x.test', 'http://x.test/?key=1'])(
    'refuses the endpoint %s without repeating it',
    async (endpoint) => {
      const client = await fresh();
      expect(() => pointClient(client, { mode: 'paper', endpoint })).toThrow(/^the endpoint (?!.*x\.test)/);
    },
  );

  it.each(['bingx', 'bybit', 'binance'] as const)('needs an endpoint for paper: %s', async (exchange) => {
    const keys = { account: 'a', apiKey: 'k', secret: 's', mode: 'paper' } as const;
    await expect(createExchange({ ...keys, exchange })).rejects.toThrow(/needs an endpoint/);
  });

  it('trap: ccxt exports no single class; it is loaded by its file, and a class that is not there is an error', async () => {
    const client = await fresh();
    expect(Object.getPrototypeOf(client).constructor.name).toBe('bingx');
    await expect(createCcxtClient('nosuchexchange', {})).rejects.toThrow(
      /Cannot find|no such file|Failed to load/i,
    );
  });
});
