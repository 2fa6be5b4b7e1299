/**
 * What every journal keeps. An adapter is a module that opens a journal at a place: a fresh folder
 * that the suite makes, which the adapter turns into a file in it or a schema named after it. The
 * module is named too, because one test kills a process that writes by it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal, JournalReader } from '../../journal/journal.ts';
import { describeBalances } from './conformance/balances.ts';
import { describeDurability } from './conformance/durability.ts';
import { describeFacts } from './conformance/facts.ts';
import { describeProjection } from './conformance/projection.ts';
import { describeProperties } from './conformance/properties.ts';
import { describeReconciliations } from './conformance/reconciliations.ts';
import { describeSyncReports } from './conformance/sync-reports.ts';
import { describeTrades } from './conformance/trades.ts';

export type JournalAdapter = {
  open(place: string): Journal | Promise<Journal>;
  openReader(place: string): JournalReader | Promise<JournalReader>;
};

/** What a group of tests gets: journals at the test's own place, closed after it. */
export type Bench = {
  journal(): Promise<Journal>;
  reader(): Promise<JournalReader>;
  place(): string;
  module: URL;
};

export function describeJournal({
  name,
  module,
  ...adapter
}: JournalAdapter & { name: string; module: URL }): void {
  describe(`journal: ${name}`, () => {
    let place = '';
    let opened: JournalReader[] = [];
    const keep = <T extends JournalReader>(journal: T): T => {
      opened.push(journal);
      return journal;
    };
    beforeEach(async () => {
      place = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
    });
    afterEach(async () => {
      for (const journal of opened) await journal.close();
      opened = [];
      await rm(place, { recursive: true, force: true });
    });
    const bench: Bench = {
      journal: async () => keep(await adapter.open(place)),
      reader: async () => keep(await adapter.openReader(place)),
      place: () => place,
      module,
    };
    describeFacts(bench);
    describeTrades(bench);
    describeBalances(bench);
    describeReconciliations(bench);
    describeSyncReports(bench);
    describeProjection(bench);
    describeDurability(bench);
    describeProperties(bench);
    it('closes twice without complaint, and refuses work afterwards', async () => {
      const journal = await bench.journal();
      await journal.close();
      await journal.close();
      await expect(journal.positions()).rejects.toMatchObject({ kind: 'closed' });
    });
  });
}
