import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountWorkflowId } from '../../contract/ids.ts';
import { eventually } from '../support/eventually.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

const ENTRY = { symbol: 'BTC/USDT:USDT', side: 'long', quantity: '0.05', stopLoss: { percent: '1' } } as const;
let server: TestWorkflowEnvironment;

beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

async function withStage(run: (stage: Stage) => Promise<void>, account: Record<string, unknown> = {}): Promise<void> {
  const stage = await createStage({ folder: temporaryFolder(), client: server.client, connection: server.nativeConnection, account });
  try {
    await stage.startWorkers();
    await run(stage);
  } finally {
    await stage.client.workflow.getHandle(accountWorkflowId('paper')).terminate();
    await stage.close();
  }
}

const covered = (stage: Stage, workflowId: string): Promise<void> =>
  eventually(async () => expect((await stage.holdfast.show({ workflowId })).position.covered).toBe(true));

async function ended(stage: Stage, workflowId: string): Promise<void> {
  await stage.holdfast.close({ workflowId });
  await stage.client.workflow.getHandle(workflowId).result();
}

it('a leg whose workflow was terminated by hand is free again once the exchange is flat', () =>
  withStage(
    async (stage) => {
      const first = await stage.holdfast.openPosition('paper', ENTRY);
      await covered(stage, first.workflowId);
      await stage.client.workflow.getHandle(first.workflowId).terminate('by hand');
      await expect(stage.holdfast.openPosition('paper', ENTRY)).rejects.toThrow(/taken by a position on the exchange/);

      await stage.venue.control.trade({ account: 'paper', symbol: 'BTC-USDT', leg: 'net', action: 'close' });
      const second = await stage.holdfast.openPosition('paper', ENTRY);
      expect(second.epoch).not.toBe(first.epoch);
      await covered(stage, second.workflowId);
      await ended(stage, second.workflowId);
    },
    { limits: { max_open_positions: 1 } },
  ));

it('the same request id opens one position, sent twice at once or again later', () =>
  withStage(async (stage) => {
    const request = { ...ENTRY, requestId: 'strategy-42' };
    const [one, two] = await Promise.all([stage.holdfast.openPosition('paper', request), stage.holdfast.openPosition('paper', request)]);
    expect(two).toEqual(one);
    await covered(stage, one.workflowId);
    expect(await stage.holdfast.openPosition('paper', request)).toEqual(one);
    const { orders } = await stage.venue.control.books('paper');
    expect(orders.filter(({ type }) => type === 'MARKET')).toHaveLength(1);
    await ended(stage, one.workflowId);
  }));

it('signals without what they should carry change nothing', () =>
  withStage(async (stage) => {
    const { workflowId } = await stage.holdfast.openPosition('paper', ENTRY);
    await covered(stage, workflowId);
    const position = stage.client.workflow.getHandle(workflowId);
    const account = stage.client.workflow.getHandle(accountWorkflowId('paper'));
    for (const name of ['reconcile', 'priceCrossed', 'adjustProtection', 'areYouThere']) await position.signal(name);
    await position.signal('reconcile', { snapshot: { complete: true, takenAtMs: 'yesterday', orders: 'none' } });
    for (const name of ['configure', 'legEnded']) await account.signal(name);
    const { position: shown } = await stage.holdfast.show({ workflowId });
    expect(shown).toMatchObject({ stage: 'open', quantity: '0.05', covered: true });
    expect(shown.findings.map(({ code }) => code)).toContain('refused_signal');
    expect(await stage.holdfast.account('paper')).toMatchObject({ legs: [{ workflowId }], limits: { maxOpenPositions: 10 } });
    await ended(stage, workflowId);
  }));
