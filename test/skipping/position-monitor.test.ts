/**
 * The position monitor's own cases: fills that are valid, partial or none of ours; placements that
 * succeed, fail or are limited; a target exceeded, a stop hit, neither; a socket, an exchange and a
 * database that are away. All on the venue's books, with real sockets and a real journal.
 */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { journalFile } from '../../config/data-files.ts';
import type { FaultPlan, OrderRow } from '../../venue/control/types.ts';
import { BTC_VENUE, scenes, type Scene } from '../support/scene.ts';
import { expectWholeServer } from '../support/test-server.ts';

const setScene = scenes();

const SCALED = {
  quantity: '0.1',
  takeProfitLevels: [
    { at: { price: '65650' }, share: '40' },
    { at: { price: '66300' }, share: '30' },
    { at: { price: '66950' }, share: '30' },
  ],
};

const to = (scene: Scene, last: string, path: 'walk' | 'jump' = 'walk') =>
  scene.venue.control.setPrice({ symbol: BTC_VENUE, last, path });

const resting = async (scene: Scene, type: string): Promise<OrderRow[]> =>
  (await scene.books()).orders.filter((order) => order.type === type && order.state === 'new');

/** Quantities and trigger prices of the orders that rest, by price. */
async function rests(scene: Scene, type: string): Promise<string[]> {
  const orders = await resting(scene, type);
  return orders.map(({ quantity, stopPrice }) => `${quantity} at ${stopPrice}`).toSorted();
}

/** Waits until just these orders of a type rest. */
async function restsSoon(scene: Scene, id: string, type: string, expected: string[]): Promise<void> {
  try {
    await scene.eventually(async () => expect(await rests(scene, type)).toEqual(expected));
  } catch (error) {
    await expectWholeServer(scene.client, id);
    throw error;
  }
}

const noTarget = (count: number | null): FaultPlan => ({
  kind: 'code',
  match: { method: 'POST', pathContains: '/trade/order', params: { type: 'TAKE_PROFIT_MARKET' } },
  count,
  params: { code: 100500 },
});

it('a valid fill: three targets of 40, 30 and 30 percent close one after the other, each by its own order', async () => {
  const scene = await setScene({ account: { symbols: { default: { take_profit_enabled: false } } } });
  const id = await openScaled(scene);
  await restsSoon(scene, id, 'TAKE_PROFIT_MARKET', ['0.03 at 66300', '0.03 at 66950', '0.04 at 65650']);
  await to(scene, '65700');
  await restsSoon(scene, id, 'STOP_MARKET', ['0.06 at 64350']);
  await restsSoon(scene, id, 'TAKE_PROFIT_MARKET', ['0.03 at 66300', '0.03 at 66950']);
  await to(scene, '66400');
  await restsSoon(scene, id, 'STOP_MARKET', ['0.03 at 64350']);
  await to(scene, '67000');
  await scene.ends(id, { exitReason: 'TAKE_PROFIT', quantity: '0' });
  const closed = (await scene.books()).orders.filter(
    ({ state, type }) => state === 'filled' && type !== 'MARKET',
  );
  expect(closed.map(({ quantity }) => quantity)).toEqual(['0.04', '0.03', '0.03']);
});

async function openScaled(scene: Scene): Promise<string> {
  const { workflowId } = await scene.holdfast.openPosition('paper', {
    symbol: 'BTC/USDT:USDT',
    side: 'long',
    stopLoss: { percent: '1' },
    ...SCALED,
  });
  scene.opened.add(workflowId);
  await scene.shows(workflowId, {
    stage: 'open',
    covered: true,
    tranches: [{ targets: [{}, {}, { state: 'live' }] }],
  });
  return workflowId;
}

it('a target exceeded, one of several: its part alone is closed at market, and the rest goes on', async () => {
  const scene = await setScene();
  const id = await openScaled(scene);
  const [first] = (await resting(scene, 'TAKE_PROFIT_MARKET')).filter(({ quantity }) => quantity === '0.04');
  await scene.venue.control.planFault(noTarget(null));
  await scene.venue.control.vanishOrder('paper', first?.orderId ?? '');
  await to(scene, '65700', 'jump');
  await scene.shows(id, { quantity: '0.06', covered: true });
  await scene.venue.control.clearFaults();
  await restsSoon(scene, id, 'STOP_MARKET', ['0.06 at 64350']);
  await to(scene, '64300');
  await scene.ends(id, { exitReason: 'STOP_LOSS' });
});

