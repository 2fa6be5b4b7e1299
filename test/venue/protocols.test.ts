/** One account over three protocols: the same books, the same prices, each in its own words. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { binanceClient, rowsOf } from './binance-support.ts';
import { bybitClient } from './bybit-support.ts';
import { BTC, signedClient, testVenue } from './support.ts';

let venue: Awaited<ReturnType<typeof testVenue>>;
let overBingx: ReturnType<typeof signedClient>;
let overBybit: ReturnType<typeof bybitClient>;
let overBinance: ReturnType<typeof binanceClient>;

beforeEach(async () => {
  venue = await testVenue();
  overBingx = signedClient(venue.url);
  overBybit = bybitClient(venue.url);
  overBinance = binanceClient(venue.url);
});
afterEach(() => venue.dispose());

const types = async () =>
  (await venue.control.books('alice')).orders.filter(({ state }) => state === 'new').map(({ type }) => type);

it('trades one position over all of them', async () => {
  const symbol = 'BTCUSDT';
  await overBybit('POST', '/v5/order/create', { symbol, side: 'Buy', orderType: 'Market', qty: '0.3' });
  const sell = { symbol: BTC, side: 'SELL', type: 'MARKET', quantity: '0.1' };
  expect(await overBingx('POST', '/openApi/swap/v2/trade/order', sell)).toMatchObject({ code: 0 });
  const reduce = { symbol, side: 'SELL', type: 'MARKET', quantity: '0.05', reduceOnly: 'true' };
  expect(await overBinance('POST', '/fapi/v1/order', reduce)).toMatchObject({ status: 200 });

  const bingx = await overBingx('GET', '/openApi/swap/v2/user/positions');
  const bybit = await overBybit('GET', '/v5/position/list', { symbol });
  const binance = await overBinance('GET', '/fapi/v3/positionRisk');
  expect(bingx.data).toMatchObject([{ symbol: BTC, positionSide: 'LONG', positionAmt: '0.15' }]);
  expect(bybit.result.list).toMatchObject([{ symbol, side: 'Buy', size: '0.15' }]);
  expect(rowsOf(binance).map((row) => [row['symbol'], Number(row['positionAmt'])])).toEqual([[symbol, 0.15]]);
  expect((await overBybit('GET', '/v5/execution/list')).result.list).toHaveLength(3);
});

it('calls a stop by one name in the books, whoever placed it', async () => {
  const symbol = 'BTCUSDT';
  await overBybit('POST', '/v5/order/create', { symbol, side: 'Buy', orderType: 'Market', qty: '0.3' });
  const stop = { symbol, side: 'Sell', orderType: 'Market', qty: '0.3', reduceOnly: true };
  await overBybit('POST', '/v5/order/create', { ...stop, triggerPrice: '64000', triggerDirection: 2 });
  const target = { symbol, tpslMode: 'Full', positionIdx: 0, takeProfit: '66000' };
  await overBybit('POST', '/v5/position/trading-stop', target);
  const other = { symbol: BTC, side: 'SELL', type: 'STOP_MARKET', quantity: '0.1', stopPrice: '63000' };
  await overBingx('POST', '/openApi/swap/v2/trade/order', other);
  expect(await types()).toEqual(['STOP_MARKET', 'TAKE_PROFIT_MARKET', 'STOP_MARKET']);
  const { result } = await overBybit('GET', '/v5/order/realtime', { symbol });
  const kinds = result.list?.map((row) => [row['stopOrderType'], row['triggerPrice']]);
  expect(kinds).toEqual(
    expect.arrayContaining([
      ['Stop', '64000'],
      ['TakeProfit', '66000'],
      ['PartialStopLoss', '63000'],
    ]),
  );
});
