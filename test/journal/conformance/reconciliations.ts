import { describe, expect, it } from 'vitest';
import { aFill, aKey, anEvent, anOutsideChange, aPublication, aTrade, STARTED_MS } from '../records.ts';
import type { Bench } from '../conformance.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const closed = (sequence: number, reason = 'EXCHANGE_CLOSED_RECONCILIATION') =>
  anEvent(sequence, { type: 'WentFlat', data: { reason } });

export function describeReconciliations(bench: Bench): void {
  describe('reconciliations', () => {
    it('are written with the events that tell of them', async () => {
      const journal = await bench.journal();
      await journal.publish(aPublication(1, { events: [anEvent(1), anOutsideChange(2)] }));
      expect(await (await bench.reader()).reconciliations()).toEqual([
        {
          ...aKey(),
          sequence: 2,
          kind: 'reduced_outside',
          atMs: STARTED_MS + 2,
          text: 'reduced outside: 0.01 at 50100 by order 900',
        },
      ]);
    });

    it('count once, however often and however late their publication comes', async () => {
      const journal = await bench.journal();
      const first = aPublication(1, { events: [anOutsideChange(1)] });
      await journal.publish(first);
      await journal.publish(aPublication(2, { events: [closed(2)] }));
      await journal.publish(first);
      expect((await journal.reconciliations()).map(({ kind }) => kind)).toEqual([
        'closed_outside',
        'reduced_outside',
      ]);
    });

    it('are told from the whole epoch, not from one publication alone', async () => {
      const journal = await bench.journal();
      const intent = { number: 2, role: 'stop', trancheId: 't1' };
      const events = [
        anEvent(1, { type: 'IntentPlanned', data: { intent } }),
        anEvent(2, { type: 'IntentAccepted', data: { number: 2, orderId: '601' } }),
        anEvent(3, { type: 'IntentEnded', data: { number: 2, how: 'cancelled', orderId: '601' } }),
        anEvent(4, { type: 'IntentPlanned', data: { intent: { ...intent, number: 3 } } }),
        anEvent(5, { type: 'IntentAccepted', data: { number: 3, orderId: '602' } }),
      ];
      for (const [i, event] of events.entries()) await journal.publish(aPublication(i, { events: [event] }));
      expect(await journal.reconciliations()).toMatchObject([{ kind: 'order_vanished', sequence: 3 }]);
    });

    it('know how the epoch before ended: a flip is one', async () => {
      const journal = await bench.journal();
      const exitAt = new Date(STARTED_MS + 1_000).toISOString();
      await journal.writeTrade(aTrade({ side: 'long', exitAt }));
      const next = aKey({ epoch: 'zzzzzzzzz' });
      const adoption = { policy: 'protect', quantity: '1', openedAtMs: STARTED_MS + 1_200 };
      const events = [
        anEvent(1, { ...next, type: 'PositionStarted', data: { start: { side: 'short' } } }),
        anEvent(2, { ...next, type: 'PositionAdopted', data: { adoption } }),
      ];
      await journal.publish(aPublication(1, { key: next, events }));
      expect((await journal.reconciliations()).map(({ kind }) => kind)).toEqual(['flipped']);
    });

    it('are not there when their publication failed', async () => {
      const journal = await bench.journal();
      const bad = aPublication(1, { events: [closed(1)], fills: [aFill('f1', { price: 'NaN' })] });
      await expect(journal.publish(bad)).rejects.toMatchObject({ kind: 'invalid' });
      expect(await journal.reconciliations()).toEqual([]);
    });

    it('are found by account, symbol, kind and time, newest first', async () => {
      const journal = await bench.journal();
      const other = aKey({ account: 'other', symbol: 'ETH/USDT:USDT' });
      await journal.publish(aPublication(1, { events: [anOutsideChange(1), closed(7, 'LIQUIDATION')] }));
      await journal.publish(aPublication(1, { key: other, events: [anOutsideChange(3, {}, other)] }));
      const found = async (query: Parameters<typeof journal.reconciliations>[0]) =>
        (await journal.reconciliations(query)).map(({ sequence }) => sequence);
      expect(await found({})).toEqual([7, 3, 1]);
      expect(await found({ account: 'main' })).toEqual([7, 1]);
      expect(await found({ symbol: 'ETH/USDT:USDT' })).toEqual([3]);
      expect(await found({ kind: 'liquidated' })).toEqual([7]);
      expect(await found({ sinceAt: at(STARTED_MS + 3), untilAt: at(STARTED_MS + 3) })).toEqual([3]);
      expect(await found({ limit: 2 })).toEqual([7, 3]);
    });

    it('are counted by kind, of one account, since a time', async () => {
      const journal = await bench.journal();
      const events = [anOutsideChange(1), anOutsideChange(2), anOutsideChange(3), closed(7, 'ADL')];
      await journal.publish(aPublication(1, { events }));
      const since = (ms: number, account = 'main') =>
        journal.reconciliationCounts({ account, sinceAt: at(STARTED_MS + ms) });
      expect(await since(0)).toEqual({ reduced_outside: 3, adl: 1 });
      expect(await since(3)).toEqual({ reduced_outside: 1, adl: 1 });
      expect(await since(8)).toEqual({});
      expect(await since(0, 'other')).toEqual({});
    });

    it('adds up the time without cover of what ended since', async () => {
      const journal = await bench.journal();
      const uncovered = (account = 'main', sinceAt = '2026-03-01T11:00:00Z') =>
        journal.uncoveredMs({ account, sinceAt });
      expect(await uncovered()).toBe(0);
      await journal.writeTrade(aTrade({ uncoveredMs: 120 }));
      await journal.writeTrade(aTrade({ epoch: 'zzzzzzzzz', uncoveredMs: 3 }));
      await journal.writeTrade(
        aTrade({ epoch: 'aaaaaaaaa', exitAt: '2026-03-01T10:59:59.999Z', uncoveredMs: 1_000 }),
      );
      expect(await uncovered()).toBe(123);
      expect(await uncovered('other')).toBe(0);
    });

    it('finds the trades whose figures are still to come', async () => {
      const journal = await bench.journal();
      await journal.writeTrade(aTrade());
      await journal.writeTrade(aTrade({ epoch: 'a', figuresSource: 'fills' }));
      await journal.writeTrade(aTrade({ epoch: 'b', figuresSource: 'unknown', exitAt: null }));
      await journal.writeTrade(aTrade({ epoch: 'c', figuresSource: 'fills', exitReason: 'NEVER_OPENED' }));
      expect((await journal.trades({ incomplete: true })).map(({ epoch }) => epoch)).toEqual(['a', 'b']);
    });
  });
}
