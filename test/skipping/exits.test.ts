/** Stops that move, slices, closes at a limit and by the clock: through lost workers, days and new runs. */
import { expect, it } from 'vitest';
import type { OrderRow } from '../../venue/control/types.ts';
import { beginNewRun } from '../support/new-run.ts';
import { BTC_VENUE, LONG, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const price = (scene: Scene, last: string) =>
  scene.venue.control.setPrice({ symbol: BTC_VENUE, last, path: 'walk' });

const resting = (orders: readonly OrderRow[], type: string): OrderRow[] =>
  orders.filter(
    (order) => order.type === type && (order.state === 'new' || order.state === 'partially_filled'),
  );

/** Waits until exactly one stop rests, at this price. */
const stopRestsAt = (scene: Scene, stopPrice: string) =>
  scene.booksShow(({ orders }) =>
    expect(resting(orders, 'STOP_MARKET').map((order) => order.stopPrice)).toEqual([stopPrice]),
  );

/** Waits until exactly these limit orders rest. */
const limitsRest = (scene: Scene, expected: object[]) =>
  scene.booksShow(({ orders }) => {
    const now = resting(orders, 'LIMIT');
    expect(now).toHaveLength(expected.length);
    expect(now).toMatchObject(expected);
  });

it('a trailing stop follows before and after days without workers, and its exit is told as one', async () => {
  const scene = await setScene();
  await expect(scene.open({ stopLoss: { atr: '2' } }), 'the price has stood still').rejects.toMatchObject({
    reasons: [{ code: 'no_volatility' }],
  });
  const trailing = { distance: { percent: '1' } };
  const id = await scene.open({ trailing, stopLoss: { percent: '2' }, takeProfit: { percent: '20' } });
  await stopRestsAt(scene, '64350');
  await price(scene, '66000');
  await stopRestsAt(scene, '65340');
  await scene.daysWithoutWorkers(2, () => price(scene, '65900'));
  await scene.shows(id, { stage: 'open', covered: true, tranches: [{ trailing: { following: true } }] });
  await price(scene, '67000');
  await stopRestsAt(scene, '66330');
  await price(scene, '66300');
  await scene.ends(id, { exitReason: 'TRAILING_STOP' });
});

it('a position is closed at its time, days later, whichever worker and run keeps it by then', async () => {
  const scene = await setScene();
  const timeExit = { afterMinutes: (4 * DAY_MS) / MINUTE_MS };
  const id = await scene.openAndProtect({ timeExit });
  const before = await scene.shows(id, { timeExitAt: expect.any(String) });
  await scene.daysWithoutWorkers(3, () => beginNewRun(scene, before, { ...LONG, timeExit }));
  await scene.shows(id, { stage: 'open', covered: true, timeExitAt: before.timeExitAt });
  await scene.passTime(DAY_MS);
  await scene.ends(id, { exitReason: 'TIME_EXIT' });
});

it('slices go on where they were, and closes at a limit rest until they fill or are taken back', async () => {
  const scene = await setScene();
  const id = await scene.open({ limitPrice: '64900', visibleQuantity: '0.02' });
  const ref = { workflowId: id };
  await limitsRest(scene, [{ quantity: '0.02', price: '64900', reduceOnly: false }]);
  // The first slice fills while nobody is there.
  await scene.daysWithoutWorkers(1, () => price(scene, '64890'));
  await scene.shows(id, { quantity: '0.05', covered: true });
  const { orders } = await scene.books();
  const entries = orders.filter(({ type, reduceOnly }) => type === 'LIMIT' && !reduceOnly);
  expect(entries.map(({ quantity }) => quantity)).toEqual(['0.02', '0.02', '0.01']);
  await scene.holdfast.handleEntryFill(ref);

  await scene.holdfast.close(ref, { limitPrice: '65500', quantity: '0.02' });
  await scene.holdfast.close(ref, { limitPrice: '65600' });
  const second = { quantity: '0.03', price: '65600', reduceOnly: true };
  await limitsRest(scene, [{ quantity: '0.02', price: '65500', reduceOnly: true }, second]);
  await price(scene, '65510');
  await scene.shows(id, { quantity: '0.03', covered: true, restingCloses: [{ price: '65600' }] });
  await limitsRest(scene, [second]);
  const { restingCloses } = await scene.holdfast.cancelOrders(ref, { roles: ['close'] });
  expect(restingCloses).toEqual([]);
  await limitsRest(scene, []);
  await scene.holdfast.close(ref, { limitPrice: '65700' });
  await scene.holdfast.close(ref);
  await scene.ends(id, { exitReason: 'USER_CLOSE' });
});
