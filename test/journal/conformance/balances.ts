import { describe, expect, it } from 'vitest';
import { aBalance, STARTED_MS } from '../records.ts';
import type { Bench } from '../conformance.ts';

const HOUR_MS = 3_600_000;
const later = (hours: number): number => STARTED_MS + hours * HOUR_MS;
const at = (ms: number): string => new Date(ms).toISOString();

export function describeBalances(bench: Bench): void {
  describe('balances', () => {
    it('gives back what was written, to the last digit', async () => {
      const journal = await bench.journal();
      const tiny = aBalance({ equity: '-0.000000012345678901234567', available: '0' });
      await journal.appendBalance(tiny);
      expect(await (await bench.reader()).balances()).toEqual([tiny]);
    });

    it('writes each once; the first writing of a key stands', async () => {
      const journal = await bench.journal();
      await journal.appendBalance(aBalance());
      await journal.appendBalance(aBalance());
      await journal.appendBalance(aBalance({ equity: '1', why: 'hint' }));
      expect(await journal.balances()).toEqual([aBalance()]);
    });

    it('keeps assets of one moment apart', async () => {
      const journal = await bench.journal();
      await journal.appendBalance(aBalance());
      await journal.appendBalance(aBalance({ asset: 'USDC', equity: '7' }));
      expect((await journal.balances()).map(({ asset }) => asset)).toEqual(['USDC', 'USDT']);
      expect(await journal.balances({ asset: 'USDC' })).toMatchObject([{ equity: '7' }]);
    });

    it('lists the newest first, of one account and of a time, bounds included', async () => {
      const journal = await bench.journal();
      for (const hours of [1, 3, 2]) await journal.appendBalance(aBalance({ atMs: later(hours) }));
      await journal.appendBalance(aBalance({ account: 'other', atMs: later(9) }));
      const times = async (query: Parameters<typeof journal.balances>[0]) =>
        (await journal.balances({ account: 'main', ...query })).map(
          ({ atMs }) => (atMs - STARTED_MS) / HOUR_MS,
        );
      expect(await times({})).toEqual([3, 2, 1]);
      expect(await times({ sinceAt: at(later(2)), untilAt: at(later(2)) })).toEqual([2]);
      expect(await times({ sinceAt: at(later(2) + 1) })).toEqual([3]);
      expect(await times({ limit: 1 })).toEqual([3]);
    });

    it('refuses a figure that is no decimal text, and a time that is none', async () => {
      const journal = await bench.journal();
      await expect(journal.appendBalance(aBalance({ equity: '1e3' }))).rejects.toMatchObject({
        kind: 'invalid',
      });
      await expect(journal.balances({ sinceAt: 'yesterday' })).rejects.toMatchObject({ kind: 'invalid' });
      expect(await journal.balances()).toEqual([]);
    });
  });
}
