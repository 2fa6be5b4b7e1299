/** Positions that are added to, and whose tranches become one. */
import { accountWorkflowId } from '../../contract/ids.ts';
import { isProtected, open, over, price, until, type Story } from './story-tools.ts';

const more = {
  quantity: '0.03',
  stopLoss: { price: '64500' },
  takeProfit: { price: '66000' },
  requestId: 'more',
};

/** Two tranches, then one; the account that granted the second, and is told of a third that came to nothing. */
const tranches: Story = async (stage, keep) => {
  const id = await open(stage);
  await until(stage, id, isProtected);
  await stage.holdfast.addTranche({ workflowId: id }, more);
  await until(stage, id, (view) => isProtected(view) && view.quantity === '0.08');
  await keep('tranches', id);
  await stage.holdfast.mergeTranches({ workflowId: id });
  await keep('tranches-merged', id);
  await stage.holdfast.addTranche(
    { workflowId: id },
    { ...more, requestId: 'far', limitPrice: '60000', stopLoss: null },
  );
  await stage.holdfast.close({ workflowId: id }, { trancheId: 't3' });
  await until(stage, id, (view) => view.tranches.length === 1);
  await price(stage, '66310');
  await over(stage, id);
  await keep('closed-after-merge', id);
  await keep('account-of-tranches', accountWorkflowId('paper'));
};

export const TRANCHE_STORIES: readonly Story[] = [tranches];
