import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { aFill, aKey, aPublication, aTrade, anEvent } from '../records.ts';
import type { Bench } from '../conformance.ts';

const WRITER = fileURLToPath(new URL('../writer-process.ts', import.meta.url));
/** Acknowledged writings to wait for before the kill. */
const ACKNOWLEDGED = 12;

export function describeDurability(bench: Bench): void {
  describe('several handles and processes', () => {
    it('keeps everything over a close and a reopening', async () => {
      const first = await bench.journal();
      await first.publish(aPublication(1, { events: [anEvent(1)], fills: [aFill('f1')] }));
      await first.writeTrade(aTrade());
      await first.close();
      const second = await bench.journal();
      expect(await second.events(aKey())).toHaveLength(1);
      expect(await second.positions()).toHaveLength(1);
      expect(await second.trade(aKey())).toEqual(aTrade());
      await second.publish(aPublication(0));
      expect(await second.positions()).toEqual([aPublication(1).view]);
    });

    it('acknowledges what was under way when it was closed', async () => {
      const first = await bench.journal();
      const written = first.publish(aPublication(1));
      await first.close();
      await written;
      expect(await (await bench.reader()).positions()).toEqual([aPublication(1).view]);
      await expect(first.publish(aPublication(2))).rejects.toMatchObject({ kind: 'closed' });
    });

    it('lets two handles write in turn and at once', async () => {
      const handles = [await bench.journal(), await bench.journal()];
      const writes = Array.from({ length: 20 }, (_, i) => i + 1).flatMap((number) =>
        handles.map((journal, at) =>
          journal.publish(
            aPublication(number, { events: [anEvent(number), anEvent(100 * (at + 1) + number)] }),
          ),
        ),
      );
      await Promise.all(writes);
      for (const journal of handles) {
        expect(await journal.events(aKey())).toHaveLength(60);
        expect(await journal.positions()).toEqual([aPublication(20).view]);
      }
    });

    it(
      'keeps what a killed writer had acknowledged, whole, and reads while it writes',
      { timeout: 20_000 },
      async () => {
        const child = spawn(process.execPath, [WRITER, bench.module.href, bench.place()], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const gone = once(child, 'exit');
        const acknowledged: string[] = [];
        for await (const line of createInterface(child.stdout)) {
          if (acknowledged.push(line) < ACKNOWLEDGED) continue;
          const reader = await bench.reader();
          expect((await reader.events(aKey())).length).toBeGreaterThanOrEqual(ACKNOWLEDGED / 2);
          child.kill('SIGKILL');
        }
        await gone;
        await expectAcknowledged(bench, acknowledged);
      },
    );
  });
}

async function expectAcknowledged(bench: Bench, lines: string[]): Promise<void> {
  const journal = await bench.journal();
  const count = (kind: string) => lines.filter((line) => line.startsWith(kind)).length;
  const events = await journal.events(aKey());
  const fills = await journal.fills(aKey());
  expect(events.length).toBeGreaterThanOrEqual(count('publication'));
  expect((await journal.trades({ limit: 100_000 })).length).toBeGreaterThanOrEqual(count('trade'));
  // One transaction each: events, fills, view and level of a publication came together or not at all.
  expect(fills).toHaveLength(events.length);
  expect(await journal.positions()).toEqual([aPublication(events.length).view]);
  expect(await journal.levels('main')).toEqual(aPublication(events.length).levels);
  await journal.publish(aPublication(events.length + 1));
}
