/** Bybit Indonesia: the same protocol and adapter as Bybit, on hosts of its own. */
import { describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../domain/exchanges.ts';
import { createBybitApi } from '../../exchanges/bybit/api.ts';
import { connectBybit, coded, PLACE, WALLET, withBybitStub } from './bybit-setup.ts';
import { entry, sentTo } from './stub-setup.ts';

const BLOCKED =
  '<html>The Amazon CloudFront distribution is configured to block access from your country.</html>';

const setup = withBybitStub({ exchange: 'bybitid' });

describe('where Bybit Indonesia is', () => {
  it('is its own hosts for live, among those that no paper account may reach', async () => {
    const { sockets, client, close } = await createBybitApi({
      account: 'test',
      exchange: 'bybitid',
      mode: 'live',
      apiKey: 'k',
      secret: 's',
    });
    await close();
    expect(sockets).toEqual({
      prices: 'wss://stream.bybit.id/v5/public/linear',
      account: 'wss://stream.bybit.id/v5/private',
    });
    expect(client.implodeHostname?.('https://api.{hostname}')).toBe('https://api.bybit.id');
    expect(EXCHANGES.bybitid.hosts).toContain('bybit.id');
  });

  it('is nowhere for demo: none is documented, and ccxt would make up a host', async () => {
    const { stub } = setup;
    await expect(connectBybit(stub, { exchange: 'bybitid', mode: 'demo' })).rejects.toThrow(
      'Bybit Indonesia has no demo',
    );
    expect(stub.requests.filter(({ headers }) => 'x-bapi-sign' in headers)).toEqual([]);
  });
});

describe('an account on Bybit Indonesia', () => {
  it('is called by its own name in what it tells', async () => {
    const { exchange } = setup;
    expect(exchange).toMatchObject({ name: 'bybitid', account: 'test' });
    await expect(exchange.marketRules('NO/USDT:USDT')).rejects.toThrow(/^Bybit Indonesia lists no market/);
  });

  it('reads the codes of Bybit', async () => {
    setup.stub.on(PLACE, coded(110012, 'Insufficient available balance'));
    expect(await setup.exchange.placeOrder(entry)).toMatchObject({
      outcome: 'refused',
      kind: 'insufficient_funds',
    });
  });

  it('trap: a 403 for the country is no rate limit: nobody is made to wait for what waiting cannot mend', async () => {
    const blocked = { kind: 'text', status: 403, body: BLOCKED } as const;
    setup.stub.on(PLACE, blocked);
    setup.stub.on(WALLET, blocked);
    expect(await setup.exchange.placeOrder(entry)).toMatchObject({ outcome: 'refused', kind: 'credentials' });
    await expect(setup.exchange.balance()).rejects.toMatchObject({ kind: 'auth', code: 'HTTP 403' });
    expect(sentTo(setup, WALLET)).toHaveLength(1);
  });
});
