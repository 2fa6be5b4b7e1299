import { expect, it } from 'vitest';
import { accountWorkflowId } from '../../contract/ids.ts';
import { BTC_NET, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();
const ENTRY = {
  symbol: 'BTC/USDT:USDT',
  side: 'long',
  quantity: '0.05',
  stopLoss: { percent: '1' },
} as const;

const covered = (scene: Scene, workflowId: string) => scene.shows(workflowId, { covered: true });

async function ended(scene: Scene, workflowId: string): Promise<void> {
  await scene.holdfast.close({ workflowId });
  await scene.ends(workflowId, { exitReason: 'USER_CLOSE' });
}

it('a leg whose workflow was terminated by hand is free again once the exchange is flat', async () => {
  const scene = await setScene({ account: { limits: { max_open_positions: 1 } } });
  const first = await scene.holdfast.openPosition('paper', ENTRY);
  await covered(scene, first.workflowId);
  await scene.client.workflow.getHandle(first.workflowId).terminate('by hand');
  const refused = scene.holdfast.openPosition('paper', ENTRY);
  await expect(refused).rejects.toThrow(/taken by a position on the exchange/);

  await scene.venue.control.trade({ ...BTC_NET, action: 'close' });
  const second = await scene.holdfast.openPosition('paper', ENTRY);
  expect(second.epoch).not.toBe(first.epoch);
  await scene.shows(second.workflowId, { covered: true, epoch: second.epoch });
  await scene.holdfast.close({ workflowId: second.workflowId });
  // Not the whole agreement: what the terminated workflow left behind is nobody's any more.
  await scene.finishes(second.workflowId, { exitReason: 'USER_CLOSE', epoch: second.epoch });
});

it('the same request id opens one position, sent twice at once or again later', async () => {
  const scene = await setScene();
  const request = { ...ENTRY, requestId: 'strategy-42' };
  const twice = [
    scene.holdfast.openPosition('paper', request),
    scene.holdfast.openPosition('paper', request),
  ];
  const [one, two] = await Promise.all(twice);
  if (one === undefined) throw new Error('no answer');
  expect(two).toEqual(one);
  await covered(scene, one.workflowId);
  expect(await scene.holdfast.openPosition('paper', request)).toEqual(one);
  const { orders } = await scene.books();
  expect(orders.filter(({ type }) => type === 'MARKET')).toHaveLength(1);
  await ended(scene, one.workflowId);
});

it('signals without what they should carry change nothing', async () => {
  const scene = await setScene();
  const { workflowId } = await scene.holdfast.openPosition('paper', ENTRY);
  await covered(scene, workflowId);
  const position = scene.client.workflow.getHandle(workflowId);
  const account = scene.client.workflow.getHandle(accountWorkflowId('paper'));
  for (const name of ['reconcile', 'priceCrossed', 'adjustProtection', 'areYouThere'])
    await position.signal(name);
  await position.signal('reconcile', {
    snapshot: { complete: true, takenAtMs: 'yesterday', orders: 'none' },
  });
  for (const name of ['configure', 'legEnded']) await account.signal(name);
  const shown = await scene.shows(workflowId, { stage: 'open', quantity: '0.05', covered: true });
  expect(shown.findings.map(({ code }) => code)).toContain('refused_signal');
  const view = await scene.holdfast.account('paper');
  expect(view).toMatchObject({ legs: [{ workflowId }], limits: { maxOpenPositions: 10 } });
  await ended(scene, workflowId);
});
