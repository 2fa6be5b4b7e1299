/**
 * The workers are lost at every step of a life, answers and all, and others start: the position goes on
 * as if nothing had been, and no order exists twice.
 */
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../venue/control/types.ts';
import { heldJournal } from '../support/held-journal.ts';
import { BTC_VENUE, LONG, scenes, startOf, type Scene } from '../support/scene.ts';

const setScene = scenes();

/** Longer than an order call may take from start to close: the lost one is given up meanwhile. */
const LOST_FOR_MS = 30_000;
const ORDERS = { method: 'POST', pathContains: '/trade/order' } as const;
const TOGETHER = { method: 'POST', pathContains: '/trade/batchOrders' } as const;
const ONE_BY_ONE = { tp_sl_batch_enabled: false };
const slow = (match: FaultPlan['match'], more: Partial<FaultPlan> = {}): FaultPlan => ({
  kind: 'latency',
  match: { ...ORDERS, ...match },
  params: { ms: 2_500 },
  ...more,
});
const of = (type: string): FaultPlan['match'] => ({ params: { type } });

/** Loses the workers while the request is under way, and starts others when it has been given up. */
async function loseWorkersDuring(scene: Scene, plan: FaultPlan, act: () => Promise<unknown>): Promise<void> {
  const { control } = scene.venue;
  const fault = await control.planFault(plan);
  await act();
  await scene.eventually(async () => {
    const now = (await control.faults()).find(({ id }) => id === fault.id);
    expect(now?.applied, `the ${plan.kind} was met`).toBe(1);
  });
  await scene.stopWorkers();
  await scene.passTime(LOST_FOR_MS);
  await scene.startWorkers();
}

async function endByTarget(scene: Scene, id: string): Promise<void> {
  const live = { state: 'live' };
  await scene.shows(id, {
    stage: 'open',
    quantity: '0.05',
    covered: true,
    tranches: [{ stopLoss: live, takeProfit: live }],
  });
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66300', path: 'walk' });
  await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
  const { orders } = await scene.books();
  expect(
    orders.filter(({ type }) => type === 'MARKET'),
    'one entry, once',
  ).toHaveLength(1);
}

describe('the workers are lost', () => {
  const before = { params: { ms: 2_500, before: true } };
  it.each<[string, FaultPlan, Record<string, unknown>?]>([
    ['before the exchange has seen the entry', slow(of('MARKET'), before)],
    ['after it filled, before the answer', slow(of('MARKET'))],
    ['between the fill and its protection', slow(TOGETHER, before)],
    ['after stop and target rest, before the answer', slow(TOGETHER)],
    ['between the fill and the stop', slow(of('STOP_MARKET'), before), ONE_BY_ONE],
    ['after the stop rests, before the answer', slow(of('STOP_MARKET')), ONE_BY_ONE],
    ['between stop and target', slow(of('TAKE_PROFIT_MARKET')), ONE_BY_ONE],
  ])('%s', async (_, plan, account = {}) => {
    const scene = await setScene({ stops: 'lost', account });
    const opening = async () => scene.open();
    let id = '';
    await loseWorkersDuring(scene, plan, async () => {
      id = await opening();
    });
    await endByTarget(scene, id);
  });

  it('while a close is under way', async () => {
    const scene = await setScene({ stops: 'lost' });
    const id = await scene.openAndProtect();
    await loseWorkersDuring(scene, slow(of('MARKET')), () =>
      scene.client.workflow.getHandle(id).signal('requestClose'),
    );
    await scene.ends(id, { exitReason: 'USER_CLOSE' });
    expect((await scene.books()).fills).toHaveLength(2);
  });

  it('while it settles', async () => {
    const scene = await setScene({ stops: 'lost' });
    const id = await scene.openAndProtect();
    const reading = slow({ method: 'GET', pathContains: 'positionHistory' });
    await loseWorkersDuring(scene, reading, () =>
      scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66300', path: 'walk' }),
    );
    await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
  });

  it('before the journal row', async () => {
    const scene = await setScene({ stops: 'lost' });
    const id = await scene.openAndProtect();
    const held = heldJournal(scene.config);
    try {
      await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64350', path: 'walk' });
      await scene.shows(id, { stage: 'settling', nextAction: expect.stringContaining('journal') });
      await scene.stopWorkers();
    } finally {
      held.release();
    }
    expect(await scene.journal.trades()).toEqual([]);
    await scene.passTime(LOST_FOR_MS);
    await scene.startWorkers();
    await scene.ends(id, { exitReason: 'STOP_LOSS' });
  });
});

describe('the answer to the entry is lost, and then the workers', () => {
  it.each<[string, FaultPlan['kind'], NonNullable<FaultPlan['params']>]>([
    ['the connection was cut after it was accepted', 'cut-after', {}],
    ['the connection was cut before it was sent', 'cut-before', {}],
    ['the answer broke off', 'cut-mid-body', {}],
    ['a proxy answered with a page', 'html-200', {}],
    ['the exchange was overloaded', 'status', { status: 503 }],
    ['the exchange said an error and did it all the same', 'code', { code: 100500, execute: true }],
  ])('%s', async (_, kind, params) => {
    const scene = await setScene({ stops: 'lost' });
    let id = '';
    await loseWorkersDuring(scene, { kind, match: { ...ORDERS, ...of('MARKET') }, params }, async () => {
      id = await scene.open();
    });
    await endByTarget(scene, id);
  });
});

describe('no worker comes', () => {
  it('an entry that nobody could send in time is given up, unsent', async () => {
    const scene = await setScene();
    await scene.stopWorkers();
    const { start, workflowId } = startOf(scene, LONG);
    await scene.startWorkers('workflows');
    await scene.client.workflow.start('position', {
      workflowId,
      taskQueue: 'holdfast',
      args: [{ version: 1, start }],
    });
    await scene.shows(workflowId, { stage: 'entering' });
    await scene.stopWorkers();
    await scene.passTime(start.settings.entryValidMs + 1_000);
    await scene.startWorkers();
    await scene.ends(workflowId, { exitReason: 'NEVER_OPENED' });
    const { orders } = await scene.books();
    expect(orders).toEqual([]);
    expect(await scene.venue.control.requests(ORDERS)).toEqual([]);
  });

  it('several positions at once: each finds what became of it', async () => {
    const scene = await setScene();
    const { control } = scene.venue;
    const percents = { stopLoss: { percent: '1' }, takeProfit: { percent: '2' } };
    const btc = await scene.openAndProtect();
    const eth = await scene.openAndProtect({
      symbol: 'ETH/USDT:USDT',
      quantity: '1',
      side: 'short',
      ...percents,
    });
    const sol = await scene.openAndProtect({ symbol: 'SOL/USDT:USDT', quantity: '10', ...percents });
    await scene.daysWithoutWorkers(1, async () => {
      await control.setPrice({ symbol: 'ETH-USDT', last: '3136', path: 'walk' });
      await control.trade({ account: 'paper', symbol: 'SOL-USDT', leg: 'net', action: 'close' });
    });
    await scene.ends(eth, { exitReason: 'TAKE_PROFIT', side: 'short' });
    await scene.ends(sol, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
    await scene.shows(btc, { stage: 'open', quantity: '0.05', covered: true });
    await scene.holdfast.close({ workflowId: btc });
    await scene.ends(btc, { exitReason: 'USER_CLOSE' });
  });
});
