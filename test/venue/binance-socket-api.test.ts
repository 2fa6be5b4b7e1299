import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { binanceClient, ccxtBinance, sign, SYMBOL, V1 } from './binance-support.ts';
import type { Row } from './binance-support.ts';
import { KEYS, testVenue } from './support.ts';

type Reply = { id: unknown; status: number; result?: Row; error?: Row; rateLimits?: Row[] };

let venue: Awaited<ReturnType<typeof testVenue>>;
let ws: WebSocket;

beforeEach(async () => {
  venue = await testVenue();
  ws = new WebSocket(`${venue.url.replace('http', 'ws')}/ws-fapi/v1`);
  await once(ws, 'open');
});
afterEach(async () => {
  ws.terminate();
  await venue.dispose();
});

async function send(text: string): Promise<Reply> {
  ws.send(text);
  const [data] = (await once(ws, 'message')) as [Buffer];
  return JSON.parse(data.toString()) as Reply;
}

/** Signs by the sorted names. */
function ask(method: string, given: Record<string, string | number> = {}): Promise<Reply> {
  const params: Record<string, string | number> = { ...given, apiKey: KEYS.apiKey, timestamp: Date.now() };
  const text = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&');
  return send(JSON.stringify({ id: 'one', method, params: { ...params, signature: sign(text) } }));
}

const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: 0.01 };
const REST = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '60000' };

describe('requests over the WebSocket API', () => {
  it('place, amend, find and cancel orders, as REST does', async () => {
    const placed = await ask('order.place', REST);
    expect(placed).toMatchObject({ id: 'one', status: 200, result: { status: 'NEW', origQty: '0.0100' } });
    const id = { symbol: SYMBOL, orderId: Number(placed.result?.['orderId']) };
    expect(await ask('order.modify', { ...REST, ...id, price: 60001 })).toMatchObject({
      result: { price: '60001.0' },
    });
    expect(await ask('order.status', id)).toMatchObject({ result: { price: '60001.0' } });
    expect(await ask('order.cancel', id)).toMatchObject({ result: { status: 'CANCELED' } });
    expect((await venue.control.books('alice')).orders).toMatchObject([{ state: 'cancelled' }]);
  });

  it('place and cancel algo orders, and tell the account', async () => {
    await ask('order.place', BUY);
    const stop = {
      algoType: 'CONDITIONAL',
      symbol: SYMBOL,
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.01',
    };
    const placed = await ask('algoOrder.place', { ...stop, triggerPrice: 64000 });
    expect(placed).toMatchObject({ result: { algoStatus: 'NEW' } });
    const algoId = Number(placed.result?.['algoId']);
    expect(await ask('algoOrder.cancel', { algoId })).toMatchObject({ result: { msg: 'success' } });
    expect(await ask('v2/account.position')).toMatchObject({ result: [{ positionAmt: '0.0100' }] });
    expect(await ask('v2/account.balance')).toMatchObject({ result: [{ asset: 'USDT' }] });
    expect(await ask('ticker.price', { symbol: SYMBOL })).toMatchObject({ result: { price: '65000' } });
    expect(await ask('userDataStream.start')).toMatchObject({
      result: { listenKey: expect.any(String) as string },
    });
  });

  it('show the limits as they are used, together with REST', async () => {
    await binanceClient(venue.url)('POST', `${V1}/order`, BUY);
    const { rateLimits } = await ask('order.place', BUY);
    expect(rateLimits).toContainEqual(
      expect.objectContaining({ rateLimitType: 'ORDERS', interval: 'SECOND', limit: 300, count: 2 }),
    );
  });

  it('are refused as over REST', async () => {
    expect(await ask('order.place', { ...BUY, quantity: 900 })).toMatchObject({
      ...{ id: 'one', status: 400, error: { code: -2019, msg: 'Margin is insufficient.' } },
    });
    expect(await ask('order.hope')).toMatchObject({ status: 400, error: { code: -1020 } });
    const params = { ...BUY, apiKey: KEYS.apiKey, timestamp: Date.now(), signature: 'x' };
    const forged = JSON.stringify({ id: 7, method: 'order.place', params });
    expect(await send(forged)).toMatchObject({ id: 7, status: 400, error: { code: -1022 } });
    expect(await send('{')).toMatchObject({ id: null, error: { code: -1102 } });
  });

  it('may write numbers as they like: the signature is of what was written', async () => {
    const timestamp = Date.now();
    const head = `apiKey=${KEYS.apiKey}&price=60000.0&quantity=1e-2&side=BUY&symbol=${SYMBOL}`;
    const signature = sign(`${head}&timeInForce=GTC&timestamp=${timestamp}&type=LIMIT`);
    const params = `"apiKey":"${KEYS.apiKey}","price":60000.0,"quantity":1e-2,"side":"BUY","symbol":"${SYMBOL}"`;
    const rest = `"timeInForce":"GTC","timestamp":${timestamp},"type":"LIMIT","signature":"${signature}"`;
    const answer = await send(`{"id":1,"method":"order.place","params":{${params},${rest}}}`);
    expect(answer).toMatchObject({ status: 200, result: { origQty: '0.0100' } });
  });

  it('serve ccxt', async () => {
    const client = (await ccxtBinance(venue.url, 'dispatcher')) as Awaited<ReturnType<typeof ccxtBinance>> & {
      createOrderWs(symbol: string, type: string, side: string, amount: number): Promise<{ status: string }>;
    };
    client.urls.api.ws['ws-api'] = { future: `${venue.url.replace('http', 'ws')}/ws-fapi/v1` };
    await client.loadMarkets();
    expect(await client.createOrderWs('BTC/USDT:USDT', 'market', 'buy', 0.01)).toMatchObject({
      ...{ status: 'closed', filled: 0.01, average: 65000 },
    });
    await client.close();
  });
});
