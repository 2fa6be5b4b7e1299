/** What people and programs ask of an open position, by update and by plain signal, with and without a worker. */
import { expect, it } from 'vitest';
import type { SetProtectionRequest } from '../../contract/messages.ts';
import { beginNewRun } from '../support/new-run.ts';
import { BTC_NET, BTC_VENUE, scenes, LONG, type Scene } from '../support/scene.ts';

const setScene = scenes();

const refusedAs = (code: string) => ({ code: 'refused', reasons: [{ code }] });
const ORDERS = { method: 'POST', pathContains: '/trade/order' } as const;

const resting = async (scene: Scene): Promise<unknown> =>
  (await scene.books()).orders
    .filter(({ state }) => state === 'new')
    .map(({ type, stopPrice, quantity }) => [type, stopPrice, quantity])
    .toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));

const card = (scene: Scene, id: string): Promise<{ currentDetails?: string }> =>
  scene.client.workflow.getHandle(id).query('__temporal_workflow_metadata');

it('moves stop and target, takes one away, and refuses what would not protect', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  const set = (request: SetProtectionRequest) => scene.holdfast.setProtection({ workflowId }, request);

  await set({ stopLoss: { price: '64000' }, takeProfit: { percent: '3' } });
  expect(await resting(scene)).toEqual([
    ['STOP_MARKET', '64000', '0.05'],
    ['TAKE_PROFIT_MARKET', '66950', '0.05'],
  ]);
  await set({ takeProfit: null });
  expect(await resting(scene)).toEqual([['STOP_MARKET', '64000', '0.05']]);

  await expect(set({ stopLoss: { price: '65500' } })).rejects.toMatchObject(refusedAs('wrong_side'));
  await expect(set({ stopLoss: { price: '64000.05' } })).rejects.toMatchObject(refusedAs('off_tick'));
  await expect(set({})).rejects.toMatchObject(refusedAs('bad_request'));
  await expect(set({ trancheId: 't9', stopLoss: null })).rejects.toMatchObject(refusedAs('unknown_tranche'));
  // A key that nobody knows is a misspelling of one that matters.
  const misspelt: object = { stoploss: { price: '64500' } };
  await expect(set(misspelt)).rejects.toMatchObject(refusedAs('bad_request'));
  expect(await resting(scene)).toEqual([['STOP_MARKET', '64000', '0.05']]);

  await expect(scene.holdfast.close({ workflowId }, { quantity: '0.06' })).rejects.toMatchObject(
    refusedAs('over_maximum'),
  );
  const part = await scene.holdfast.close({ workflowId }, { quantity: '0.02' });
  expect(part).toMatchObject({ quantity: '0.03', stage: 'open' });
  await scene.eventually(async () =>
    expect(await resting(scene)).toEqual([['STOP_MARKET', '64000', '0.03']]),
  );
  await scene.holdfast.close({ workflowId });
  await scene.ends(workflowId, { exitReason: 'USER_CLOSE' });
});

it('keeps the stop that rests while the exchange refuses the new one', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  await scene.venue.control.planFault({
    kind: 'code',
    match: { ...ORDERS, params: { type: 'STOP_MARKET' } },
    params: { code: 110411, msg: 'the stop price must be below the mark price' },
  });
  const refused = scene.holdfast.setProtection({ workflowId }, { stopLoss: { price: '64800' } });
  await expect(refused).rejects.toMatchObject(refusedAs('exchange_refused'));
  const shown = await scene.shows(workflowId, {
    covered: true,
    tranches: [{ stopLoss: { price: '64350', state: 'live' } }],
  });
  expect(shown.findings).toMatchObject([{ kind: 'warning', code: 'stop_refused' }]);
  expect(shown.uncoveredMs).toBeLessThan(5_000);
  expect(await resting(scene)).toContainEqual(['STOP_MARKET', '64350', '0.05']);
});

it('replaces the only stop that an exchange takes', async () => {
  const scene = await setScene({ venue: { settings: { singleStop: 'all' } } });
  const workflowId = await scene.openAndProtect();
  await scene.holdfast.setProtection({ workflowId }, { stopLoss: { price: '64000' } });
  await scene.shows(workflowId, {
    covered: true,
    tranches: [{ stopLoss: { price: '64000', state: 'live' } }],
  });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '63900', path: 'walk' });
  await scene.ends(workflowId, { exitReason: 'STOP_LOSS' });
});

it('shows on the card why a plain signal was refused, and does what another one asks', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  const handle = scene.client.workflow.getHandle(workflowId);
  await handle.signal('adjustProtection', { stopLoss: { price: '66000' } });
  const findings = [{ code: 'refused_signal', text: expect.stringContaining('must be below the price') }];
  await scene.shows(workflowId, { covered: true, findings });
  expect((await card(scene, workflowId)).currentDetails).toContain('adjustProtection was refused');
  await handle.signal('requestClose', { quantity: '7' });
  await scene.eventually(async () =>
    expect((await card(scene, workflowId)).currentDetails).toContain('requestClose was refused'),
  );
  await handle.signal('adjustProtection', { takeProfit: { price: '66000' } });
  await scene.shows(workflowId, { tranches: [{ takeProfit: { price: '66000', state: 'live' } }] });
  await handle.signal('requestClose');
  await scene.ends(workflowId, { exitReason: 'USER_CLOSE' });
});

it('answers after the restart what was asked while no worker ran', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  const handle = scene.client.workflow.getHandle(workflowId);
  await scene.stopWorkers();
  await handle.signal('adjustProtection', { takeProfit: { price: '66600' } });
  const answer = handle.executeUpdate<{ quantity: string }, [SetProtectionRequest]>('setProtection', {
    args: [{ stopLoss: { price: '64100' } }],
  });
  await scene.startWorkers();
  expect(await answer).toMatchObject({ quantity: '0.05' });
  const tranches = [
    { stopLoss: { price: '64100', state: 'live' }, takeProfit: { price: '66600', state: 'live' } },
  ];
  await scene.shows(workflowId, { covered: true, tranches });
  await scene.venue.control.trade({ ...BTC_NET, action: 'close' });
  await scene.ends(workflowId, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
});

it('goes on in a new run from the state that the earlier one carried over', async () => {
  const scene = await setScene();
  const workflowId = await scene.openAndProtect();
  const before = await scene.shows(workflowId, { drift: false, exchangePositionId: expect.any(String) });
  await scene.stopWorkers();
  await beginNewRun(scene, before, LONG);
  await scene.startWorkers();
  const { updatedAt: _, ...same } = before;
  await scene.shows(workflowId, { ...same, lastSnapshotAt: expect.any(String) });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66300', path: 'walk' });
  await scene.ends(workflowId, { exitReason: 'TAKE_PROFIT' });
  const entries = (await scene.books()).orders.filter(({ type }) => type === 'MARKET');
  expect(entries).toHaveLength(1);
});
