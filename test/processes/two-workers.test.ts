/** Two worker processes serve two accounts: nothing is done twice, each account has one watch, whoever dies. */
import { expect, it } from 'vitest';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected, untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Part, type Processes } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SHARED = 'shared';
const OTHER = 'other';
const ACCOUNTS = [SHARED, OTHER];
const MARKETS = [
  { account: SHARED, symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT', quantity: '0.05', up: '67000' },
  { account: OTHER, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETH-USDT', quantity: '1', up: '3300' },
  { account: SHARED, symbol: 'SOL/USDT:USDT', venueSymbol: 'SOL-USDT', quantity: '20', up: '155' },
] as const;
/** Heartbeats stop with the worker; Temporal waits for them this long before it hands the watch over. */
const HANDED_OVER_WITHIN_MS = 40_000;

it('two workers share accounts, and the death of either leaves every account watched', async () => {
  const processes = await startProcesses({ folder: temporaryFolder(), accounts: ACCOUNTS });
  const { worker, secondWorker } = processes;
  try {
    await secondWorker.start();
    const lives = MARKETS.map(({ account, symbol }): Life => ({ account, symbol, leg: 'net' }));
    await Promise.all(
      MARKETS.map(({ quantity }, index) => openProtected(processes, { life: at(lives, index), quantity })),
    );
    // The first one began to watch before the second one came.
    expect(await watches(processes)).toEqual([1, 1]);
    await handOver(processes, worker, 2);

    await reduce(processes, '0.4');
    await untilProtected(processes, at(lives, 1), { quantity: '0.6' });

    await worker.start();
    await handOver(processes, secondWorker, 3);
    await reduce(processes, '0.2');
    await untilProtected(processes, at(lives, 1), { quantity: '0.4' });

    await secondWorker.start();
    await processes.holdfast.close({ workflowId: positionWorkflowId(at(lives, 2)) });
    for (const { venueSymbol, up } of MARKETS)
      await processes.venue.control.setPrice({ symbol: venueSymbol, last: up, path: 'walk' });
    await untilOver(processes, lives);
    const agreed = await Promise.all(lives.map((life) => expectAgreement(processes, life)));
    expect(agreed.map(({ trade }) => trade.exitReason)).toEqual(['TAKE_PROFIT', 'TAKE_PROFIT', 'USER_CLOSE']);
  } finally {
    await processes.close();
  }
});

/** The worker that watches dies; soon the other one watches both accounts. */
async function handOver(processes: Processes, watching: Part, attempt: number): Promise<void> {
  await watching.kill();
  await eventually(
    async () => expect(await watches(processes)).toEqual([attempt, attempt]),
    HANDED_OVER_WITHIN_MS,
  );
}

/** By hand, at the exchange: only a watch sees it. */
const reduce = ({ venue }: Processes, quantity: string): Promise<unknown> =>
  venue.control.trade({ account: OTHER, symbol: 'ETH-USDT', leg: 'net', action: 'reduce', quantity });

const at = (lives: readonly Life[], index: number): Life => {
  const life = lives[index];
  if (!life) throw new Error(`there is no life ${index}`);
  return life;
};

/** The attempt of each account's watch; an account that is watched twice, or by nobody, shows as itself. */
async function watches({ client }: Processes): Promise<unknown[]> {
  return Promise.all(
    ACCOUNTS.map(async (account) => {
      const { raw } = await client.workflow.getHandle(accountWorkflowId(account)).describe();
      const taken = (raw.pendingActivities ?? []).filter(
        ({ activityType, lastHeartbeatTime }) => activityType?.name === 'observe' && lastHeartbeatTime,
      );
      return taken.length === 1 ? taken[0]?.attempt : taken;
    }),
  );
}
