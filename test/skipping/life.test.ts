/** A position from its entry to its target, and how little of it Temporal has to keep. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStage, type Stage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { eventually } from '../support/eventually.ts';
import { TRIED } from '../processes/wire-of.ts';
import type { position } from '../../workflows/position.ts';

const BTC = 'BTC/USDT:USDT';
/** A chance reading or two included. */
const MAX_EVENTS = 80;
/** Binance takes no batch of conditional orders and lets the stop rest: two calls more. */
const MAX_KB = { bingx: 12, bybit: 12, binance: 14 };

let server: TestWorkflowEnvironment;

beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

it.each(TRIED)('opens, protects and closes a position through its target: %s', async (exchange) => {
  const stage = await createStage({
    folder: temporaryFolder(),
    client: server.client,
    connection: server.nativeConnection,
    account: { exchange },
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
      expect(shown.lastSnapshotAt, 'the watcher has told it').not.toBeNull();
      if (shown.identifiedBy === 'position_id') expect(shown.exchangePositionId).not.toBeNull();
    });
    await stage.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
    const { exitReason } = await stage.client.workflow.getHandle<typeof position>(opened.workflowId).result();
    expect(exitReason).toBe('TAKE_PROFIT');
    const rows = await stage.journal.trades();
    expect(rows).toMatchObject([{ exitReason: 'TAKE_PROFIT', quantity: '0.05', figuresSource: 'exchange' }]);
    await expectShort(stage, opened.workflowId, MAX_KB[exchange]);
  } finally {
    await stage.close();
  }
});

async function expectShort({ client }: Stage, workflowId: string, maxKb: number): Promise<void> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const { HistoryEvent } = temporal.api.history.v1;
  const sizes = (events ?? []).map((event) => HistoryEvent.encode(event).finish().length);
  const bytes = sizes.reduce((total, size) => total + size, 0);
  expect(sizes.length, 'events').toBeLessThanOrEqual(MAX_EVENTS);
  expect(bytes / 1024, 'KB').toBeLessThanOrEqual(maxKb);
}
