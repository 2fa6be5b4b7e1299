/** Tranches from the request to the venue's books: added within limits, merged, dropped, across restarts. */
import { expect, it } from 'vitest';
import { HoldfastError } from '../../client/index.ts';
import { accountWorkflowId } from '../../contract/ids.ts';
import { trancheGranted } from '../../contract/messages.ts';
import { beginNewRun } from '../support/new-run.ts';
import { BTC_VENUE, LONG, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

const MORE = {
  quantity: '0.03',
  stopLoss: { price: '64500' },
  takeProfit: { price: '66000' },
  requestId: 'more',
} as const;
const live = (price: string) => ({ price, state: 'live' });
const T1 = { id: 't1', quantity: '0.05', stopLoss: live('64350'), takeProfit: live('66300') };
const T2 = {
  id: 't2',
  quantity: '0.03',
  stopLoss: live('64500'),
  takeProfit: live('66000'),
  requestId: 'more',
};

const reservedFor = async ({ holdfast }: Scene) =>
  (await holdfast.account('paper')).legs.map((leg) => leg.notional);
const resting = async (scene: Scene): Promise<unknown[]> =>
  (await scene.books()).orders
    .filter(({ state }) => state === 'new')
    .map(({ type, stopPrice, quantity }) => `${type} ${quantity} at ${stopPrice}`)
    .toSorted();
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'added',
    (error: unknown) => (error instanceof HoldfastError ? error.reasons[0]?.code : String(error)),
  );

it('is added once however often it is asked for, lives through restarts and a new run, and merges', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  const add = () => scene.holdfast.addTranche({ workflowId }, MORE);
  const [first, second] = await Promise.all([add(), add()]);
  expect([first.trancheId, second.trancheId]).toEqual(['t2', 't2']);
  await scene.shows(workflowId, { quantity: '0.08', covered: true, tranches: [T1, T2] });
  expect(await reservedFor(scene)).toEqual(['5200']);

  const before = await scene.shows(workflowId, { drift: false, exchangePositionId: expect.any(String) });
  await scene.daysWithoutWorkers(2, () => beginNewRun(scene, before, LONG));
  expect((await add()).trancheId).toBe('t2');
  await scene.shows(workflowId, { covered: true, tranches: [T1, T2] });

  const merged = { id: 't1', quantity: '0.08', stopLoss: live('64500'), takeProfit: live('66300') };
  expect(await scene.holdfast.mergeTranches({ workflowId })).toMatchObject({
    covered: true,
    tranches: [merged],
  });
  expect(await resting(scene)).toEqual(['STOP_MARKET 0.08 at 64500', 'TAKE_PROFIT_MARKET 0.08 at 66300']);
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66300', path: 'walk' });
  await scene.ends(workflowId, { exitReason: 'TAKE_PROFIT' });
  expect((await scene.books()).orders.filter(({ type }) => type === 'MARKET')).toHaveLength(2);
});

it('becomes one with the others where the exchange takes a single stop', async () => {
  const scene = await setScene({ venue: { settings: { singleStop: 'all' } } });
  const workflowId = await scene.openAndProtect();
  await scene.holdfast.addTranche({ workflowId }, MORE);
  const merged = { id: 't1', quantity: '0.08', stopLoss: live('64500'), takeProfit: live('66300') };
  await scene.shows(workflowId, { covered: true, tranches: [merged] });
  expect(await resting(scene)).toEqual(['STOP_MARKET 0.08 at 64500', 'TAKE_PROFIT_MARKET 0.08 at 66300']);
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64490', path: 'walk' });
  await scene.ends(workflowId, { exitReason: 'STOP_LOSS' });
});

it('is held to the limits, and frees what it had reserved when it comes to nothing', async () => {
  const limits = { max_notional_per_position: '6000' };
  const scene = await setScene({ account: { limits } });
  const workflowId = await scene.openAndProtect();
  const add = (change: object) => codeOf(scene.holdfast.addTranche({ workflowId }, { ...MORE, ...change }));
  expect(await add({ quantity: '0.05' })).toBe('max_notional_per_position');
  expect(await add({ stopLoss: { price: '66500' } })).toBe('wrong_side');
  expect(await reservedFor(scene)).toEqual(['3250']);

  await scene.venue.control.planFault({
    kind: 'code',
    match: { method: 'POST', pathContains: '/trade/order', params: { type: 'MARKET' } },
    params: { code: 101204 },
  });
  const dropped = scene.holdfast.addTranche({ workflowId }, { ...MORE, requestId: 'poor' });
  await dropped.catch(() => {}); // it may have been seen before the exchange refused it
  await scene.shows(workflowId, { quantity: '0.05', tranches: [T1] });
  await scene.eventually(async () => expect(await reservedFor(scene)).toEqual(['3250']));

  // Nobody reserved this one.
  const stray = { ...MORE, requestId: 'stray', epoch: '20200101000000000' };
  await scene.client.workflow.getHandle(workflowId).signal(trancheGranted, stray);
  const findings = expect.arrayContaining([expect.objectContaining({ code: 'tranche_refused' })]);
  await scene.shows(workflowId, { quantity: '0.05', tranches: [T1], findings });
  const account = scene.client.workflow.getHandle(accountWorkflowId('paper'));
  await account.signal('trancheRefused'); // by hand, without what it carries
  expect(await add({ requestId: 'again' })).toBe('added');
  await scene.shows(workflowId, { quantity: '0.08', covered: true });
  await scene.holdfast.close({ workflowId });
  await scene.ends(workflowId, { exitReason: 'USER_CLOSE' });
});

it('merges by itself what is profitable, where that is configured', async () => {
  const scene = await setScene({ account: { merge_profitable_tranches_pct: '0.5' } });
  const workflowId = await scene.openAndProtect();
  await scene.holdfast.addTranche({ workflowId }, MORE);
  await scene.shows(workflowId, { covered: true, tranches: [T1, T2] });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '65400', path: 'walk' });
  const merged = { id: 't1', quantity: '0.08', stopLoss: live('64500'), takeProfit: live('66300') };
  await scene.shows(workflowId, { covered: true, tranches: [merged] });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64490', path: 'walk' });
  await scene.ends(workflowId, { exitReason: 'STOP_LOSS' });
});
