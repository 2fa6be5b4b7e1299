/** A position from its entry to its target, and how little of it Temporal has to keep. */
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { position } from '../../workflows/position.ts';
import { TRIED } from '../processes/wire-of.ts';
import { eventually } from '../support/eventually.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

const BTC = 'BTC/USDT:USDT';
const MAX_EVENTS = 80;
/** Binance takes no batch of conditional orders and lets the stop rest: two calls more. */
const MAX_KB = { bingx: 12, bybit: 12, binance: 14 };
/** On a busy machine a reading may come between the fill and the end, and cost what it costs. */
const LIVES = 3;

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
    let cost = await live(stage);
    expect(await stage.journal.trades()).toMatchObject([
      { exitReason: 'TAKE_PROFIT', quantity: '0.05', figuresSource: 'exchange' },
    ]);
    for (let lives = 1; lives < LIVES && isTooMuch(cost, MAX_KB[exchange]); lives++) cost = await live(stage);
    expect(cost.events).toBeLessThanOrEqual(MAX_EVENTS);
    expect(cost.kb).toBeLessThanOrEqual(MAX_KB[exchange]);
  } finally {
    await stage.close();
  }
});

type Cost = { events: number; kb: number };

const isTooMuch = ({ events, kb }: Cost, maxKb: number): boolean => events > MAX_EVENTS || kb > maxKb;

async function live(stage: Stage): Promise<Cost> {
  await stage.venue.control.setPrice({ symbol: 'BTC-USDT', last: '65000', path: 'jump' });
  const { workflowId, runId } = await stage.holdfast.openPosition('paper', {
    symbol: BTC,
    side: 'long',
    quantity: '0.05',
    stopLoss: { percent: '1' },
    takeProfit: { percent: '2' },
  });
  await eventually(async () => {
    const { position: shown } = await stage.holdfast.show({ workflowId });
    expect(shown).toMatchObject({ stage: 'open', quantity: '0.05', covered: true });
    expect(shown.tranches[0]?.takeProfit.state).toBe('live');
    expect(shown.lastSnapshotAt, 'the watcher has told it').not.toBeNull();
    if (shown.identifiedBy === 'position_id') expect(shown.exchangePositionId).not.toBeNull();
  });
  await stage.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
  const handle = stage.client.workflow.getHandle<typeof position>(workflowId, runId);
  expect(await handle.result()).toMatchObject({ exitReason: 'TAKE_PROFIT' });
  return costOf((await handle.fetchHistory()).events ?? []);
}

function costOf(events: readonly proto.temporal.api.history.v1.IHistoryEvent[]): Cost {
  const { HistoryEvent } = proto.temporal.api.history.v1;
  const bytes = events.reduce((total, event) => total + HistoryEvent.encode(event).finish().length, 0);
  return { events: events.length, kb: bytes / 1024 };
}
