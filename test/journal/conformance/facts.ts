import { describe, expect, it } from 'vitest';
import { aFill, aKey, aPublication, anEvent } from '../records.ts';
import type { Bench } from '../conformance.ts';

export function describeFacts(bench: Bench): void {
  describe('events and fills', () => {
    it('gives back what was written, to the last digit', async () => {
      const journal = await bench.journal();
      const liquidation = aFill('f2', {
        price: '0.000000012345678901234567',
        fee: '-0.1',
        forced: 'liquidation',
        atMs: aFill('').atMs + 1,
      });
      await journal.publish(aPublication(1, { events: [anEvent(1)], fills: [aFill('f1'), liquidation] }));
      expect(await journal.events(aKey())).toEqual([anEvent(1)]);
      expect(await journal.fills(aKey())).toEqual([aFill('f1'), liquidation]);
    });

    it('keeps an unknown fee unknown', async () => {
      const journal = await bench.journal();
      const { fee: _unknown, ...fill } = aFill('f1');
      await journal.publish(aPublication(1, { fills: [fill] }));
      expect((await journal.fills(aKey()))[0]).not.toHaveProperty('fee');
    });

    it('writes each once, however often it is published', async () => {
      const journal = await bench.journal();
      const publication = aPublication(1, { events: [anEvent(1), anEvent(2)], fills: [aFill('f1')] });
      await journal.publish(publication);
      await journal.publish(publication);
      expect(await journal.events(aKey())).toHaveLength(2);
      expect(await journal.fills(aKey())).toHaveLength(1);
    });

    it('lets the first writing of a key stand', async () => {
      const journal = await bench.journal();
      await journal.publish(aPublication(1, { events: [anEvent(1)], fills: [aFill('f1')] }));
      await journal.publish(
        aPublication(2, { events: [anEvent(1, { type: 'else' })], fills: [aFill('f1', { price: '1' })] }),
      );
      expect(await journal.events(aKey())).toEqual([anEvent(1)]);
      expect(await journal.fills(aKey())).toEqual([aFill('f1')]);
    });

    it('orders events by sequence and fills by time, whatever order they came in', async () => {
      const journal = await bench.journal();
      await journal.publish(
        aPublication(2, { events: [anEvent(3), anEvent(2)], fills: [aFill('a', { atMs: 20 })] }),
      );
      await journal.publish(aPublication(1, { events: [anEvent(1)], fills: [aFill('b', { atMs: 10 })] }));
      expect((await journal.events(aKey())).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect((await journal.fills(aKey())).map(({ fillId }) => fillId)).toEqual(['b', 'a']);
    });

    it('lets one fill belong to two epochs, as a flip does', async () => {
      const journal = await bench.journal();
      const next = aKey({ epoch: 'zzzzzzzzz' });
      await journal.publish(aPublication(1, { fills: [aFill('f1')] }));
      await journal.publish(aPublication(1, { key: next, fills: [aFill('f1', next)] }));
      expect(await journal.fills(aKey())).toHaveLength(1);
      expect(await journal.fills(next)).toHaveLength(1);
    });

    it('keeps the facts of a publication whose projection comes too late', async () => {
      const journal = await bench.journal();
      await journal.publish(aPublication(2));
      await journal.publish(aPublication(1, { events: [anEvent(1)], fills: [aFill('f1')] }));
      expect(await journal.events(aKey())).toHaveLength(1);
      expect(await journal.fills(aKey())).toHaveLength(1);
    });

    it('writes all of a publication or nothing', async () => {
      const journal = await bench.journal();
      const bad = aPublication(1, {
        events: [anEvent(1)],
        fills: [aFill('f1'), aFill('f2', { price: 'NaN' })],
      });
      await expect(journal.publish(bad)).rejects.toMatchObject({ kind: 'invalid' });
      expect(await journal.events(aKey())).toEqual([]);
      expect(await journal.fills(aKey())).toEqual([]);
      expect(await journal.positions()).toEqual([]);
    });

    it('spoils no other publication that is written at the same time', async () => {
      const journal = await bench.journal();
      const [good, bad, late] = await Promise.allSettled([
        journal.publish(aPublication(1, { events: [anEvent(1)] })),
        journal.publish(aPublication(2, { events: [anEvent(2)], fills: [aFill('f1', { price: 'NaN' })] })),
        journal.publish(aPublication(3, { events: [anEvent(3)] })),
      ]);
      expect([good.status, bad.status, late.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await journal.events(aKey())).map(({ sequence }) => sequence)).toEqual([1, 3]);
      expect(await journal.positions()).toEqual([aPublication(3).view]);
    });

    it('takes quotes, semicolons and any script as plain text', async () => {
      const journal = await bench.journal();
      const key = aKey({ symbol: `x'); DROP TABLE fills; --` });
      const event = anEvent(1, {
        ...key,
        type: `"'; \u{1F9A6} 位置`,
        data: { text: `'); DELETE FROM events; --` },
      });
      await journal.publish(aPublication(1, { key, events: [event] }));
      expect(await journal.events(key)).toEqual([event]);
    });
  });
}
