import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { aSyncReport } from '../records.ts';

export function describeSyncReports(bench: Bench): void {
  describe('sync reports', () => {
    it('gives back what was written, once; the first writing of an id stands', async () => {
      const journal = await bench.journal();
      await journal.appendSyncReport(aSyncReport());
      await journal.appendSyncReport(aSyncReport({ executed: true }));
      expect(await (await bench.reader()).syncReports()).toEqual([aSyncReport()]);
    });

    it('lists the newest first, of a time', async () => {
      const journal = await bench.journal();
      for (const day of ['02', '04', '03'])
        await journal.appendSyncReport(aSyncReport({ id: day, at: `2026-03-${day}T00:05:00.000Z` }));
      const ids = async (query: Parameters<typeof journal.syncReports>[0]) =>
        (await journal.syncReports(query)).map(({ id }) => id);
      expect(await ids({})).toEqual(['04', '03', '02']);
      expect(await ids({ limit: 1 })).toEqual(['04']);
      expect(await ids({ sinceAt: '2026-03-03T00:05:00Z', untilAt: '2026-03-04T00:00:00Z' })).toEqual(['03']);
    });
  });
}
