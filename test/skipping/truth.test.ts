/** What the journal is told of a life: reconciliations by kind, and what the account is worth. */
import { expect, it } from 'vitest';
import { eq } from '../../domain/decimal.ts';
import { BTC_NET, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

/** In the order in which they happened. */
const kinds = async ({ journal }: Scene): Promise<string[]> =>
  (await journal.reconciliations()).map(({ kind }) => kind).toReversed();

/** What was written last is what the venue's books say. */
const worthIsWritten = (scene: Scene) =>
  scene.eventually(async () => {
    const [newest] = await scene.journal.balances({ account: 'paper' });
    const { equity } = await scene.books();
    expect([newest?.equity, newest && eq(newest.equity, equity)]).toEqual([newest?.equity, true]);
  });

it('counts what a person did and nothing of its own, each once, and keeps the worth after every life', async () => {
  const scene = await setScene();
  await worthIsWritten(scene);
  const own = await scene.openAndProtect();
  await scene.holdfast.setProtection({ workflowId: own }, { stopLoss: { percent: '1.5' } });
  await scene.shows(own, { covered: true });
  await scene.holdfast.close({ workflowId: own });
  await scene.ends(own, { exitReason: 'USER_CLOSE' });
  await worthIsWritten(scene);
  expect(await kinds(scene)).toEqual([]);

  const id = await scene.openAndProtect();
  await scene.venue.control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.02' });
  await scene.shows(id, { quantity: '0.03', covered: true });
  // Until then the old ones still rest, which the position is about to take back itself.
  await scene.booksShow(({ orders }) => {
    const resting = orders.filter(({ state }) => state === 'new');
    expect(resting.map(({ quantity }) => quantity)).toEqual(['0.03', '0.03']);
  });
  const fitted = await scene.shows(id, {
    tranches: [{ stopLoss: { state: 'live' }, takeProfit: { state: 'live' } }],
  });
  await scene.venue.control.cancelOrder('paper', fitted.tranches[0]?.stopLoss.orderId ?? '');
  const two = ['reduced_outside', 'order_vanished'];
  await scene.eventually(async () => expect(await kinds(scene)).toEqual(two));
  await scene.venue.control.trade({ ...BTC_NET, action: 'close' });
  await scene.ends(id, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
  expect(await kinds(scene)).toEqual([...two, 'closed_outside']);
  await worthIsWritten(scene);
});
