/** Positions that were closed and left no row, and rows that lack figures. */
import { expect, it } from 'vitest';
import { completed, journalGaps, type Books } from '../../domain/audit/journal-gaps.ts';
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import { trade, view } from '../client/views.ts';

const ENTRY_MS = Date.parse('2026-01-02T03:04:05.000Z');
const EXIT_MS = Date.parse('2026-01-02T04:04:05.000Z');

/** The row of `trade()`. */
const row = (change: Partial<ClosedPosition> = {}): ClosedPosition => ({
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  side: 'long',
  quantity: '0.05',
  closePrice: '109953.4',
  netPnl: '51.6',
  openedAtMs: ENTRY_MS,
  closedAtMs: EXIT_MS,
  exchangePositionId: '2',
  whole: true,
  ...change,
});
const other = row({ exchangePositionId: '9', openedAtMs: EXIT_MS + 60_000, closedAtMs: EXIT_MS + 90_000 });

const gaps = (change: Partial<Books>) =>
  journalGaps({ account: 'paper', views: [], trades: [], closed: [], ...change });

it('what the journal has is no gap', () => expect(gaps({ trades: [trade()], closed: [row()] })).toEqual([]));

it('a closed position without a row is one, with all that the exchange tells of it', () => {
  expect(gaps({ trades: [trade()], closed: [row(), other] })).toMatchObject([
    { kind: 'missing_trade', weight: 'difference', there: '0.05', closed: { exchangePositionId: '9' } },
  ]);
});

it('the row of another account explains nothing', () => {
  expect(gaps({ trades: [trade({ account: 'other' })], closed: [row()] })).toMatchObject([
    { kind: 'missing_trade' },
  ]);
});

it('what a position that is still kept may be about to write is none', () => {
  expect(gaps({ views: [view({ exchangePositionId: '2' })], closed: [row()] })).toEqual([]);
});

it('a position of which a part is open is not closed', () =>
  expect(gaps({ closed: [row({ whole: false })] })).toEqual([]));

it('a row without figures is one as soon as the exchange has them', () => {
  const trades = [trade({ figuresSource: 'fills', netPnl: null })];
  expect(gaps({ trades, closed: [row()] })).toMatchObject([
    { kind: 'incomplete_trade', weight: 'difference', epoch: 'e1', closed: { netPnl: '51.6' } },
  ]);
  expect(gaps({ trades })).toMatchObject([{ kind: 'incomplete_trade', weight: 'note' }]);
});

it('a position that never opened lacks nothing', () => {
  const trades = [trade({ figuresSource: 'unknown', exitReason: 'NEVER_OPENED', quantity: '0' })];
  expect(gaps({ trades })).toEqual([]);
});

it('a completed row keeps what the exchange does not tell', () => {
  const before = trade({ figuresSource: 'fills', netPnl: null, fees: '5.54' });
  expect(completed(before, row({ netPnl: '50' }))).toEqual({
    ...before,
    netPnl: '50',
    figuresSource: 'exchange',
  });
});
