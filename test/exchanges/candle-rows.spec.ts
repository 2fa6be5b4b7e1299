/** What each exchange is asked for candles, to the word, and how its rows are read. */
import { describe, expect, it } from 'vitest';
import { TIMEFRAME_MS } from '../../domain/candles.ts';
import { ok as binanceAnswer, withStub as withBinance } from './binance-setup.ts';
import { withStub as withBingx } from './bingx-setup.ts';
import { list as bybitAnswer, withBybitStub } from './bybit-setup.ts';
import { json as bingxAnswer, type StubAnswer } from './stub-server.ts';
import { BTC, sentTo, type Setup } from './stub-setup.ts';

const HOUR_MS = TIMEFRAME_MS['1h'];
/** Closed since ten minutes at least. */
const NEWEST = Math.floor((Date.now() - 10 * 60_000) / HOUR_MS) * HOUR_MS - HOUR_MS;

type Row = { openedAtMs: number; open: string; high: string; low: string; close: string };
const rows: Row[] = [
  { openedAtMs: NEWEST, open: '19396.8', high: '19397.5', low: '19385.7', close: '19394.4' },
  { openedAtMs: NEWEST - HOUR_MS, open: '19394.4', high: '19401.1', low: '19390', close: '19396.8' },
];
const [first] = rows;

type Subject = {
  name: string;
  withOne: () => Setup;
  route: string;
  answer: (list: unknown[]) => StubAnswer;
  row: (candle: Row) => unknown;
  query: Record<string, string>;
};

const SUBJECTS: Subject[] = [
  {
    name: 'BingX',
    withOne: withBingx,
    route: 'GET /openApi/swap/v3/quote/klines',
    answer: bingxAnswer,
    row: ({ openedAtMs: time, ...prices }) => ({ ...prices, volume: '110.05', time }),
    query: { symbol: 'BTC-USDT', interval: '1h', limit: '4' },
  },
  {
    name: 'Bybit',
    withOne: withBybitStub,
    route: 'GET /v5/market/kline',
    answer: bybitAnswer,
    row: ({ openedAtMs, open, high, low, close }) => [String(openedAtMs), open, high, low, close, '1', '2'],
    query: { symbol: 'BTCUSDT', interval: '60', limit: '4' },
  },
  {
    name: 'Binance',
    withOne: withBinance,
    route: 'GET /fapi/v1/klines',
    answer: binanceAnswer,
    row: ({ openedAtMs, open, high, low, close }) => [openedAtMs, open, high, low, close, '1', openedAtMs],
    query: { symbol: 'BTCUSDT', interval: '1h', limit: '4' },
  },
];

describe.each(SUBJECTS)('candles of $name', ({ withOne, route, answer, row, query }) => {
  const setup = withOne();
  const read = () => setup.exchange.candles({ symbol: BTC, timeframe: '1h', limit: 2 });

  it('are asked for by symbol, timeframe and number alone, and read digit by digit', async () => {
    setup.stub.on(route, answer(rows.map(row)));
    expect(await read()).toEqual(rows.toReversed());
    const [sent] = sentTo(setup, route);
    expect(sent?.params).toMatchObject(query);
    for (const time of ['startTime', 'endTime', 'start', 'end'])
      expect(sent?.params).not.toHaveProperty(time);
  });

  it('are no candles where a price is missing: a shorter list would be another average', async () => {
    setup.stub.on(route, answer([...rows, first && { ...first, high: '' }].map((one) => one && row(one))));
    await expect(read()).rejects.toMatchObject({ name: 'ExchangeFault', kind: 'bad_answer' });
  });
});
