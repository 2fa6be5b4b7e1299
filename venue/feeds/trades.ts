/** Plays recorded public trades, each a jump to its price, in their own rhythm. */
import { max, roundToStep } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Market } from '../book/model.ts';
import { positiveCell, readCsv, timeCell } from './csv.ts';
import type { Feed } from './feed.ts';

/** A pause in the record is not waited for longer than this. */
const LONGEST_PAUSE_MS = 60_000;

export type RecordedTrade = { readonly atMs: number; readonly price: Decimal; readonly quantity: Decimal };

/** Throws with file and line where a trade makes no sense. */
export function readTrades(file: string): RecordedTrade[] {
  const trades = readCsv(file, ['timestamp', 'price', 'amount']).map((line) => ({
    atMs: timeCell(file, line, 'timestamp'),
    price: positiveCell(file, line, 'price'),
    quantity: positiveCell(file, line, 'amount'),
  }));
  if (trades.length === 0) throw new Error(`${file}: no trades`);
  return trades;
}

export function tradeFeed(
  file: string,
  market: () => Market,
  stored: Readonly<Record<string, unknown>>,
): Feed {
  const trades = readTrades(file);
  const key = `${trades.length} from ${trades[0]?.atMs ?? 0}`;
  const resumes = stored['kind'] === 'trades' && stored['key'] === key;
  let played = resumes ? Number(stored['played']) : 0;

  return {
    kind: 'trades',
    length: trades.length,
    position: () => played,
    begins: () => played === 0,
    step() {
      const trade = trades[played];
      if (!trade) return undefined;
      played += 1;
      const { symbol, tickSize, mark, markPinned } = market();
      const to = max(tickSize, roundToStep(trade.price, tickSize, 'nearest'));
      return [
        {
          symbol,
          path: 'jump',
          to: { last: to, mark: markPinned ? mark : to, index: to },
          traded: trade.quantity,
        },
      ];
    },
    delayMs() {
      const [before, next] = [trades[played - 1], trades[played]];
      return before && next ? Math.max(0, Math.min(LONGEST_PAUSE_MS, next.atMs - before.atMs)) : 0;
    },
    marketTimeMs: () => (trades[Math.max(0, played - 1)] ?? trades[0])?.atMs,
    state: () => ({ kind: 'trades', key, played }),
  };
}
