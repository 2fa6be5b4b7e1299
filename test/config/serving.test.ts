/** What workers say of their accounts, as commands read it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObserveHealth } from '../../activities/observe/deps.ts';
import {
  accountReports,
  dropWorkerReport,
  readWorkerReports,
  writeWorkerReport,
  type AccountReport,
  type AccountStatus,
} from '../../config/serving.ts';
import { priceReports, truthReport } from '../../worker/truth-report.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-serving-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const serving: AccountStatus = { state: 'serving', sinceAt: at(0), notes: [] };
const sick: AccountStatus = { state: 'not_served', sinceAt: at(0), reason: 'r', remedy: 'm', retryAt: null };
const report = (
  account: string,
  status: AccountStatus,
  more: Partial<AccountReport> = {},
): AccountReport => ({
  account,
  status,
  checkedAt: null,
  limits: null,
  watch: null,
  ...more,
});
const watch = { streamsOpen: true, truthAgeMs: 1, positions: 0, pendingOrders: 0 };

const known: ObserveHealth = {
  watching: true,
  websocketConnected: true,
  activePositions: 1,
  pendingOrders: 0,
  lastUpdateMs: NOW,
  errors: 0,
  ageOfTruthMs: 7,
  ageOfPriceMs: null,
  prices: [],
  agreement: {
    state: 'differs',
    agreedAtMs: null,
    count: 1,
    sinceMs: NOW - 5,
    legs: [{ symbol: 'BTC/USDT:USDT', leg: 'net', sinceMs: NOW - 5, text: 'it differs' }],
  },
  reconciliations: {
    today: { adopted: 2 },
    lastHour: { adopted: 1 },
    alert: { sinceMs: NOW - 1, count: 11, windowMs: 60_000 },
    uncoveredTodayMs: 30,
  },
  cover: { uncovered: 1, uncoveredMs: 20, longestMs: 15 },
  balance: { account: 'a', asset: 'USDT', equity: '1', available: '2', why: 'hint', atMs: NOW - 9 },
};

describe('the reports of workers', () => {
  it('are read of every worker that still writes', () => {
    writeWorkerReport(data, { pid: 1, writtenAt: at(0), accounts: [report('a', serving)] });
    writeWorkerReport(data, { pid: 2, writtenAt: at(-16_000), accounts: [report('b', serving)] });
    expect([...accountReports(readWorkerReports(data, NOW)).keys()]).toEqual(['a']);
  });

  it('end with the worker, and what a killed one left is dropped in time', () => {
    writeWorkerReport(data, { pid: 1, writtenAt: at(0), accounts: [] });
    writeWorkerReport(data, { pid: 2, writtenAt: at(-3_600_001), accounts: [] });
    dropWorkerReport(data, 1);
    expect(readWorkerReports(data, NOW)).toEqual([]);
    expect(readdirSync(join(data, 'workers'))).toEqual([]);
  });

  it('that cannot be read are none', () => {
    expect(readWorkerReports(join(data, 'missing'), NOW)).toEqual([]);
    mkdirSync(join(data, 'workers'));
    writeFileSync(join(data, 'workers', '7.json'), '{"pid": 7, "half');
    expect(readWorkerReports(data, NOW)).toEqual([]);
  });

  it('of several workers say that an account is served when one of them serves it', () => {
    for (const [pid, status] of [sick, serving].entries())
      writeWorkerReport(data, { pid, writtenAt: at(0), accounts: [report('a', status)] });
    expect(accountReports(readWorkerReports(data, NOW)).get('a')?.status).toEqual(serving);
  });

  it('of several workers show the one that watches', () => {
    const reports = [report('a', serving, { watch }), report('a', serving)];
    const both = [reports, reports.toReversed()].map((accounts) =>
      accountReports([{ pid: 1, writtenAt: at(0), accounts }]).get('a'),
    );
    expect(both).toMatchObject([{ watch }, { watch }]);
  });

  it('tell every price that is watched, and when it was seen', () => {
    const watched = { symbol: 'BTC/USDT:USDT', workingType: 'MARK_PRICE' } as const;
    const prices = priceReports({
      ...known,
      prices: [
        { ...watched, price: '1.5', seenAtMs: NOW - 3 },
        { ...watched, price: null, seenAtMs: null },
      ],
    });
    writeWorkerReport(data, { pid: 1, writtenAt: at(0), accounts: [report('a', serving, { prices })] });
    expect(accountReports(readWorkerReports(data, NOW)).get('a')?.prices).toEqual([
      { ...watched, price: '1.5', seenAt: at(-3) },
      { ...watched, price: null, seenAt: null },
    ]);
  });

  it('tell how well an account is known, as it was written', () => {
    const truth = truthReport(known);
    expect(truthReport(undefined)).toBeNull();
    expect(truthReport({ ...known, watching: false })).toBeNull();
    writeWorkerReport(data, { pid: 1, writtenAt: at(0), accounts: [report('a', serving, { truth })] });
    expect(accountReports(readWorkerReports(data, NOW)).get('a')?.truth).toEqual({
      state: 'differs',
      agreedAt: null,
      ageMs: 7,
      differs: 1,
      differsSince: at(-5),
      legs: [{ symbol: 'BTC/USDT:USDT', leg: 'net', sinceAt: at(-5), text: 'it differs' }],
      reconciliations: { today: { adopted: 2 }, lastHour: { adopted: 1 } },
      alert: { sinceAt: at(-1), count: 11, windowMs: 60_000 },
      cover: { uncovered: 1, uncoveredMs: 20, longestMs: 15, uncoveredTodayMs: 30 },
      balance: { asset: 'USDT', equity: '1', available: '2', at: at(-9) },
    });
  });
});