it('a stop hit that did not act: closed at market as the last resort', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const [stop] = await resting(scene, 'STOP_MARKET');
  await scene.venue.control.planFault({
    kind: 'code',
    match: { method: 'POST', pathContains: '/trade/order', params: { type: 'STOP_MARKET' } },
    count: null,
    params: { code: 100500 },
  });
  await scene.venue.control.vanishOrder('paper', stop?.orderId ?? '');
  await to(scene, '64200', 'jump');
  await scene.ends(id, { exitReason: 'LAST_RESORT_STOP' });
});

it.each<[string, FaultPlan]>([
  [
    'fails',
    {
      ...noTarget(3),
      match: { method: 'POST', pathContains: '/trade/order', params: { type: 'STOP_MARKET' } },
    },
  ],
  [
    'is limited',
    {
      kind: 'code',
      match: { method: 'POST', pathContains: '/trade/order' },
      count: 2,
      skip: 1,
      params: { code: 100410 },
    },
  ],
  [
    'is answered with a page',
    { kind: 'html-200', match: { method: 'POST', pathContains: '/trade/order' }, count: 2, skip: 1 },
  ],
])('a placement that %s is made good, once', async (_, fault) => {
  const scene = await setScene();
  await scene.venue.control.planFault(fault);
  const id = await scene.openAndProtect();
  await restsSoon(scene, id, 'STOP_MARKET', ['0.05 at 64350']);
  await restsSoon(scene, id, 'TAKE_PROFIT_MARKET', ['0.05 at 66300']);
  await to(scene, '66400');
  await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
});

it('a fill that is none of ours changes nothing', async () => {
  const scene = await setScene();
  const id = await scene.open({ limitPrice: '64900' });
  await scene.booksShow(({ orders }) => expect(orders).toMatchObject([{ state: 'new' }]));
  const told = await scene.holdfast.handleEntryFill({ workflowId: id }, {});
  expect(told).toMatchObject({ stage: 'entering', quantity: '0' });
  await expect(scene.holdfast.handleEntryFill({ workflowId: id }, { orderId: '4711' })).rejects.toThrow(
    '4711',
  );
  await to(scene, '64850');
  await scene.shows(id, { stage: 'open', quantity: '0.05', covered: true });
  await scene.holdfast.close({ workflowId: id });
  await scene.ends(id, { exitReason: 'USER_CLOSE' });
});

it('sockets dropped: prices are asked for, and a target exceeded meanwhile is closed', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const [target] = await resting(scene, 'TAKE_PROFIT_MARKET');
  await scene.venue.control.planFault(noTarget(null));
  await scene.venue.control.sockets({ action: 'silent' });
  await scene.venue.control.vanishOrder('paper', target?.orderId ?? '');
  await to(scene, '66500', 'jump');
  await scene.ends(id, { exitReason: 'INSTANT_TAKE_PROFIT' });
});

it('the database locked at the very end: the position waits for its row, and does nothing else meanwhile', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  // By then its first row is written.
  await scene.eventually(async () => expect(await scene.journal.positions()).toHaveLength(1));
  const locked = new DatabaseSync(journalFile(scene.config));
  locked.exec('BEGIN EXCLUSIVE');
  await to(scene, '66400');
  await scene.booksShow(({ positions }) => expect(positions).toEqual([]));
  const history = async () => (await scene.client.workflow.getHandle(id).fetchHistory()).events ?? [];
  // The last of its calls waits, and meanwhile the position's timer rings.
  await scene.eventually(async () => {
    const events = await history();
    const last = events.findLastIndex(({ activityTaskScheduledEventAttributes: call }) => call);
    const name = events[last]?.activityTaskScheduledEventAttributes?.activityType?.name;
    expect(['publishPacked', 'writeTrade']).toContain(name);
    expect(events.slice(last).some((event) => event.timerFiredEventAttributes)).toBe(true);
  });
  locked.exec('ROLLBACK');
  locked.close();
  await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
  // One that spins fails.
  expect((await history()).filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
});

it('the database locked: the position is protected and closed all the same, and its row follows', async () => {
  const scene = await setScene();
  const locked = new DatabaseSync(journalFile(scene.config));
  locked.exec('BEGIN EXCLUSIVE');
  const { workflowId: id } = await scene.holdfast.openPosition('paper', {
    symbol: 'BTC/USDT:USDT',
    side: 'long',
    quantity: '0.05',
    stopLoss: { percent: '1' },
    takeProfit: { percent: '2' },
  });
  await restsSoon(scene, id, 'STOP_MARKET', ['0.05 at 64350']);
  await to(scene, '66400');
  await scene.booksShow(({ positions }) => expect(positions).toEqual([]));
  expect(await scene.journal.trades()).toEqual([]);
  locked.exec('ROLLBACK');
  locked.close();
  scene.opened.add(id);
  await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
});
