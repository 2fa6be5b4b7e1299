import { describe, expect, it } from 'vitest';
import type { Market } from '../../venue/book/model.ts';
import { candleSeries } from '../../venue/candle-series.ts';
import type { Span } from '../../venue/candle-series.ts';
import { createTape } from '../../venue/tape.ts';
import { marketState, testBooks } from './support.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-01-01T12:00:00Z');
const market = marketState(testBooks().books);
const ALL: Span = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 5, keep: 'newest' };

/** A tape with trades at these minutes after noon. */
function tapeOf(...trades: readonly (readonly [minute: number, price: string])[]) {
  const tape = createTape();
  for (const [minute, last] of trades) {
    const at: Market = { ...market, last };
    tape.record({ kind: 'price', market: at, traded: '1' }, NOON + minute * MINUTE);
  }
  return tape;
}

const closes = (
  tape: ReturnType<typeof tapeOf>,
  span: Partial<Span>,
  nowMinute: number,
  intervalMs = MINUTE,
) =>
  candleSeries(tape, market, intervalMs, { ...ALL, ...span }, NOON + nowMinute * MINUTE).map(
    ({ openAtMs, close }) => [(openAtMs - NOON) / MINUTE, close],
  );

describe('candles without gaps', () => {
  it('are flat where nothing traded, at the close before', () => {
    const tape = tapeOf([0, '50000'], [3, '51000']);
    expect(closes(tape, {}, 4.5)).toEqual([
      ...[
        [0, '50000'],
        [1, '50000'],
        [2, '50000'],
        [3, '51000'],
        [4, '51000'],
      ],
    ]);
  });

  it('are flat before the first price: no high or low is made up', () => {
    const series = candleSeries(tapeOf([0, '51000']), market, MINUTE, { ...ALL, limit: 3 }, NOON);
    expect(series.map(({ high, low, volume }) => [high, low, volume])).toEqual([
      ['51000', '51000', '0'],
      ['51000', '51000', '0'],
      ['51000', '51000', '1'],
    ]);
    expect(closes(createTape(), { limit: 2 }, 0)).toEqual([
      [-1, market.last],
      [0, market.last],
    ]);
  });

  it('are the oldest or the newest of a span', () => {
    const tape = tapeOf([0, '50000'], [1, '50001'], [2, '50002'], [3, '50003']);
    const span = { from: NOON + 1, to: NOON + 3 * MINUTE, limit: 2 };
    expect(closes(tape, { ...span, keep: 'oldest' }, 9)).toEqual([
      [1, '50001'],
      [2, '50002'],
    ]);
    expect(closes(tape, { ...span, keep: 'newest' }, 9)).toEqual([
      [2, '50002'],
      [3, '50003'],
    ]);
    expect(closes(tape, { from: NOON + 60 * MINUTE }, 9)).toEqual([]);
    expect(closes(tape, { from: Number.NaN }, 9)).toEqual([]);
  });

  it('come in any interval', () => {
    const tape = tapeOf([0, '50000'], [7, '51000']);
    expect(closes(tape, { limit: 2 }, 7, 5 * MINUTE)).toEqual([
      [0, '50000'],
      [5, '51000'],
    ]);
  });

  it('are of the mark or index price where asked for, without volume', () => {
    const tape = createTape();
    tape.record({ kind: 'price', market: { ...market, last: '49000', mark: '50500' }, traded: '1' }, NOON);
    const [mark] = candleSeries(tape, market, MINUTE, { ...ALL, limit: 1, source: 'mark' }, NOON);
    expect(mark).toMatchObject({ high: '50500', low: '50500', volume: '0' });
  });
});
