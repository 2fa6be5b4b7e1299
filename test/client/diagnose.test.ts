/** One account compared with its exchange in full, with whatever sources there are. */
import { describe, expect, it } from 'vitest';
import { examine, type Sources } from '../../client/diagnose.ts';
import { HoldfastError } from '../../client/errors.ts';
import type { AccountSnapshot, ClosedPosition } from '../../domain/exchange-truth.ts';
import { trade, view } from './views.ts';

const NOW_MS = Date.parse('2026-01-03T00:00:00Z');
const position = {
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  side: 'long',
  quantity: '0.05',
  entryPrice: '43000.5',
} as const;

const snapshot = (change: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  sequence: 1,
  takenAtMs: NOW_MS,
  readAtMs: NOW_MS,
  complete: true,
  problems: [],
  positions: [position],
  orders: [],
  ...change,
});
const watched = view({ policy: 'watch', tranches: [], exchangePositionId: null });

const diagnose = async (change: Partial<Sources>, historyMs?: number) => {
  const sources: Sources = { snapshot: async () => snapshot(), views: async () => [watched], ...change };
  const options = { account: 'paper', recheckMs: 0, now: () => NOW_MS };
  return (await examine(sources, { ...options, ...(historyMs !== undefined && { historyMs }) })).diagnosis;
};
const kinds = ({ differences }: { differences: { kind: string; weight: string }[] }): string[] =>
  differences.filter(({ weight }) => weight === 'difference').map(({ kind }) => kind);

it('agrees, and says what stands without a stop although nothing has to be done', async () => {
  expect(await diagnose({})).toMatchObject({
    account: 'paper',
    agrees: true,
    positions: 1,
    unprotected: [{ symbol: 'BTC/USDT:USDT', quantity: '0.05', coveredQuantity: '0', kept: true }],
    notLookedAt: [],
    checkedAt: '2026-01-03T00:00:00.000Z',
  });
});

it('reads twice, and does not tell what was only under way', async () => {
  const readings = [snapshot({ positions: [] }), snapshot()];
  expect(await diagnose({ snapshot: async () => readings.shift() ?? snapshot() })).toMatchObject({
    agrees: true,
  });
});

it('tells nothing that only one of its two readings showed', async () => {
  const other = { ...position, quantity: '0.07' };
  const readings = [snapshot({ positions: [] }), snapshot({ positions: [other] })];
  expect(await diagnose({ snapshot: async () => readings.shift() ?? snapshot() })).toMatchObject({
    agrees: true,
    differences: [],
  });
});

it('says nothing on a reading that is not whole', async () => {
  const partial = async () => snapshot({ complete: false, problems: ['orders timed out'] });
  await expect(diagnose({ snapshot: partial })).rejects.toMatchObject({ code: 'exchange_unreachable' });
});

describe('what runs', () => {
  it('is held against what is written down, both ways', async () => {
    const running = async () => ['position/paper/ETH/USDT:USDT/net', 'position/other/BTC/USDT:USDT/net'];
    const diagnosis = await diagnose({ running });
    expect(diagnosis.differences.filter(({ weight }) => weight === 'difference')).toMatchObject([
      { kind: 'no_workflow', symbol: 'BTC/USDT:USDT', here: '0.05', there: '0.05', epoch: 'e1' },
      { kind: 'no_row', symbol: 'ETH/USDT:USDT', workflowId: 'position/paper/ETH/USDT:USDT/net' },
    ]);
  });

  it('cannot be told without a server, and everything else can', async () => {
    const running = () => Promise.reject(new HoldfastError('server_unreachable', 'Nobody answers.'));
    expect(await diagnose({ running })).toMatchObject({
      agrees: true,
      notLookedAt: ['whether a workflow keeps each position: Nobody answers.'],
    });
  });
});

