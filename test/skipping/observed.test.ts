/** What the watch of the account sees while workers run: orders that vanish, prices that cross, fills in parts. */
import { expect, it } from 'vitest';
import { BTC_VENUE, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

async function restingId(scene: Scene, type: string): Promise<string> {
  const { orders } = await scene.books();
  const found = orders.find((order) => order.type === type && order.state === 'new');
  if (found === undefined) throw new Error(`no ${type} rests`);
  return found.orderId;
}

it.each<['vanishOrder' | 'cancelOrder', string, string]>([
  ['vanishOrder', 'STOP_MARKET', 'stopLoss'],
  ['cancelOrder', 'STOP_MARKET', 'stopLoss'],
  ['cancelOrder', 'TAKE_PROFIT_MARKET', 'takeProfit'],
])('after %s of the %s it is placed again, once', async (loss, type, part) => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const lost = await restingId(scene, type);
  await scene.venue.control[loss]('paper', lost);
  await scene.booksShow(({ orders }) => {
    const resting = orders.filter((order) => order.type === type && order.state === 'new');
    expect(resting).toMatchObject([{ quantity: '0.05' }]);
  });
  const [now] = (await scene.books()).orders.filter((order) => order.type === type && order.state === 'new');
  await scene.shows(id, { covered: true, tranches: [{ [part]: { state: 'live', orderId: now?.orderId } }] });
  await scene.holdfast.close({ workflowId: id });
  await scene.ends(id, { exitReason: 'USER_CLOSE' });
});

it('closes at market when the price is beyond a target whose order is gone', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const target = await restingId(scene, 'TAKE_PROFIT_MARKET');
  // The exchange takes no new target while the price runs away.
  await scene.venue.control.planFault({
    kind: 'code',
    match: { method: 'POST', pathContains: '/trade/order', params: { type: 'TAKE_PROFIT_MARKET' } },
    count: null,
    params: { code: 100500 },
  });
  await scene.venue.control.vanishOrder('paper', target);
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66500' });
  await scene.ends(id, { exitReason: 'INSTANT_TAKE_PROFIT' });
});

it('protects each part of a limit entry as it fills', async () => {
  const scene = await setScene();
  const { control } = scene.venue;
  await control.planPartialFill({ account: 'paper', quantity: '0.02', restAfterMs: 4_000 });
  const id = await scene.open({ limitPrice: '65000' });
  await scene.shows(id, { stage: 'open', quantity: '0.02', covered: true });
  await scene.shows(id, { stage: 'open', quantity: '0.05', covered: true });
  await scene.booksShow(({ orders }) => {
    const stops = orders.filter(({ type, state }) => type === 'STOP_MARKET' && state === 'new');
    expect(stops).toMatchObject([{ quantity: '0.05' }]);
  });
  await control.setPrice({ symbol: BTC_VENUE, last: '64300', path: 'walk' });
  await scene.ends(id, { exitReason: 'STOP_LOSS' });
});
