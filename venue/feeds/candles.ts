/**
 * Plays recorded candles: four points each, open, then low before high in a rising candle and high
 * before low in a falling one, then close. Between candles the price jumps, within one it walks.
 */
import { eq, gt, gte, lt, max, roundToStep } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Market } from '../book/model.ts';
import { positiveCell, readCsv, timeCell } from './csv.ts';
import type { Line } from './csv.ts';
import type { Feed } from './feed.ts';

const POINTS = 4;
const DEFAULT_INTERVAL_MS = 60_000;

export type RecordedCandle = {
  readonly atMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
};

/** Throws with file and line where a candle makes no sense. */
export function readCandles(file: string): RecordedCandle[] {
  const candles = readCsv(file, ['timestamp', 'open', 'high', 'low', 'close']).map((line) =>
    candleOf(file, line),
  );
  if (candles.length === 0) throw new Error(`${file}: no candles`);
  return candles;
}

function candleOf(file: string, line: Line): RecordedCandle {
  const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map((column) =>
    positiveCell(file, line, column),
  ) as [Decimal, Decimal, Decimal, Decimal];
  if (gt(low, high) || [open, close].some((price) => gt(price, high) || lt(price, low))) {
    throw new Error(
      `${file}:${line.number}: open ${open} and close ${close} must lie between low ${low} and high ${high}`,
    );
  }
  return { atMs: timeCell(file, line, 'timestamp'), open, high, low, close };
}

export function pointsOf({ open, high, low, close }: RecordedCandle): [Decimal, Decimal, Decimal, Decimal] {
  return gte(close, open) ? [open, low, high, close] : [open, high, low, close];
}

export function candleFeed(
  file: string,
  market: () => Market,
  stored: Readonly<Record<string, unknown>>,
): Feed {
  const candles = readCandles(file);
  const key = `${candles.length} from ${candles[0]?.atMs ?? 0}`;
  const resumes = stored['kind'] === 'candles' && stored['key'] === key;
  const intervalMs = intervalOf(candles);
  let played = resumes ? Number(stored['played']) : 0;
  let timeMs: number | undefined = resumes ? Number(stored['timeMs']) : candles[0]?.atMs;

  return {
    kind: 'candles',
    length: candles.length,
    position: () => Math.floor(played / POINTS),
    begins: () => played === 0,
    step() {
      const candle = candles[Math.floor(played / POINTS)];
      const point = played % POINTS;
      const price = candle && pointsOf(candle)[point];
      if (candle === undefined || price === undefined) return undefined;
      played += 1;
      timeMs = candle.atMs + (point * intervalMs) / POINTS;
      const { symbol, tickSize, mark, markPinned, last } = market();
      const to = max(tickSize, roundToStep(price, tickSize, 'nearest'));
      const jumps = point === 0 && !eq(to, last);
      return [
        { symbol, path: jumps ? 'jump' : 'walk', to: { last: to, mark: markPinned ? mark : to, index: to } },
      ];
    },
    delayMs: () => intervalMs / POINTS,
    marketTimeMs: () => timeMs,
    state: () => ({ kind: 'candles', key, played, timeMs }),
  };
}

/** The shortest distance of neighbours: gaps in the record are not waited for. */
function intervalOf(candles: readonly RecordedCandle[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const [index, candle] of candles.entries()) {
    const before = candles[index - 1];
    if (before && candle.atMs > before.atMs) shortest = Math.min(shortest, candle.atMs - before.atMs);
  }
  return Number.isFinite(shortest) ? shortest : DEFAULT_INTERVAL_MS;
}
