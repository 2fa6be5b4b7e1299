/** What positions live through while their histories are recorded: one story a path, one after the other. */
import { pino } from 'pino';
import { accountConfig } from '../../config/account.ts';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import type { sync } from '../../workflows/sync.ts';
import { WORKFLOW_TASK_QUEUE } from '../../contract/ids.ts';
import { openGateway } from '../../worker/gateway.ts';
import { eventually } from '../support/eventually.ts';
import type { FaultPlan } from '../../venue/control/types.ts';
import { EXIT_STORIES } from './exit-stories.ts';
import { TRANCHE_STORIES } from './tranche-stories.ts';
import { isProtected, LONG, open, over, price, SYMBOL, until, WITHIN_MS, type Story } from './story-tools.ts';

const ORDERS = { method: 'POST', pathContains: '/trade/order' } as const;
const MARKET: FaultPlan['match'] = { ...ORDERS, params: { type: 'MARKET' } };

const entering: Story = async (stage, keep) => {
  const id = await open(stage, { limitPrice: '60000' });
  await eventually(async () => {
    const { orders } = await stage.venue.control.books('paper');
    if (!orders.some(({ type, state }) => type === 'LIMIT' && state === 'new'))
      throw new Error('no entry rests');
  });
  await keep('entering', id);
  await stage.holdfast.close({ workflowId: id });
  await over(stage, id);
  await keep('closed-never-opened', id);
};

const partialFill: Story = async (stage, keep) => {
  await stage.venue.control.planPartialFill({ account: 'paper', quantity: '0.02', restAfterMs: null });
  const id = await open(stage, { limitPrice: '65000' });
  await until(stage, id, (view) => isProtected(view) && view.quantity === '0.02');
  await keep('partial-fill', id);
  await stage.holdfast.close({ workflowId: id });
  await over(stage, id);
  await keep('closed-by-user', id);
};

const byTarget: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await keep('open', id);
  await stage.holdfast.setProtection({ workflowId: id }, { stopLoss: { price: '64000' } });
  await keep('replaced-stop', id);
  await price(stage, '66300');
  await over(stage, id);
  await keep('closed-by-target', id);
};

const byStop: Story = async (stage, keep) => {
  await stage.venue.control.planFault({ kind: 'cut-after', match: MARKET });
  const id = await open(stage);
  await until(stage, id, isProtected);
  await keep('unknown-entry-resolved', id);
  await price(stage, '64350');
  await over(stage, id);
  await keep('closed-by-stop', id);
};

const closing: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.venue.control.planFault({
    kind: 'latency',
    match: MARKET,
    params: { ms: 1_500, before: true },
  });
  await stage.client.workflow.getHandle(id).signal('requestClose');
  await until(stage, id, (view) => view.stage === 'closing');
  await keep('closing', id);
  await over(stage, id);
};

const byHand: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.venue.control.trade({
    account: 'paper',
    symbol: SYMBOL,
    leg: 'net',
    action: 'reduce',
    quantity: '0.02',
  });
  await until(stage, id, (view) => isProtected(view) && view.quantity === '0.03');
  await keep('reduced-outside', id);
  const reading = { method: 'GET', pathContains: 'positionHistory' } as const;
  await stage.venue.control.trade({ account: 'paper', symbol: SYMBOL, leg: 'net', action: 'close' });
  await stage.venue.control.planFault({ kind: 'status', match: reading, count: 4 });
  await until(stage, id, (view) => view.stage === 'settling');
  await keep('settling', id);
  await over(stage, id);
  await keep('closed-by-exchange', id);
};

const restarted: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.stopWorkers();
  const { orders } = await stage.venue.control.books('paper');
  const stop = orders.find(({ type, state }) => type === 'STOP_MARKET' && state === 'new');
  await stage.venue.control.vanishOrder('paper', stop?.orderId ?? 'no stop rests');
  await stage.startWorkers();
  await until(stage, id, (view) => isProtected(view) && view.tranches[0]?.stopLoss.orderId !== stop?.orderId);
  await keep('vanished-stop', id);
  await stage.venue.control.liquidate({ account: 'paper', symbol: SYMBOL, leg: 'net' });
  await over(stage, id);
  await keep('closed-by-liquidation', id);
};

