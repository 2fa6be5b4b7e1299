/** A history that grows too long is carried over to a new run, with everything in it, on a real server. */
import type { WorkflowHandle } from '@temporalio/client';
import { expect, it } from 'vitest';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { areYouThere, legEnded } from '../../contract/messages.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected, untilOver } from '../support/lives.ts';
import type { PositionView } from '../../domain/view.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { accountOn, legOn, TRIED, type TriedExchange } from './wire-of.ts';

/** When Temporal suggests a new run, unless it is told otherwise at 4,096 events; a signal alone makes one. */
const SUGGESTED_AT = { 'limit.historyCount.suggestContinueAsNew': 1_024 };
const SIGNALS = 1_200;
const AT_ONCE = 50;
const CARRIED_WITHIN_MS = 60_000;

it.each(TRIED)(
  '%s: a position and its account go on in new runs as if nothing had been',
  async (exchange) => {
    const life: Life = { account: `long-lived-${exchange}`, symbol: 'BTC/USDT:USDT', leg: legOn(exchange) };
    const processes = await startProcesses({
      folder: temporaryFolder(),
      accounts: [accountOn(exchange, life.account)],
      dynamicConfig: SUGGESTED_AT,
    });
    try {
      await openProtected(processes, { life, quantity: '0.05' });
      const position = processes.client.workflow.getHandle(positionWorkflowId(life));
      const account = processes.client.workflow.getHandle(accountWorkflowId(life.account));
      const before = await identified(processes, exchange, position.workflowId);
      const first = await runs(position, account);

      await Promise.all([
        flood(() => position.signal(areYouThere)),
        flood(() => account.signal(legEnded, { symbol: 'no such symbol', leg: 'net', epoch: 'none' })),
      ]);
      await eventually(async () => {
        const now = await runs(position, account);
        expect([now[0] === first[0], now[1] === first[1]]).toEqual([false, false]);
      }, CARRIED_WITHIN_MS);

      const { position: after } = await processes.holdfast.show({ workflowId: position.workflowId });
      expect(after).toMatchObject(carriedOver(before));
      expect(await processes.holdfast.account(life.account)).toMatchObject({
        legs: [{ workflowId: position.workflowId }],
      });
      // The watch of the new run sees what happens now.
      await processes.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
      await untilOver(processes, [life]);
      const { trade } = await expectAgreement(processes, life);
      expect(trade).toMatchObject({ exitReason: 'TAKE_PROFIT', entryOrderId: before.entryOrderId });
      await eventually(async () => expect((await processes.holdfast.account(life.account)).legs).toEqual([]));
    } finally {
      await processes.close();
    }
  },
);

/** The position once all that the exchange tells of it is known. */
const identified = ({ holdfast }: Processes, exchange: TriedExchange, workflowId: string) =>
  eventually(async () => {
    const { position } = await holdfast.show({ workflowId });
    expect(position.exchangePositionId !== null).toBe(exchange === 'bingx');
    return position;
  });

const carriedOver = (view: PositionView): Partial<PositionView> => {
  const { stage, quantity, covered, uncoveredMs, tranches } = view;
  const { entryPrice, entryAt, entryOrderId, exchangePositionId } = view;
  return {
    stage,
    quantity,
    covered,
    uncoveredMs,
    tranches,
    entryPrice,
    entryAt,
    entryOrderId,
    exchangePositionId,
  };
};

const runs = (...handles: WorkflowHandle[]): Promise<string[]> =>
  Promise.all(handles.map(async (handle) => (await handle.describe()).runId));

async function flood(signal: () => Promise<void>): Promise<void> {
  for (let sent = 0; sent < SIGNALS; sent += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, signal));
}
