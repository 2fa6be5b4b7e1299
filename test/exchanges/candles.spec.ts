/** Closed candles: what is still open or perhaps open is left out, and one answer serves until the next close. */
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../domain/candles.ts';
import { createCandleReader, type CandleAsk } from '../../exchanges/candles.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Market, Markets } from '../../exchanges/market-list.ts';
import type { Rows } from '../../exchanges/rows.ts';
import { BTC } from './stub-setup.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);

const flat = (openedAtMs: number): Candle => ({ openedAtMs, open: '1', high: '2', low: '1', close: '1' });

/** An exchange that lists every minute up to now, newest first, at a time of the test's. */
function reader(answer?: (ask: CandleAsk, nowMs: number) => Rows<Candle>) {
  const asked: CandleAsk[] = [];
  const time = { nowMs: NOON + 30_000 };
  const listed = ({ limit = 0 }: CandleAsk, nowMs: number): Rows<Candle> => {
    const open = Math.floor(nowMs / MINUTE) * MINUTE;
    return { problems: [], rows: Array.from({ length: limit }, (_, back) => flat(open - back * MINUTE)) };
  };
  const markets: Pick<Markets, 'bySymbol'> = {
    // Nothing but the symbol is looked at.
    bySymbol: async (symbol) => ({ symbol }) as Market,
  };
  const candles = createCandleReader(
    markets,
    async (ask) => {
      asked.push(ask);
      return (answer ?? listed)(ask, time.nowMs);
    },
    () => time.nowMs,
  );
  const read = (limit = 2) => candles({ symbol: BTC, timeframe: '1m', limit });
  const opened = async (limit?: number) => (await read(limit)).map(({ openedAtMs }) => openedAtMs - NOON);
  return { read, opened, candles, asked, time };
}

describe('closed candles', () => {
  it('come oldest first, without the one that is still open', async () => {
    const { opened, asked } = reader();
    expect(await opened(3)).toEqual([-3 * MINUTE, -2 * MINUTE, -MINUTE]);
    expect(asked).toMatchObject([{ symbol: BTC, workingType: 'CONTRACT_PRICE', timeframe: '1m' }]);
  });

  it('count only once they are closed by any clock that differs by a second', async () => {
    const { opened, time } = reader();
    time.nowMs = NOON + 1_400;
    expect(await opened()).toEqual([-3 * MINUTE, -2 * MINUTE]);
    time.nowMs = NOON + 1_600;
    expect(await opened()).toEqual([-2 * MINUTE, -MINUTE]);
  });

  it('are asked for once for each timeframe, however many want them, until the next one closes', async () => {
    const { read, opened, asked, time, candles } = reader();
    await Promise.all([read(), read(), read()]);
    time.nowMs = NOON + MINUTE + 1_000;
    await read();
    expect(asked).toHaveLength(1);
    await candles({ symbol: BTC, timeframe: '5m', limit: 2 });
    expect(asked).toHaveLength(2);
    time.nowMs = NOON + MINUTE + 2_000;
    expect(await opened()).toEqual([-MINUTE, 0]);
    expect(asked).toHaveLength(3);
  });

  it('are asked for anew by who wants more of them, and fewer are the newest of those known', async () => {
    const { opened, asked } = reader();
    await opened(2);
    expect(await opened(4)).toHaveLength(4);
    expect(await opened(1)).toEqual([-MINUTE]);
    expect(asked).toHaveLength(2);
  });

  it('are asked for again while the exchange does not list the newest', async () => {
    const { opened, asked } = reader(() => ({ problems: [], rows: [flat(NOON - 2 * MINUTE)] }));
    expect(await opened()).toEqual([-2 * MINUTE]);
    await opened();
    expect(asked).toHaveLength(2);
  });

  it('fail as a whole where one cannot be understood, and the failure is not kept', async () => {
    const { read, asked } = reader(() => ({ problems: ['candle 1: high is no number'], rows: [] }));
    await expect(read()).rejects.toThrow(ExchangeFault);
    await expect(read()).rejects.toThrow('candle 1: high is no number');
    expect(asked).toHaveLength(2);
  });

  it.each([0, 1.5, 991])('are not given %s at a time', async (limit) => {
    await expect(reader().read(limit)).rejects.toThrow('1 to 990');
  });
});
