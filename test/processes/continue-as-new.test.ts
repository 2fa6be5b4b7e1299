/** A history that grows too long is carried over to a new run, with everything in it, on a real server. */
import type { WorkflowHandle } from '@temporalio/client';
import { expect, it } from 'vitest';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { areYouThere, legEnded } from '../../contract/messages.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected, untilOver } from '../support/lives.ts';
import { startProcesses } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LIFE: Life = { account: 'long-lived', symbol: 'BTC/USDT:USDT', leg: 'net' };
/** Temporal suggests a new run at 4,096 events; a signal alone makes one. */
const SIGNALS = 4_300;
const AT_ONCE = 50;

it('a position and its account go on in new runs as if nothing had been', async () => {
  const processes = await startProcesses({ folder: temporaryFolder(), accounts: [LIFE.account] });
  try {
    await openProtected(processes, { life: LIFE, quantity: '0.05' });
    const position = processes.client.workflow.getHandle(positionWorkflowId(LIFE));
    const account = processes.client.workflow.getHandle(accountWorkflowId(LIFE.account));
    const before = await eventually(async () => {
      const { position: shown } = await processes.holdfast.show({ workflowId: position.workflowId });
      expect(shown.exchangePositionId).not.toBeNull();
      return shown;
    });
    const first = await runs(position, account);

    await flood(() => position.signal(areYouThere));
    await flood(() => account.signal(legEnded, { symbol: 'no such symbol', leg: 'net', epoch: 'none' }));
    await eventually(async () => {
      const now = await runs(position, account);
      expect([now[0] === first[0], now[1] === first[1]]).toEqual([false, false]);
    }, 60_000);

    const { position: after } = await processes.holdfast.show({ workflowId: position.workflowId });
    const {
      stage,
      quantity,
      covered,
      uncoveredMs,
      entryPrice,
      entryAt,
      entryOrderId,
      exchangePositionId,
      tranches,
    } = before;
    expect(after).toMatchObject({
      stage,
      quantity,
      covered,
      uncoveredMs,
      entryPrice,
      entryAt,
      entryOrderId,
      exchangePositionId,
      tranches,
    });
    expect(await processes.holdfast.account(LIFE.account)).toMatchObject({
      legs: [{ workflowId: position.workflowId }],
    });
    // The watch of the new run sees what happens now.
    await processes.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
    await untilOver(processes, [LIFE]);
    const { trade } = await expectAgreement(processes, LIFE);
    expect(trade).toMatchObject({ exitReason: 'TAKE_PROFIT', entryOrderId: before.entryOrderId });
    await eventually(async () => expect((await processes.holdfast.account(LIFE.account)).legs).toEqual([]));
  } finally {
    await processes.close();
  }
});

const runs = (...handles: WorkflowHandle[]): Promise<string[]> =>
  Promise.all(handles.map(async (handle) => (await handle.describe()).runId));

async function flood(signal: () => Promise<void>): Promise<void> {
  for (let sent = 0; sent < SIGNALS; sent += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, signal));
}
