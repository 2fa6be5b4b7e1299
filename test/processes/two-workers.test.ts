/** Two worker processes serve one account: nothing is done twice, and one of them watches. */
import { expect, it } from 'vitest';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected, untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const MARKETS = [
  { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT', quantity: '0.05', up: '67000' },
  { symbol: 'ETH/USDT:USDT', venueSymbol: 'ETH-USDT', quantity: '1', up: '3300' },
  { symbol: 'SOL/USDT:USDT', venueSymbol: 'SOL-USDT', quantity: '20', up: '155' },
] as const;
const ACCOUNT = 'shared';
/** Heartbeats stop with the worker; Temporal waits for them this long before it hands the watch over. */
const HANDED_OVER_WITHIN_MS = 40_000;

it('two workers share an account, and the death of the one that watches costs nothing', async () => {
  const processes = await startProcesses({ folder: temporaryFolder(), accounts: [ACCOUNT] });
  try {
    await processes.secondWorker.start();
    const lives = MARKETS.map(({ symbol }): Life => ({ account: ACCOUNT, symbol, leg: 'net' }));
    await Promise.all(
      MARKETS.map(({ quantity }, index) => openProtected(processes, { life: at(lives, index), quantity })),
    );
    expect(await watchers(processes)).toHaveLength(1);

    // The first one began to watch before the second one came.
    await processes.worker.kill();
    await processes.venue.control.trade({
      account: ACCOUNT,
      symbol: 'ETH-USDT',
      leg: 'net',
      action: 'reduce',
      quantity: '0.4',
    });
    await eventually(
      async () => expect(await watchers(processes)).toMatchObject([{ attempt: 2 }]),
      HANDED_OVER_WITHIN_MS,
    );
    await untilProtected(processes, at(lives, 1), { quantity: '0.6' });

    await processes.worker.start();
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

const at = (lives: readonly Life[], index: number): Life => {
  const life = lives[index];
  if (!life) throw new Error(`there is no life ${index}`);
  return life;
};

/** Watches of the account that a worker has taken. */
async function watchers({ client }: Processes) {
  const { raw } = await client.workflow.getHandle(accountWorkflowId(ACCOUNT)).describe();
  const pending = raw.pendingActivities ?? [];
  return pending
    .filter(({ activityType, lastHeartbeatTime }) => activityType?.name === 'observe' && lastHeartbeatTime)
    .map(({ attempt }) => ({ attempt }));
}
