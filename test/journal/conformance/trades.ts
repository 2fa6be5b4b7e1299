import { describe, expect, it } from 'vitest';
import { aKey, aTrade } from '../records.ts';
import type { Bench } from '../conformance.ts';

const UNKNOWN = {
  closePrice: null,
  realizedPnl: null,
  netPnl: null,
  fees: null,
  funding: null,
  figuresSource: 'unknown',
} as const;

export function describeTrades(bench: Bench): void {
  describe('trades', () => {
    it('gives back the row that was written', async () => {
      const journal = await bench.journal();
      expect(await journal.writeTrade(aTrade())).toEqual(aTrade());
      expect(await journal.trade(aKey())).toEqual(aTrade());
      expect(await journal.trade(aKey({ leg: 'short' }))).toBeUndefined();
    });

    it('has one row per trade, however often it is written', async () => {
      const journal = await bench.journal();
      for (let i = 0; i < 3; i++) await journal.writeTrade(aTrade());
      expect(await journal.trades()).toEqual([aTrade()]);
    });

    it('completes unknown figures later', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade({ ...UNKNOWN, exitOrderId: null }));
      expect(await journal.writeTrade(aTrade())).toEqual(aTrade());
    });

    it('never replaces a known figure by an unknown one', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade({ figuresSource: 'fills' }));
      await journal.writeTrade(
        aTrade({ ...UNKNOWN, entryPrice: null, exitOrderId: null, entryAt: null, uncoveredMs: 0 }),
      );
      expect(await journal.trade(aKey())).toEqual(aTrade({ figuresSource: 'fills' }));
    });

    it('lets the figures of the exchange replace derived ones', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade({ figuresSource: 'fills', netPnl: '1', fees: '9' }));
      expect(await journal.writeTrade(aTrade({ netPnl: '2', fees: null }))).toMatchObject({
        netPnl: '2',
        fees: '9',
        figuresSource: 'exchange',
      });
    });

    it('replaces figures of the exchange by nothing', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade());
      await journal.writeTrade(aTrade({ netPnl: '-1', quantity: '9' }));
      await journal.writeTrade(aTrade({ figuresSource: 'fills', netPnl: '-2', closePrice: '3' }));
      expect(await journal.trade(aKey())).toEqual(aTrade());
    });

    it('lets the exchange correct a figure that it had left open and that was derived meanwhile', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade({ netPnl: null }));
      expect(await journal.writeTrade(aTrade({ figuresSource: 'fills', netPnl: '5' }))).toMatchObject({
        netPnl: '5',
      });
      expect(await journal.writeTrade(aTrade({ netPnl: '6' }))).toMatchObject({ netPnl: '6' });
    });

    it('refuses a figure that is no decimal text', async () => {
      const journal = await bench.journal();
      await expect(journal.writeTrade(aTrade({ netPnl: '5e-7' }))).rejects.toMatchObject({ kind: 'invalid' });
      expect(await journal.trades()).toEqual([]);
    });

    it('lists the newest exit first, by instant and not by spelling, unknown exits last', async () => {
      const journal = await bench.journal();
      const exits = ['2026-03-01T11:00:00Z', null, '2026-03-01T13:30:00+02:00', '2026-03-01T12:00:00.000Z'];
      for (const [i, exitAt] of exits.entries())
        await journal.writeTrade(aTrade({ epoch: `00000000${i}`, exitAt }));
      expect((await journal.trades()).map(({ epoch }) => epoch.at(-1))).toEqual(['3', '2', '0', '1']);
    });

    it('finds by account, symbol, reason and time, bounds included', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade());
      const found = async (query: Parameters<typeof journal.trades>[0]) =>
        (await journal.trades(query)).length;
      expect(await found({ account: 'main', symbol: 'BTC/USDT:USDT', exitReason: 'TAKE_PROFIT' })).toBe(1);
      expect(await found({ account: 'other' })).toBe(0);
      expect(await found({ symbol: 'ETH/USDT:USDT' })).toBe(0);
      expect(await found({ exitReason: 'STOP_LOSS' })).toBe(0);
      expect(await found({ sinceAt: '2026-03-01T11:00:00.000Z', untilAt: '2026-03-01T11:00:00.000Z' })).toBe(
        1,
      );
      expect(await found({ sinceAt: '2026-03-01T11:00:00.001Z' })).toBe(0);
      expect(await found({ untilAt: '2026-03-01T10:59:59.999Z' })).toBe(0);
    });

    it('refuses a time that is none instead of finding nothing', async () => {
      const journal = await bench.journal();
      await expect(journal.trades({ sinceAt: 'yesterday' })).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('gives a hundred rows unless told otherwise', async () => {
      const journal = await bench.journal();
      for (let i = 0; i < 102; i++) await journal.writeTrade(aTrade({ epoch: String(i).padStart(9, '0') }));
      expect(await journal.trades()).toHaveLength(100);
      expect(await journal.trades({ limit: 101 })).toHaveLength(101);
      expect(await journal.trades({ limit: 0 })).toEqual([]);
    });
  });
}
