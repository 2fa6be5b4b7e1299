import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { priceCrossed, takeCrossing } from '../../contract/messages.ts';
import { temporalSignals } from '../../worker/signals.ts';

const WORKFLOW_ID = 'position/main/BTC-USDT/net';
const CROSSING = {
  crossingId: '/t1/target@3',
  levelId: '/t1/target',
  kind: 'target',
  generation: 3,
  price: '67000',
  atMs: 1_000,
} as const;

/** A crossing told through a client whose update ends like this. */
async function told(update: () => Promise<void>) {
  const executeUpdate = vi.fn<(...told: unknown[]) => Promise<void>>(update);
  const signal = vi.fn<(...told: unknown[]) => Promise<void>>(() => Promise.resolve());
  const resetStickyTaskQueue = vi.fn<() => Promise<unknown>>(() => Promise.reject(new Error('no such call')));
  const client = {
    options: { namespace: 'default' },
    connection: { workflowService: { resetStickyTaskQueue } },
    withDeadline: (_: unknown, work: () => Promise<unknown>) => work(),
    workflow: { getHandle: () => ({ executeUpdate, signal }) },
  };
  const signals = temporalSignals(client as unknown as Client, pino({ enabled: false }), () => 60_000);
  const delivery = await signals.priceCrossed(WORKFLOW_ID, CROSSING);
  return { delivery, executeUpdate, signal };
}

it('tells a crossing as an update, and as nothing else when that was taken', async () => {
  const { delivery, executeUpdate, signal } = await told(() => Promise.resolve());
  expect(delivery).toBe('delivered');
  expect(executeUpdate.mock.calls).toEqual([[takeCrossing, { args: [CROSSING] }]]);
  expect(signal).not.toHaveBeenCalled();
});

it('leaves a crossing that nobody took as a signal, which Temporal keeps', async () => {
  const { delivery, signal } = await told(() => Promise.reject(new Error('deadline exceeded')));
  expect(delivery).toBe('delivered');
  expect(signal.mock.calls).toEqual([[priceCrossed, CROSSING]]);
});

it('tells the watcher when no such workflow runs', async () => {
  const gone = new WorkflowNotFoundError('not found', WORKFLOW_ID, undefined);
  const { delivery, signal } = await told(() => Promise.reject(gone));
  expect(delivery).toBe('no_workflow');
  expect(signal).not.toHaveBeenCalled();
});