describe('the history', () => {
  const closed: ClosedPosition = {
    symbol: 'ETH/USDT:USDT',
    leg: 'net',
    side: 'long',
    quantity: '1',
    openedAtMs: NOW_MS - 3_600_000,
    closedAtMs: NOW_MS - 1_800_000,
    whole: true,
  };
  const eth = trade({
    symbol: 'ETH/USDT:USDT',
    entryAt: '2026-01-02T20:00:00Z',
    exitAt: '2026-01-02T21:00:00Z',
  });
  const trades = async ({ untilAt, incomplete }: { untilAt?: string; incomplete?: boolean }) =>
    untilAt === undefined && incomplete !== true ? [eth] : [];

  it('is asked for every symbol that was traded, since the journal began', async () => {
    const asked: { symbol: string; sinceMs: number }[] = [];
    const closedPositions = async (query: { symbol: string; sinceMs: number }) => {
      asked.push(query);
      return query.symbol === closed.symbol ? [closed] : [];
    };
    const later = view({ ...watched, entryAt: '2026-01-02T22:00:00Z' });
    const diagnosis = await diagnose({ trades, closedPositions, views: async () => [later] });
    expect(kinds(diagnosis)).toEqual(['missing_trade']);
    const sinceMs = Date.parse('2026-01-02T20:00:00Z');
    expect(asked).toEqual([
      { symbol: 'BTC/USDT:USDT', sinceMs },
      { symbol: 'ETH/USDT:USDT', sinceMs },
    ]);
  });

  it('of a journal that is older is asked for two days, or for as many as were asked for', async () => {
    const asked: number[] = [];
    const closedPositions = async ({ sinceMs }: { sinceMs: number }) => (asked.push(sinceMs), []);
    const sources = { trades: async () => [eth], closedPositions };
    await diagnose(sources);
    await diagnose(sources, 3_600_000);
    expect(new Set(asked)).toEqual(new Set([NOW_MS - 172_800_000, NOW_MS - 3_600_000]));
    asked.length = 0;
    await diagnose(sources, 0);
    expect(asked).toEqual([]);
  });

  it('before the first trade of the journal is not missing from it', async () => {
    const early = { ...closed, openedAtMs: NOW_MS - 9e7, closedAtMs: NOW_MS - 8.9e7 };
    expect(kinds(await diagnose({ trades, closedPositions: async () => [early] }))).toEqual([]);
    const none = {
      trades: async () => [],
      views: async () => [],
      snapshot: async () => snapshot({ positions: [] }),
    };
    const never = async () => Promise.reject(new Error('it was not to be asked'));
    expect(await diagnose({ ...none, closedPositions: never })).toMatchObject({ notLookedAt: [] });
  });

  it('of which a row without an end tells is not missing, but not complete either', async () => {
    const endless = trade({
      ...eth,
      figuresSource: 'unknown',
      exitAt: null,
      exchangePositionId: '8',
      epoch: 'e8',
    });
    const closedPositions = async ({ symbol }: { symbol: string }) =>
      symbol === closed.symbol ? [{ ...closed, exchangePositionId: '8' }] : [];
    // A query by the time of the end does not find it.
    const lacking: Sources['trades'] = async ({ incomplete }) => (incomplete === true ? [endless] : []);
    const older: Sources['trades'] = async (query) => (query.untilAt === undefined ? lacking(query) : [eth]);
    const diagnosis = await diagnose({ trades: older, closedPositions });
    expect(diagnosis.differences.filter(({ weight }) => weight === 'difference')).toMatchObject([
      { kind: 'incomplete_trade', epoch: 'e8' },
    ]);
  });

  it('that cannot be read is said, and spoils nothing', async () => {
    const closedPositions = () =>
      Promise.reject(new HoldfastError('exchange_unreachable', 'too many requests'));
    expect(await diagnose({ trades, closedPositions })).toMatchObject({
      agrees: true,
      notLookedAt: ["closed positions: the exchange's history does not answer (too many requests)"],
    });
  });

  it('needs a journal to be held against', async () => {
    const closedPositions = async () => [closed];
    expect(await diagnose({ closedPositions })).toMatchObject({
      notLookedAt: ['gaps of the journal: there is no journal here'],
    });
  });
});
