import { describe, expect, it } from 'vitest';
import type { ReconciliationKind } from '../../../journal/journal.ts';
import { startWatching, STARTED_MS } from './bench.ts';

const HOUR_MS = 3_600_000;
const FREQUENT = 'reconciliations are frequent: look into it';
const at = (atMs: number, ...kinds: ReconciliationKind[]) => kinds.map((kind) => ({ kind, atMs }));
const rule = (count: number, windowMs: number) => ({ alert: { count, windowMs } });

describe('counting reconciliations', () => {
  it('tells them by kind, since midnight and within the hour', async () => {
    const { observer, pass } = startWatching(({ journal }) => {
      journal.reconciled = [
        ...at(STARTED_MS - 11 * HOUR_MS, 'adl'),
        ...at(STARTED_MS - 9 * HOUR_MS, 'adopted', 'closed_outside'),
        ...at(STARTED_MS - HOUR_MS / 2, 'closed_outside'),
      ];
    });
    await pass(1_000);
    expect(observer.health().reconciliations).toMatchObject({
      today: { adopted: 1, closed_outside: 2 },
      lastHour: { closed_outside: 1 },
      alert: null,
    });
  });

  it('exports each once, whoever wrote it', async () => {
    const { journal, measured, pass } = startWatching((bench) => {
      bench.journal.reconciled = at(STARTED_MS - 1, 'adl');
    });
    await pass(6_000);
    journal.reconciled.push(...at(Date.now(), 'adopted', 'adopted', 'flipped'));
    await pass(60_000);
    journal.reconciled.push(...at(Date.now(), 'adopted'));
    await pass(60_000);
    expect(measured.filter((what) => what.startsWith('reconciled'))).toEqual([
      'reconciled adopted 2',
      'reconciled flipped 1',
      'reconciled adopted 1',
    ]);
  });

  it('keeps what it knew while the journal is away', async () => {
    const { observer, journal, warnings, pass } = startWatching((bench) => {
      bench.journal.reconciled = at(STARTED_MS, 'adl');
    });
    await pass(1_000);
    journal.failing = true;
    await pass(30_000);
    expect(observer.health().reconciliations).toMatchObject({ today: { adl: 1 } });
    expect(warnings).toContain('the reconciliations could not be counted');
  });
});

describe('the alert', () => {
  it('is raised when there are more than so many, and warns once for as long as it lasts', async () => {
    const { observer, journal, warnings, pass } = startWatching(() => {}, rule(2, HOUR_MS));
    journal.reconciled.push(...at(STARTED_MS, 'closed_outside', 'adopted'));
    await pass(60_000);
    expect([observer.health().reconciliations.alert, warnings]).toEqual([null, []]);
    journal.reconciled.push(...at(Date.now(), 'flipped'));
    await pass(600_000);
    journal.reconciled.push(...at(Date.now(), 'flipped'));
    await pass(600_000);
    expect(warnings).toEqual([FREQUENT]);
    expect(observer.health().reconciliations.alert).toEqual({
      sinceMs: STARTED_MS + 65_000,
      count: 4,
      windowMs: HOUR_MS,
    });
  });

  it('ends when they have become rare, not when one has left the window, and is then raised anew', async () => {
    const { observer, journal, warnings, pass } = startWatching(() => {}, rule(2, HOUR_MS));
    for (const minute of [0, 20, 40])
      journal.reconciled.push(...at(STARTED_MS + minute * 60_000, 'closed_outside'));
    await pass(41 * 60_000);
    const alert = () => observer.health().reconciliations.alert;
    expect(alert()).not.toBeNull();
    await pass(20 * 60_000);
    expect(alert(), 'two are left of three').toMatchObject({ count: 2 });
    await pass(20 * 60_000);
    expect(alert(), 'one is left').toBeNull();
    journal.reconciled.push(...at(Date.now(), 'adl', 'adl'));
    await pass(10_000);
    expect(warnings).toEqual([FREQUENT, FREQUENT]);
  });

  it('is not raised by ten an hour unless it is told to', async () => {
    const { journal, warnings, pass } = startWatching();
    journal.reconciled.push(...at(STARTED_MS, ...Array.from({ length: 10 }, () => 'adopted' as const)));
    await pass(10_000);
    expect(warnings).toEqual([]);
    journal.reconciled.push(...at(STARTED_MS, 'adopted'));
    await pass(10_000);
    expect(warnings).toEqual([FREQUENT]);
  });
});
