import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { eventually } from '../support/eventually.ts';

const BTC = 'BTC/USDT:USDT';
let server: TestWorkflowEnvironment;

beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

it('opens, protects and closes a position through its target', async () => {
  const stage = await createStage({
    folder: temporaryFolder(),
    client: server.client,
    connection: server.nativeConnection,
  });
  try {
    await stage.startWorkers();
    const opened = await stage.holdfast.openPosition('paper', {
      symbol: BTC,
      side: 'long',
      quantity: '0.05',
      stopLoss: { percent: '1' },
      takeProfit: { percent: '2' },
    });
    await eventually(async () => {
      const { position: shown } = await stage.holdfast.show({ workflowId: opened.workflowId });
      expect(shown).toMatchObject({ stage: 'open', quantity: '0.05', covered: true });
      expect(shown.tranches[0]?.takeProfit.state).toBe('live');
      expect(shown.exchangePositionId).not.toBeNull();
    });
    await stage.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
    await stage.client.workflow.getHandle(opened.workflowId).result();
    const rows = await stage.journal.trades();
    expect(rows).toMatchObject([{ exitReason: 'TAKE_PROFIT', quantity: '0.05', figuresSource: 'exchange' }]);
  } finally {
    await stage.close();
  }
});
