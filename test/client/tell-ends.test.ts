import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { createTeller } from '../../client/cli/up/tell-ends.ts';
import type { TradeRow } from '../../journal/journal.ts';
import { trade } from './views.ts';

const plain = createColors(false);

async function teller(rows: TradeRow[]) {
  let nowMs = 0;
  const tell = await createTeller({ trades: async () => rows }, () => nowMs);
  return {
    at: async (ms: number) => {
      nowMs = ms;
      return (await tell(plain)).map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''));
    },
  };
}

describe('telling what ended', () => {
  it('leaves out what had ended before, and tells the rest once', async () => {
    const rows = [trade({ epoch: 'old' })];
    const { at } = await teller(rows);
    expect(await at(0)).toEqual([]);
    rows.unshift(trade({ epoch: 'new' }));
    expect(await at(1)).toEqual(['BTC/USDT:USDT long 0.05: TAKE_PROFIT, 109206.8 to 109953.4, net +51.60']);
    expect(await at(2)).toEqual([]);
  });

  it('waits for the figures, and not for ever', async () => {
    const rows: TradeRow[] = [];
    const { at } = await teller(rows);
    rows.push(trade({ netPnl: null, closePrice: null }));
    expect(await at(0)).toEqual([]);
    expect(await at(14_999)).toEqual([]);
    expect(await at(15_000)).toEqual(['BTC/USDT:USDT long 0.05: TAKE_PROFIT, 109206.8 to -, net unknown']);
  });

  it('tells several the oldest first', async () => {
    const rows: TradeRow[] = [];
    const { at } = await teller(rows);
    rows.push(trade({ symbol: 'B/USDT:USDT' }), trade({ symbol: 'A/USDT:USDT', exitReason: 'NEVER_OPENED' }));
    expect(await at(0)).toEqual([
      'A/USDT:USDT long was never opened',
      'B/USDT:USDT long 0.05: TAKE_PROFIT, 109206.8 to 109953.4, net +51.60',
    ]);
  });
});
