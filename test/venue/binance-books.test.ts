/** What the Binance protocol shares with the rest of the venue: books that outlive a restart, other protocols' orders. */
import { afterEach, describe, expect, it } from 'vitest';
import { binanceClient, rowsOf, SYMBOL, V1 } from './binance-support.ts';
import type { Row } from './binance-support.ts';
import { BTC, folder, removeFolder, signedClient, testVenue } from './support.ts';

const BINGX_ORDER = '/openApi/swap/v2/trade/order';
const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const STOP = {
  ...{ algoType: 'CONDITIONAL', symbol: SYMBOL, side: 'SELL', type: 'STOP_MARKET', quantity: '0.01' },
  ...{ triggerPrice: '64000', reduceOnly: 'true', clientAlgoId: 'stop' },
};

let venue: Awaited<ReturnType<typeof testVenue>>;
const data = folder();
afterEach(async () => {
  await venue.dispose();
  removeFolder(data);
});

const idOf = (row: Row | undefined) => String(row?.['orderId']);

describe('after a restart', () => {
  it('orders have their ids, and conditional ones fire under the id that was kept for them', async () => {
    venue = await testVenue({ data });
    let call = binanceClient(venue.url);
    const entry = await call('POST', `${V1}/order`, { ...BUY, newClientOrderId: 'entry' });
    const stop = await call('POST', `${V1}/algoOrder`, STOP);
    await venue.stop();
    venue = await testVenue({ data });
    call = binanceClient(venue.url);
    const found = await call('GET', `${V1}/order`, { symbol: SYMBOL, origClientOrderId: 'entry' });
    expect(found.body).toMatchObject({ orderId: entry.body['orderId'], status: 'FILLED' });
    await venue.control.setPrice({ symbol: BTC, last: '63900' });
    const fired = await call('GET', `${V1}/algoOrder`, { clientAlgoId: 'stop' });
    expect(fired.body).toMatchObject({ algoId: stop.body['algoId'], algoStatus: 'FINISHED' });
    const next = await call('POST', `${V1}/order`, BUY);
    expect(Number(next.body['orderId'])).toBeGreaterThan(Number(fired.body['actualOrderId']));
  });
});

describe('an account that is used over two protocols', () => {
  it('sees over Binance what was placed over BingX', async () => {
    venue = await testVenue();
    const call = binanceClient(venue.url);
    const bingx = signedClient(venue.url);
    await bingx('POST', BINGX_ORDER, { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    const stop = { symbol: BTC, side: 'SELL', type: 'STOP_MARKET', quantity: '0.01', stopPrice: '64000' };
    await bingx('POST', BINGX_ORDER, stop);
    const [trade] = rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }));
    const entry = await call('GET', `${V1}/order`, { symbol: SYMBOL, orderId: idOf(trade) });
    expect(entry.body).toMatchObject({ status: 'FILLED', type: 'MARKET' });
    const [waiting] = rowsOf(await call('GET', `${V1}/openAlgoOrders`));
    expect(waiting).toMatchObject({ orderType: 'STOP_MARKET', algoStatus: 'NEW', workingType: 'MARK_PRICE' });

    // It fires in place: from then on it is an ordinary order of the same id.
    await venue.control.setPrice({ symbol: BTC, last: '63900' });
    const [, exit] = rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }));
    expect(idOf(exit)).toBe(String(waiting?.['algoId']));
    expect(rowsOf(await call('GET', `${V1}/openAlgoOrders`))).toEqual([]);
  });

  it('cancels over Binance what was placed over BingX, and the other way round', async () => {
    venue = await testVenue();
    const call = binanceClient(venue.url);
    const bingx = signedClient(venue.url);
    const rest = { side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '60000' };
    await bingx('POST', BINGX_ORDER, { ...rest, symbol: BTC });
    const [open] = rowsOf(await call('GET', `${V1}/openOrders`));
    expect(await call('DELETE', `${V1}/order`, { symbol: SYMBOL, orderId: idOf(open) })).toMatchObject({
      body: { status: 'CANCELED' },
    });
    const { body } = await call('POST', `${V1}/order`, { ...rest, symbol: SYMBOL, timeInForce: 'GTC' });
    expect(await bingx('DELETE', BINGX_ORDER, { symbol: BTC, orderId: idOf(body) })).toMatchObject({
      code: 0,
    });
    expect((await venue.control.books('alice')).orders.map(({ state }) => state)).toEqual([
      ...['cancelled', 'cancelled'],
    ]);
  });
});
