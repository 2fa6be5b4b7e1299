/**
 * What one list of an account held when it was last read, and what its rows meant: a row that comes again word
 * for word is neither parsed, nor checked, nor mapped again, and is the same object as before.
 *
 * - A row means the same only under the same circumstances: mode, clock, names of the markets.
 * - What means something else as time passes is never remembered, nor is what was not understood.
 * - Nothing is kept but what the last answer held.
 */
import type { PositionMode } from '../domain/terms.ts';
import type { ExchangeClock } from './ccxt/clock.ts';
import { createRowMemory, type RowMemory } from './ccxt/row-memory.ts';
import type { Markets } from './market-list.ts';
import type { SKIP } from './rows.ts';

/** What the rows of the last answer were made into; `readRows` replaces it. */
export type Meanings<T, Row> = {
  known: ReadonlyMap<unknown, T | typeof SKIP>;
  /** Whether the row will mean the same the next time. */
  lasts: (row: Row) => boolean;
};

export type ListMemory<T, Row> = {
  /** For the request of one page: the rows as they come. */
  page: (index?: number) => RowMemory;
  /** For the rows of all pages: what they mean. */
  meanings: (circumstances: Circumstances) => Meanings<T, Row>;
};

/** All that the meaning of a row depends on besides the row. */
export type Circumstances = {
  markets: Pick<Markets, 'revision'>;
  clock: Pick<ExchangeClock, 'toOurs'>;
  mode?: PositionMode | undefined;
};

/** @param lasts default: every row does */
export function createListMemory<T, Row>(lasts: (row: Row) => boolean = () => true): ListMemory<T, Row> {
  const pages: RowMemory[] = [];
  let asked = 0;
  let under = '';
  let meanings: Meanings<T, Row> = { known: new Map(), lasts };
  return {
    page: (index = 0) => {
      asked = Math.max(asked, index + 1);
      return (pages[index] ??= createRowMemory());
    },
    meanings: ({ markets, clock, mode }) => {
      pages.length = Math.min(pages.length, asked);
      asked = 0;
      const now = [markets.revision(), clock.toOurs(0), mode].join(' ');
      if (now !== under) meanings = { known: new Map(), lasts };
      under = now;
      return meanings;
    },
  };
}
