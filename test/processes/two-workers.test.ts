/** Two worker processes serve two accounts: nothing is done twice, each account has one watch, whoever dies. */
import proto from '@temporalio/proto';
import { expect, it } from 'vitest';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected, untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SHARED = 'shared';
const OTHER = 'other';
const ACCOUNTS = [SHARED, OTHER];
const MARKETS = [
  { account: SHARED, symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT', quantity: '0.05', up: '67000' },
  { account: OTHER, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETH-USDT', quantity: '1', up: '3300' },
  { account: SHARED, symbol: 'SOL/USDT:USDT', venueSymbol: 'SOL-USDT', quantity: '20', up: '155' },
] as const;
const { PENDING_ACTIVITY_STATE_STARTED: STARTED } = proto.temporal.api.enums.v1.PendingActivityState;
/** Heartbeats stop with the worker; Temporal waits for them this long before it hands the watch over. */
const HANDED_OVER_WITHIN_MS = 40_000;

it('two workers share accounts, and the death of either leaves every account watched', async () => {
  const processes = await startProcesses({ folder: temporaryFolder(), accounts: ACCOUNTS });
  try {
    await processes.secondWorker.start();
    const lives = MARKETS.map(({ account, symbol }): Life => ({ account, symbol, leg: 'net' }));
    await Promise.all(
      MARKETS.map(({ quantity }, index) => openProtected(processes, { life: at(lives, index), quantity })),
    );
    await handOver(processes);
    await reduce(processes, '0.4');
    await untilProtected(processes, at(lives, 1), { quantity: '0.6' });

    await handOver(processes);
    await reduce(processes, '0.2');
    await untilProtected(processes, at(lives, 1), { quantity: '0.4' });

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

/** The worker that watches dies; soon the other one watches both accounts. Then there are two again. */
async function handOver(processes: Processes): Promise<void> {
  const workers = [processes.worker, processes.secondWorker];
  const [watching] = await eventually(() => watchers(processes));
  const dying = workers.find((worker) => worker.pid() === watching);
  const heir = workers.find((worker) => worker !== dying);
  if (!dying || !heir) throw new Error(`process ${watching} watches, and is no worker of this test`);
  await dying.kill();
  const killedMs = Date.now();
  await eventually(
    async () => expect(await watchers(processes)).toEqual(ACCOUNTS.map(() => heir.pid())),
    HANDED_OVER_WITHIN_MS,
  );
  console.info(`handed over within ${Date.now() - killedMs} ms`);
  await dying.start();
}

/** By hand, at the exchange: only a watch sees it. */
const reduce = ({ venue }: Processes, quantity: string): Promise<unknown> =>
  venue.control.trade({ account: OTHER, symbol: 'ETH-USDT', leg: 'net', action: 'reduce', quantity });

const at = (lives: readonly Life[], index: number): Life => {
  const life = lives[index];
  if (!life) throw new Error(`there is no life ${index}`);
  return life;
};

/** Which process watches each account. Throws for one that is watched twice, or by nobody. */
async function watchers({ client }: Processes): Promise<number[]> {
  return Promise.all(
    ACCOUNTS.map(async (account) => {
      const { raw } = await client.workflow.getHandle(accountWorkflowId(account)).describe();
      const watches = (raw.pendingActivities ?? []).filter(
        ({ activityType, state }) => activityType?.name === 'observe' && state === STARTED,
      );
      expect(watches, account).toHaveLength(1);
      // An SDK worker's identity is its process id, an @ and the machine.
      return Number.parseInt(watches[0]?.lastWorkerIdentity ?? '', 10);
    }),
  );
}
