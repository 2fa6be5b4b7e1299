/** Positions that are protected and left in the less plain ways. */
import { requestClose } from '../../contract/messages.ts';
import { eventually } from '../support/eventually.ts';
import type { Stage } from '../support/stage.ts';
import { isProtected, open, over, price, until, type Story } from './story-tools.ts';

const stopRestsAt = ({ venue }: Stage, stopPrice: string): Promise<void> =>
  eventually(async () => {
    const { orders } = await venue.control.books('paper');
    const stops = orders.filter(({ type, state }) => type === 'STOP_MARKET' && state === 'new');
    if (stops.length !== 1 || stops[0]?.stopPrice !== stopPrice) throw new Error(`no stop at ${stopPrice}`);
  });

/** The stop follows from its activation on, in two steps. */
const trailing: Story = async (stage, keep) => {
  const id = await open(stage, {
    takeProfit: { percent: '20' },
    trailing: { distance: { percent: '1' }, activation: { percent: '0.5' } },
  });
  await until(stage, id, isProtected);
  await price(stage, '65500');
  await stopRestsAt(stage, '64845');
  await price(stage, '66000');
  await stopRestsAt(stage, '65340');
  await keep('trailing', id);
  await price(stage, '65300');
  await over(stage, id);
  await keep('closed-by-trailing-stop', id);
};

/** After the first of 40/30/30 the stop goes to the entry price. */
const breakEven: Story = async (stage, keep) => {
  const at = (percent: string, share: string) => ({ at: { percent }, share });
  const id = await open(stage, {
    takeProfit: undefined as never, // the one that stories open with, taken away
    takeProfitLevels: [at('1', '40'), at('2', '30'), at('3', '30')],
    breakEven: { after: { targets: 1 } },
  });
  await until(stage, id, isProtected);
  await price(stage, '65660');
  await stopRestsAt(stage, '65000');
  await until(stage, id, ({ quantity, covered }) => quantity === '0.03' && covered);
  await keep('break-even', id);
  await price(stage, '64990');
  await over(stage, id);
  await keep('closed-by-break-even-stop', id);
};

const iceberg: Story = async (stage, keep) => {
  const id = await open(stage, { limitPrice: '64900', visibleQuantity: '0.02' });
  await until(stage, id, ({ nextAction }) => nextAction === 'wait for the entry to fill');
  await keep('iceberg-begun', id);
  await price(stage, '64890');
  await until(stage, id, (view) => isProtected(view) && view.quantity === '0.05');
  await keep('iceberg', id);
  await stage.holdfast.close({ workflowId: id });
  await over(stage, id);
};

const timeExit: Story = async (stage, keep) => {
  const id = await open(stage, { timeExit: { afterMinutes: 0.1 } });
  await until(stage, id, isProtected);
  await keep('time-exit', id);
  await over(stage, id);
  await keep('closed-by-time-exit', id);
};

/** A part at one limit, the rest at another that is taken back. */
const limitClose: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.holdfast.close({ workflowId: id }, { quantity: '0.02', limitPrice: '65400' });
  await stage.holdfast.close({ workflowId: id }, { limitPrice: '65600' });
  await keep('limit-close', id);
  await price(stage, '65410');
  await until(stage, id, (view) => isProtected(view) && view.quantity === '0.03');
  await stage.holdfast.cancelOrders({ workflowId: id }, { roles: ['close'] });
  await stage.holdfast.close({ workflowId: id }, { limitPrice: '65700' });
  await price(stage, '65710');
  await over(stage, id);
  await keep('closed-at-limit', id);
};

/** The target's own order is gone, unseen, when the price passes it: the watcher tells of the crossing. */
const crossed: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  const { orders } = await stage.venue.control.books('paper');
  const target = orders.find(({ type, state }) => type === 'TAKE_PROFIT_MARKET' && state === 'new');
  await stage.venue.control.vanishOrder('paper', target?.orderId ?? 'no target rests');
  await price(stage, '66400');
  await over(stage, id);
  await keep('closed-by-crossing', id);
};

/** Decided where nobody serves the account: its calls wait in the account's own queue. */
const servedElsewhere: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.stopWorkers();
  await stage.startWorkers('workflows');
  await stage.client.workflow.getHandle(id).signal(requestClose);
  await eventually(async () => {
    const { pendingActivities } = (await stage.client.workflow.getHandle(id).describe()).raw;
    const waits = pendingActivities?.some(({ activityType }) => activityType?.name === 'placeOrder');
    if (!waits) throw new Error('the close is not decided yet');
  });
  await stage.stopWorkers();
  await stage.startWorkers();
  await over(stage, id);
  await keep('closed-elsewhere', id);
};

export const EXIT_STORIES: readonly Story[] = [
  trailing,
  breakEven,
  iceberg,
  timeExit,
  limitClose,
  crossed,
  servedElsewhere,
];
