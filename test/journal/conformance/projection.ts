import { describe, expect, it } from 'vitest';
import { aKey, aLevel, aPublication, aView } from '../records.ts';
import type { Bench } from '../conformance.ts';

const nextActions = (views: { nextAction: string }[]) => views.map(({ nextAction }) => nextAction);

export function describeProjection(bench: Bench): void {
  describe('the projection', () => {
    it('gives back the view and the levels', async () => {
      const journal = await bench.journal();
      const target = aLevel('b', {
        kind: 'target',
        direction: 'up',
        price: '51000.0000000000000001',
        workingType: 'MARK_PRICE',
        generation: 7,
      });
      await journal.publish(aPublication(1, { view: aView(), levels: [target, aLevel('a')] }));
      expect(await journal.positions()).toEqual([aView()]);
      expect(await journal.levels('main')).toEqual([aLevel('a'), target]);
    });

    it.each(['stop', 'target', 'trail', 'break_even', 'profit'] as const)(
      'gives back a level of any kind: %s',
      async (kind) => {
        const journal = await bench.journal();
        await journal.publish(aPublication(1, { levels: [aLevel('a', { kind })] }));
        expect(await journal.levels('main')).toEqual([aLevel('a', { kind })]);
      },
    );

    it('shows the newest generation, whatever order they come in', async () => {
      const journal = await bench.journal();
      for (const generation of [2, 3, 1]) await journal.publish(aPublication(generation));
      expect(nextActions(await journal.positions())).toEqual(['Generation 3.']);
      expect((await journal.levels('main')).map(({ generation }) => generation)).toEqual([3]);
    });

    it('removes a finished position, and nothing late brings it back', async () => {
      const journal = await bench.journal();
      await journal.publish(aPublication(1));
      await journal.publish(aPublication(3, { view: null, levels: [] }));
      await journal.publish(aPublication(2));
      expect(await journal.positions()).toEqual([]);
      expect(await journal.levels('main')).toEqual([]);
    });

    it('shows a new epoch of the leg from its first generation on, and nothing of the old one', async () => {
      const journal = await bench.journal();
      const [old, next] = [aKey({ epoch: '000000001' }), aKey({ epoch: '000000002' })];
      await journal.publish(aPublication(40, { key: old }));
      await journal.publish(aPublication(1, { key: next }));
      await journal.publish(aPublication(41, { key: old, view: null, levels: [] }));
      expect((await journal.positions()).map(({ epoch }) => epoch)).toEqual(['000000002']);
      expect(await journal.levels('main')).toHaveLength(1);
    });

    it('orders by account, symbol and leg, and finds by account', async () => {
      const journal = await bench.journal();
      const keys = [
        aKey({ account: 'b' }),
        aKey({ account: 'a', symbol: 'Z' }),
        aKey({ account: 'a', leg: 'short' }),
        aKey({ account: 'a' }),
      ];
      for (const key of keys) await journal.publish(aPublication(1, { key }));
      const names = (await journal.positions()).map(
        ({ account, symbol, leg }) => `${account} ${symbol} ${leg}`,
      );
      expect(names).toEqual([
        'a BTC/USDT:USDT long',
        'a BTC/USDT:USDT short',
        'a Z long',
        'b BTC/USDT:USDT long',
      ]);
      expect(await journal.positions('b')).toHaveLength(1);
      expect(await journal.positions('none')).toEqual([]);
    });

    it('tells when levels changed, per account, and only then', async () => {
      const journal = await bench.journal();
      const version = () => journal.levelsVersion('main');
      const start = await version();
      await journal.publish(aPublication(1));
      const armed = await version();
      expect(armed).not.toBe(start);
      await journal.publish(aPublication(2, { levels: aPublication(1).levels }));
      await journal.publish(aPublication(1, { key: aKey({ account: 'other' }) }));
      expect(await version()).toBe(armed);
      await journal.publish(aPublication(3, { view: null, levels: [] }));
      expect(await version()).not.toBe(armed);
    });
  });
}
