import { describe, expect, it } from 'vitest';
import type { Kept } from '../../domain/audit/explained.ts';
import { findLost } from '../../domain/audit/lost-trades.ts';
import { isRecovered, recoveredTrade } from '../../domain/audit/recovered-trade.ts';
import { trade } from '../client/views.ts';
import { closedPosition, POSITION_ID, T0 } from '../support/builders.ts';

const at = (ms: number): string => new Date(T0 + ms).toISOString();
const SECOND = 1_000;
const account = { account: 'paper', exchange: 'bingx', mode: 'paper' } as const;

/** A row that lived from one time to another, in seconds after T0. */
const row = (from: number, to: number, change: Parameters<typeof closedPosition>[0] = {}) =>
  closedPosition({ openedAtMs: T0 + from * SECOND, closedAtMs: T0 + to * SECOND, ...change });
/** One of an exchange without position ids. */
const unnamed = (from: number, to: number, orderIds: string[]) => {
  const { exchangePositionId: _, ...rest } = row(from, to);
  return { ...rest, orderIds };
};
const written = (from: number, to: number, change: Parameters<typeof trade>[0] = {}) =>
  trade({ exchangePositionId: POSITION_ID, entryAt: at(from * SECOND), exitAt: at(to * SECOND), ...change });

const lostOf = (...args: Parameters<typeof findLost>) => findLost(...args).lost;

describe('a closed position of the exchange', () => {
  it('is lost when the journal has no row of it', () => {
    expect(lostOf([row(0, 60)], [], [])).toEqual([row(0, 60)]);
  });

  it('is known by its position id, also when its times are told a second apart', () => {
    expect(lostOf([row(0, 60)], [written(1, 61)], [])).toEqual([]);
  });

  it('is lost when its id comes again at another time', () => {
    expect(lostOf([row(0, 60)], [written(3600, 3660)], [])).toHaveLength(1);
  });

  it('is known as a part of one of ours, under another id', () => {
    const parts = [row(0, 20, { exchangePositionId: '1' }), row(21, 60, { exchangePositionId: '2' })];
    expect(lostOf(parts, [written(0, 60)], [])).toEqual([]);
  });

  it('is lost when it only follows one of ours at once, as after a flip', () => {
    expect(lostOf([row(60, 90, { exchangePositionId: '2' })], [written(0, 60)], [])).toHaveLength(1);
    const flipped = unnamed(60, 90, ['7', '9']);
    const ours = written(0, 60, { exchangePositionId: null, entryOrderId: '5', exitOrderId: '7' });
    expect(lostOf([unnamed(0, 60, ['5', '7']), flipped], [ours], [])).toEqual([flipped]);
  });

  it('is lost when the other side of the leg was written down', () => {
    expect(lostOf([row(0, 60)], [written(0, 60, { side: 'short' })], [])).toHaveLength(1);
  });

  it('is no closed position while a part of it is open', () => {
    expect(lostOf([row(0, 60, { whole: false })], [], [])).toEqual([]);
  });

  it('is not explained by an entry that never filled', () => {
    const never = written(0, 60, { exitReason: 'NEVER_OPENED', quantity: '0', exchangePositionId: null });
    expect(lostOf([row(0, 60)], [never], [])).toHaveLength(1);
  });

  it('of a second or less is unclear when one row may tell of it or of the next', () => {
    const anonymous = written(0, 0.2, { exchangePositionId: null, entryOrderId: null, exitOrderId: null });
    const twins = [unnamed(0.5, 0.6, ['1']), unnamed(0.8, 0.9, ['2'])];
    expect(findLost(twins, [anonymous], [])).toMatchObject({ lost: [], unclear: [{}, {}] });
    expect(findLost(twins.slice(1), [anonymous], [])).toMatchObject({ lost: [], unclear: [], known: 1 });
  });
});

describe('a position that is kept', () => {
  const kept = (change: Partial<Kept> = {}): Kept => ({
    workflowId: 'position/paper/BTC/USDT:USDT/net',
    symbol: 'BTC/USDT:USDT',
    leg: 'net',
    exchangePositionId: null,
    sinceMs: T0,
    isExact: true,
    ...change,
  });

  it('tells of what its leg closed since it began', () => {
    expect(findLost([row(0, 60)], [], [kept()])).toMatchObject({ lost: [], left: [{}] });
  });

  it('tells of its own id whatever the times', () => {
    const own = kept({ exchangePositionId: POSITION_ID, sinceMs: T0 + 3_600_000 });
    expect(lostOf([row(0, 60)], [], [own])).toEqual([]);
  });

  it('that was taken up in its midst tells of all of its life', () => {
    const adopted = kept({ sinceMs: T0 + 59_000, isExact: false });
    expect(findLost([row(0, 60)], [], [adopted])).toMatchObject({ lost: [], left: [{}] });
  });

  it('does not tell of what was closed before, or as it began, or on another leg', () => {
    expect(lostOf([row(0, 60)], [], [kept({ sinceMs: T0 + 60_000 })])).toHaveLength(1);
    expect(lostOf([row(0, 60)], [], [kept({ sinceMs: T0 + 90_000, isExact: false })])).toHaveLength(1);
    expect(lostOf([row(0, 60)], [], [kept({ leg: 'long' })])).toHaveLength(1);
  });
});

describe('a recovered row', () => {
  it("has the exchange's figures to the last digit, and is marked", () => {
    const found = recoveredTrade(account, row(0, 60, { fees: '8.874600000000000001' }));
    expect(found).toMatchObject({
      entryPrice: '109206.8',
      closePrice: '109953.4',
      netPnl: '51.6',
      fees: '8.874600000000000001',
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      figuresSource: 'exchange',
      adopted: true,
    });
    expect(isRecovered(found ?? { epoch: '' })).toBe(true);
    expect(isRecovered(trade({ epoch: '0mmq1w9xk' }))).toBe(false);
  });

  it('is the same row when its times are told a little differently', () => {
    const epochs = [0, 7].map(
      (ms) => recoveredTrade(account, row(1, 60, { openedAtMs: T0 + 1_000 + ms }))?.epoch,
    );
    expect(epochs[0]).toBe(epochs[1]);
  });

  it('explains the very position that it was made of', () => {
    const rows = [row(0, 60), unnamed(0, 60, ['5', '7']), row(60, 60, { exchangePositionId: '2' })];
    for (const each of rows) {
      const made = recoveredTrade(account, each);
      expect(findLost([each], made ? [made] : [], [])).toMatchObject({ lost: [], known: 1 });
    }
  });

  it('says liquidation or deleveraging where the exchange does', () => {
    expect(recoveredTrade(account, row(0, 60, { forced: 'liquidation' }))?.exitReason).toBe('LIQUIDATION');
    expect(recoveredTrade(account, row(0, 60, { forced: 'adl' }))?.exitReason).toBe('ADL');
  });

  it('takes its orders from what the row itself names, first and last', () => {
    const besides = { entryOrderId: '1', exitOrderId: '2' };
    expect(recoveredTrade(account, unnamed(0, 60, ['5', '6', '7']), besides)).toMatchObject({
      entryOrderId: '5',
      exitOrderId: '7',
    });
    expect(recoveredTrade(account, row(0, 60), besides)).toMatchObject({
      entryOrderId: '1',
      exitOrderId: '2',
    });
  });

  it('is not made of a row without any time', () => {
    const { openedAtMs: _, closedAtMs: __, ...timeless } = row(0, 60);
    expect(recoveredTrade(account, timeless)).toBeUndefined();
  });
});
