import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candleFeed, readCandles } from '../../venue/feeds/candles.ts';
import { createFeedRunner } from '../../venue/feeds/runner.ts';
import { readTrades, tradeFeed } from '../../venue/feeds/trades.ts';
import { walkFeed } from '../../venue/feeds/walk.ts';
import { folder, marketState, protective, removeFolder, testBooks } from './support.ts';

const SHARED = join(import.meta.dirname, '../../../shared/market-data');
const CANDLES = join(SHARED, 'btc-perp-1m-2022-01.csv.gz');
const TRADES = join(SHARED, 'eth-usdt-perp-trades-2023-02-02.csv');

let data: string;
beforeEach(() => {
  data = folder();
});
afterEach(() => removeFolder(data));

function file(name: string, text: string, zipped = false): string {
  const path = join(data, name);
  writeFileSync(path, zipped ? gzipSync(text) : text);
  return path;
}

const HEADER = 'timestamp,open,high,low,close,volume\n';

describe('candles', () => {
  it('plays low before high when it rises, high before low when it falls', () => {
    const path = file(
      'c.csv.gz',
      `${HEADER}2022-01-01 00:00:00,100,110,90,105,1\n2022-01-01 00:01:00,105,108,95,96,1\n`,
      true,
    );
    const { books } = testBooks({ price: '100' });
    const feed = candleFeed(path, () => marketState(books), {});
    const seen = Array.from({ length: 8 }, () => feed.step()?.[0]?.to.last);
    expect(seen).toEqual(['100', '90', '110', '105', '105', '108', '95', '96']);
    expect(feed.step()).toBeUndefined();
    expect([feed.length, feed.position(), feed.delayMs()]).toEqual([2, 2, 15_000]);
  });

  it('walks within a candle and jumps between two, so that a gap fills at the gap', () => {
    const path = file(
      'c.csv',
      `${HEADER}1640995200000,50000,50100,49900,50000,1\n1640995260000,48000,48100,47900,48050,1\n`,
    );
    const { books, accept, order } = testBooks();
    const runner = createFeedRunner(
      books,
      candleFeed(path, () => marketState(books), {}),
      1,
    );
    runner.stepNow(4);
    accept({});
    const stop = accept(protective('stop', 'long', '49000'));
    runner.stepNow(1);
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', filledCost: '48000' });
  });

  it('goes on where it was after a restart, with the same file only', () => {
    const path = file(
      'c.csv',
      `${HEADER}2022-01-01 00:00:00,100,110,90,105,1\n2022-01-01 00:01:00,105,108,95,96,1\n`,
    );
    const { books } = testBooks({ price: '100' });
    const first = candleFeed(path, () => marketState(books), {});
    for (let step = 0; step < 5; step += 1) first.step();
    expect(candleFeed(path, () => marketState(books), first.state()).step()?.[0]?.to.last).toBe('108');
    const other = file('d.csv', `${HEADER}2023-01-01 00:00:00,7,9,6,8,1\n`);
    expect(candleFeed(other, () => marketState(books), first.state()).step()?.[0]?.to.last).toBe('7');
  });

  it('names file and line of what is wrong', () => {
    expect(() =>
      readCandles(
        file('a.csv', `${HEADER}2022-01-01 00:00:00,100,110,90,105,1\n2022-01-01 00:01:00,x,108,95,96,1\n`),
      ),
    ).toThrow(/a\.csv:3: open "x"/);
    expect(() => readCandles(file('b.csv', `${HEADER}yesterday,100,110,90,105,1\n`))).toThrow(
      /b\.csv:2: timestamp "yesterday"/,
    );
    expect(() => readCandles(file('c.csv', `${HEADER}2022-01-01 00:00:00,100,99,90,95,1\n`))).toThrow(
      /c\.csv:2: open 100 and close 95/,
    );
    expect(() => readCandles(file('d.csv', `${HEADER}2022-01-01 00:00:00,100\n`))).toThrow(
      /d\.csv:2: 2 columns, expected 6/,
    );
    expect(() => readCandles(file('e.csv', 'time,price\n1,2\n'))).toThrow(
      /e\.csv:1: no column timestamp, open/,
    );
    expect(() => readCandles(file('f.csv', HEADER))).toThrow(/no candles/);
  });

  it.skipIf(!existsSync(CANDLES))('reads real candles (skipped where ../shared is absent)', () => {
    const candles = readCandles(CANDLES);
    expect(candles.length).toBeGreaterThan(20_000);
    expect(candles[0]).toMatchObject({ atMs: Date.parse('2021-12-31T23:01:00Z'), open: '46319' });
  });
});

describe('trades', () => {
  it('jumps from trade to trade in their own rhythm', () => {
    const path = file(
      't.csv',
      ',timestamp,price,amount\n0,1675329600138,1666.8,26.062\n1,1675329600214,1666.79,0.152\n',
    );
    const { books } = testBooks({ price: '1600' });
    const feed = tradeFeed(path, () => marketState(books), {});
    const runner = createFeedRunner(books, feed, 1);
    runner.stepNow(1);
    expect(feed.delayMs()).toBe(76);
    expect(marketState(books)).toMatchObject({ last: '1666.8', lastQuantity: '26.062' });
    runner.stepNow(5);
    expect(runner.status()).toMatchObject({
      state: 'finished',
      position: 2,
      length: 2,
      marketTimeMs: 1675329600214,
    });
  });

  it.skipIf(!existsSync(TRADES))('reads real trades (skipped where ../shared is absent)', () => {
    expect(readTrades(TRADES)).toHaveLength(1_000);
  });
});

describe('the random walk', () => {
  const play = (seed: number, steps: number) => {
    const { books } = testBooks();
    const runner = createFeedRunner(
      books,
      walkFeed(() => books.markets.values(), seed, {}),
      1,
    );
    runner.stepNow(steps);
    return { last: marketState(books).last, stored: books.meta().feed, books };
  };

  it('is the same for the same seed and another for another', () => {
    expect(play(1, 200).last).toBe(play(1, 200).last);
    expect(play(1, 200).last).not.toBe(play(2, 200).last);
  });

  it('goes on after a restart as if there had been none', () => {
    const half = play(3, 100);
    createFeedRunner(
      half.books,
      walkFeed(() => half.books.markets.values(), 3, half.stored),
      1,
    ).stepNow(100);
    expect(marketState(half.books).last).toBe(play(3, 200).last);
  });

  it('is lively enough to move 0.4 % within minutes', () => {
    const { books } = testBooks();
    const runner = createFeedRunner(
      books,
      walkFeed(() => books.markets.values(), 1, {}),
      1,
    );
    let steps = 0;
    for (; steps < 1_200 && Math.abs(Number(marketState(books).last) / 50_000 - 1) < 0.004; steps += 1)
      runner.stepNow(1);
    expect(steps).toBeLessThan(1_200);
  });
});
