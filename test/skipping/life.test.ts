/** A position from its entry to its target, and how little of it Temporal has to keep. */
import proto from '@temporalio/proto';
import { expect, it } from 'vitest';
import { TRIED } from '../processes/wire-of.ts';
import { BTC_VENUE, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

const MAX_EVENTS = 80;
/** Binance takes no batch of conditional orders and lets the stop rest: two calls more. */
const MAX_KB = { bingx: 12, bybit: 12, binance: 14 };
/** On a busy machine a reading may come between the fill and the end, and cost what it costs. */
const LIVES = 3;

it.each(TRIED)('opens, protects and closes a position through its target: %s', async (exchange) => {
  const scene = await setScene({ account: { exchange } });
  let cost = await live(scene);
  expect(await scene.journal.trades()).toMatchObject([
    { exitReason: 'TAKE_PROFIT', quantity: '0.05', figuresSource: 'exchange' },
  ]);
  for (let lives = 1; lives < LIVES && isTooMuch(cost, MAX_KB[exchange]); lives++) cost = await live(scene);
  expect(cost.events).toBeLessThanOrEqual(MAX_EVENTS);
  expect(cost.kb).toBeLessThanOrEqual(MAX_KB[exchange]);
});

type Cost = { events: number; kb: number };

const isTooMuch = ({ events, kb }: Cost, maxKb: number): boolean => events > MAX_EVENTS || kb > maxKb;

async function live(scene: Scene): Promise<Cost> {
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '65000', path: 'jump' });
  const workflowId = await scene.openAndProtect();
  await scene.eventually(async () => {
    const { position } = await scene.holdfast.show({ workflowId });
    expect(position.lastSnapshotAt, 'the watcher has told it').not.toBeNull();
    if (position.identifiedBy === 'position_id') expect(position.exchangePositionId).not.toBeNull();
  });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '67000', path: 'walk' });
  await scene.finishes(workflowId, { exitReason: 'TAKE_PROFIT', quantity: '0' });
  return costOf((await scene.client.workflow.getHandle(workflowId).fetchHistory()).events ?? []);
}

function costOf(events: readonly proto.temporal.api.history.v1.IHistoryEvent[]): Cost {
  const { HistoryEvent } = proto.temporal.api.history.v1;
  const bytes = events.reduce((total, event) => total + HistoryEvent.encode(event).finish().length, 0);
  return { events: events.length, kb: bytes / 1024 };
}
