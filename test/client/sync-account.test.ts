/** A plan carried out on an account that comes right, slowly, in part, or not at all. */
import { expect, it } from 'vitest';
import { syncAccount, type SyncParts } from '../../client/sync-account.ts';
import type { AdoptionPolicy } from '../../domain/commands.ts';
import { counts, type Difference } from '../../domain/audit/difference.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import { difference } from './views.ts';

const ETH = { symbol: 'ETH/USDT:USDT', workflowId: null } as const;
const reading: AccountSnapshot = {
  sequence: 1,
  takenAtMs: 0,
  readAtMs: 0,
  complete: true,
  problems: [],
  positions: [{ symbol: 'BTC/USDT:USDT', leg: 'net', side: 'long', quantity: '0.04' }],
  orders: [],
};

/** An account whose differences a test changes as it is told. */
function account(initial: Difference[], over: Partial<SyncParts> = {}) {
  let nowMs = 0;
  const did: string[] = [];
  const held = { differences: initial, did, looks: 0 };
  const settle = (kind: Difference['kind']) =>
    void (held.differences = held.differences.filter((one) => one.kind !== kind));
  const isGap = ({ closed }: Difference): boolean => closed !== undefined;
  const examined = async () => {
    const differences = held.differences.filter((one) => !isGap(one));
    const diagnosis = {
      account: 'paper',
      agrees: !differences.some(counts),
      positions: 1,
      differences,
      unprotected: [],
      notLookedAt: [],
      checkedAt: '',
    };
    return { diagnosis, snapshot: reading };
  };
  const parts: SyncParts = {
    examine: examined,
    look: async () => ((held.looks += 1), examined()),
    gaps: async () => ({ differences: held.differences.filter(isGap), notLookedAt: [] }),
    adopt: async ({ symbol, policy }) => (did.push(`adopt ${symbol} ${policy}`), settle('only_at_exchange')),
    tell: async ({ symbol }, { position }) => (
      did.push(`tell ${symbol} ${position?.quantity}`),
      settle('quantity')
    ),
    writeTrade: async ({ symbol }) => (did.push(`write ${symbol}`), settle('missing_trade')),
    forget: async ({ epoch }) => (did.push(`forget ${epoch}`), settle('only_here')),
    now: () => nowMs,
    pause: async (ms) => (nowMs += ms),
    ...over,
  };
  const run = (policy: AdoptionPolicy = 'protect') => syncAccount(parts, { policy });
  return { held, run };
}

it('that agrees is left alone', async () => {
  const { held, run } = account([]);
  expect(await run()).toMatchObject({ outcomes: [], after: { agrees: true } });
  expect([held.did, held.looks]).toEqual([[], 0]);
});

it('is told, taken up and written, and what came right is done', async () => {
  const { held, run } = account([
    difference(),
    difference({ kind: 'only_at_exchange', ...ETH }),
    difference({
      kind: 'missing_trade',
      symbol: 'SOL/USDT:USDT',
      closed: {
        symbol: 'SOL/USDT:USDT',
        leg: 'net',
        side: 'long',
        quantity: '1',
        closedAtMs: 5,
        whole: true,
      },
    }),
  ]);
  const { before, after, outcomes } = await run();
  expect(held.did).toEqual(['tell BTC/USDT:USDT 0.04', 'adopt ETH/USDT:USDT protect', 'write SOL/USDT:USDT']);
  expect(outcomes.map(({ action, result }) => `${action.action} ${result}`)).toEqual([
    'update done',
    'create done',
    'write_trade done',
  ]);
  expect([before.agrees, after.agrees]).toEqual([false, true]);
});

it('a row that could not be written is said to be missing still', async () => {
  const closed = { symbol: 'BTC/USDT:USDT', leg: 'net', side: 'long', quantity: '1', whole: true } as const;
  const { run } = account([difference({ kind: 'missing_trade', closed })], {
    writeTrade: () => Promise.reject(new Error('the disk is full')),
  });
  const { after, outcomes } = await run();
  expect(after).toMatchObject({ agrees: false, differences: [{ kind: 'missing_trade' }] });
  expect(outcomes).toMatchObject([{ result: 'not_done', text: 'the disk is full' }]);
});

it('what follows from a step is done in the same run', async () => {
  const gone = difference({ kind: 'only_here' });
  const { held, run } = account([gone, difference({ kind: 'no_workflow', there: null, epoch: 'e1' })], {
    forget: async ({ epoch }) => {
      held.did.push(`forget ${epoch}`);
      held.differences = [difference({ kind: 'missing_protection' })];
    },
    tell: async () => {
      held.did.push('tell');
      held.differences = [];
    },
  });
  expect((await run()).after.agrees).toBe(true);
  expect(held.did).toEqual(['forget e1', 'tell']);
});

it('what is refused is not done, and the reason is said; the others come right all the same', async () => {
  const refused = { adopt: () => Promise.reject(new Error('the position mode is another')) };
  const { run } = account([difference(), difference({ kind: 'only_at_exchange', ...ETH })], refused);
  const { outcomes, after } = await run();
  expect(outcomes).toMatchObject([
    { result: 'done' },
    { action: { symbol: 'ETH/USDT:USDT' }, result: 'not_done', text: 'the position mode is another' },
  ]);
  expect(after.agrees).toBe(false);
});

it('what does not come right is told again now and then, and given up in time', async () => {
  const told: number[] = [];
  const { run, held } = account([difference()], {});
  const again = account([difference()], {
    tell: async () => void told.push(again.held.looks),
  });
  expect((await again.run()).outcomes).toMatchObject([
    { result: 'not_done', text: 'it was told, and has not come right yet' },
  ]);
  expect(told).toEqual([0, 6, 12, 18, 24, 30]);
  expect(again.held.looks).toBe(36);
  await run();
  expect(held.looks).toBe(1);
});

it('what only a person can do is left, and waited for by nobody', async () => {
  const { held, run } = account([
    difference({ kind: 'unplaced_order' }),
    difference({ kind: 'only_at_exchange', ...ETH }),
  ]);
  const { outcomes } = await run('ignore');
  expect(outcomes.map(({ result }) => result)).toEqual(['left', 'left']);
  expect([held.did, held.looks]).toEqual([[], 0]);
});