const LEG = { account: 'paper', symbol: SYMBOL, leg: 'net' } as const;
const BTC_ID = 'position/paper/BTC/USDT:USDT/net';

/** What somebody opened is taken up and protected, then managed once a stop is set, then closed by hand. */
const adopted: Story = async (stage, keep) => {
  await price(stage, '65000');
  await stage.venue.control.trade({ ...LEG, action: 'open', direction: 'long', quantity: '0.05' });
  await until(stage, BTC_ID, (view) => view.adopted && view.covered && view.stage === 'open');
  await keep('adopted', BTC_ID);
  await stage.holdfast.setProtection({ workflowId: BTC_ID }, { stopLoss: { price: '64000' } });
  await until(stage, BTC_ID, (view) => view.policy === 'manage' && view.covered);
  await keep('adopted-managed', BTC_ID);
  await stage.venue.control.trade({ ...LEG, action: 'close' });
  await over(stage, BTC_ID);
  await keep('adopted-closed', BTC_ID);
};

/** The other side of a flip is another position: the first one ends, and the second is taken up. */
const flipped: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  const { runId } = await stage.client.workflow.getHandle(id).describe();
  await stage.venue.control.trade({ ...LEG, action: 'flip', quantity: '0.03' });
  await until(stage, id, (view) => view.adopted && view.side === 'short' && view.covered);
  await keep('flipped', id, runId);
  await stage.holdfast.close({ workflowId: id });
  await over(stage, id);
};

/** A stop that somebody moved is replaced; an order in our dialect that nobody here placed halts entries. */
const meddledWith: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  const { orders } = await stage.venue.control.books('paper');
  const stop = orders.find(({ type, state }) => type === 'STOP_MARKET' && state === 'new');
  await stage.venue.control.amendOrder('paper', stop?.orderId ?? 'no stop rests', { stopPrice: '60000' });
  await until(stage, id, (view) => isProtected(view) && view.tranches[0]?.stopLoss.orderId !== stop?.orderId);
  await keep('altered-stop', id);
  const another = await openGateway(accountConfig(stage.config, 'paper'), pino({ level: 'silent' }));
  await another.placeOrder({
    clientOrderId: clientOrderId({ ...LEG, symbol: LONG.symbol }, epochAt(Date.now()), 'entry', 1),
    symbol: LONG.symbol,
    leg: 'net',
    side: 'buy',
    kind: 'limit',
    quantity: '0.01',
    price: '50000',
    reduceOnly: false,
  });
  await until(stage, id, (view) => view.findings.some(({ code }) => code === 'second_writer'));
  await eventually(async () => {
    if (!(await stage.holdfast.account('paper')).halted) throw new Error('entries are not halted');
  }, WITHIN_MS);
  await keep('second-writer', id);
  await another.close();
  await stage.holdfast.close({ workflowId: id });
  await over(stage, id);
  await stage.holdfast.resume('paper');
};

/** The daily comparison, of an account that agrees. */
const compared: Story = async (stage, keep) => {
  const { client } = stage;
  const workflowId = 'sync/recorded';
  await client.workflow.execute<typeof sync>('sync', {
    workflowId,
    taskQueue: WORKFLOW_TASK_QUEUE,
    args: [{ version: 1, accounts: ['paper'], execute: true, cause: 'daily', policy: 'protect' }],
  });
  await keep('sync', workflowId);
};

/** Last: all that the stories before asked of it. */
const account: Story = async (_, keep) => keep('account-of-all', 'account/paper');

export const STORIES: readonly Story[] = [
  entering,
  partialFill,
  byTarget,
  byStop,
  closing,
  byHand,
  restarted,
  adopted,
  flipped,
  meddledWith,
  ...EXIT_STORIES,
  ...TRANCHE_STORIES,
  compared,
  account,
];
