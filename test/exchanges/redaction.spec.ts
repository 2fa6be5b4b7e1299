import { afterEach, describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { createRedactor, redactPatterns } from '../../exchanges/ccxt/redact.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { coded, startBingxStub, type Stub, type StubAnswer } from './stub-server.ts';

const API_KEY = 'k3yK3yK3y+of/the=account';
const SECRET = 's3cretS3cret&of=the/account';
const SIGNATURE = /[0-9a-f]{64}/;

/** Answers that repeat what they were sent, as a careless proxy would. */
const ECHOES: Record<string, StubAnswer | ((text: string) => StubAnswer)> = {
  'a coded refusal': (text) => coded(101204, text),
  'an unlisted code': (text) => coded(987654, text),
  'a rate limit': (text) => coded(100410, text),
  'an error page with status 200': (text) => ({ kind: 'text', body: `<html>${text}</html>` }),
  'an error page with status 502': (text) => ({ kind: 'text', body: `<html>${text}</html>`, status: 502 }),
  'a redirect': (text) => ({
    kind: 'text',
    body: text,
    status: 302,
    headers: { location: `http://elsewhere.test/?signature=${'a'.repeat(64)}` },
  }),
  'a hang': { kind: 'hang' },
  'a stalled body': { kind: 'stall', body: '{"code":0,' },
  'a cut connection': { kind: 'cut' },
  'a cut body': { kind: 'cut-mid-body', body: '{"code":0,' },
};

describe('redaction', () => {
  let stub: Stub;
  let exchange: Exchange;
  const logged: string[] = [];
  const keep = (fields: object, text: string): void =>
    void logged.push(inspect([fields, text], { depth: 9 }));

  afterEach(async () => {
    await exchange.close();
    await stub.close();
  });

  it.each(Object.entries(ECHOES))('lets no key, secret, signature or url out of %s', async (_name, echo) => {
    stub = await startBingxStub();
    exchange = await createExchange({
      account: 'a',
      exchange: 'bingx',
      mode: 'paper',
      endpoint: stub.url,
      apiKey: API_KEY,
      secret: SECRET,
      timeouts: { httpMs: 500, readWaitMs: 500, orderWaitMs: 500 },
      log: { debug: keep, info: keep, warn: keep },
    });
    await exchange.symbols();
    const everything = (request: { params: Record<string, string> }): StubAnswer =>
      typeof echo === 'function'
        ? echo(
            `${API_KEY} ${encodeURIComponent(API_KEY)} ${SECRET} ${JSON.stringify(request.params)} ${stub.url}/x?signature=${request.params['signature']}`,
          )
        : echo;
    for (const route of [
      'POST /openApi/swap/v2/trade/order',
      'GET /openApi/swap/v2/trade/order',
      'DELETE /openApi/swap/v2/trade/order',
      'GET /openApi/swap/v2/user/positions',
      'GET /openApi/swap/v3/user/balance',
    ]) {
      stub.on(route, everything);
    }
    const symbol = 'BTC/USDT:USDT';
    const told = [
      await exchange.placeOrder({
        clientOrderId: 'c1',
        symbol,
        leg: 'net',
        side: 'buy',
        kind: 'market',
        quantity: '0.01',
        reduceOnly: false,
      }),
      await exchange.cancelOrder({ symbol, orderId: '1' }),
      await exchange.snapshot(),
      await exchange.findOrder({ symbol, clientOrderId: 'c1' }).catch((error: unknown) => error),
      await exchange.balance().catch((error: unknown) => error),
      await exchange.health(),
      ...logged,
    ];
    for (const thing of told) {
      const text = `${inspect(thing, { depth: 9, showHidden: true })} ${JSON.stringify(thing)} ${thing instanceof Error ? thing.stack : ''}`;
      expect(text).not.toContain(API_KEY);
      expect(text).not.toContain(encodeURIComponent(API_KEY));
      expect(text).not.toContain(SECRET);
      expect(text).not.toMatch(SIGNATURE);
      expect(text).not.toContain(stub.url);
      if (thing instanceof Error) expect(thing.cause).toBeUndefined();
    }
  });
});

describe('the redactor', () => {
  it("trap: the message of ccxt's RequestTimeout holds the whole signed url", () => {
    const message = `bingx GET https://open-api.bingx.com/openApi/swap/v2/trade/order?orderId=1&signature=${'ab'.repeat(32)} request timed out (4000 ms)`;
    expect(redactPatterns(message)).toBe('bingx GET [url] request timed out (4000 ms)');
  });

  it('takes out listen keys, headers and every spelling of a secret', () => {
    const redact = createRedactor(['a+b/c']);
    expect(redact('listenKey=0123abc X-BX-APIKEY: foo a+b/c a%2Bb%2Fc')).toBe(
      'listenKey=[redacted] X-BX-APIKEY: [redacted] [redacted] [redacted]',
    );
  });

  it('keeps what a reader needs', () => {
    expect(redactPatterns('code 109421: order not exist 1742968678528512001')).toBe(
      'code 109421: order not exist 1742968678528512001',
    );
  });

  it('cuts a text that goes on and on', () => {
    expect(redactPatterns('word '.repeat(500)).length).toBeLessThan(310);
  });

  it('redacts a fault as it is made, so that its stack is clean too', () => {
    const fault = new ExchangeFault('network', 'failed at https://x.test/?signature=1');
    expect(fault.message).toBe('failed at [url]');
    expect(fault.stack).not.toContain('x.test');
  });
});
