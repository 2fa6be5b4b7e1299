/** What the stories have in common: what is opened, and what is waited for. */
import { eventually } from '../support/eventually.ts';
import type { Stage } from '../support/stage.ts';
import type { OpenPositionRequest } from '../../contract/messages.ts';
import type { PositionView } from '../../domain/view.ts';

/** Keeps the history of a workflow as it is now, under a name. */
type Keep = (name: string, workflowId: string, runId?: string) => Promise<void>;
export type Story = (stage: Stage, keep: Keep) => Promise<void>;

export const SYMBOL = 'BTC-USDT';
export const LONG: OpenPositionRequest = {
  symbol: 'BTC/USDT:USDT',
  side: 'long',
  quantity: '0.05',
  stopLoss: { percent: '1' },
  takeProfit: { percent: '2' },
};
export const WITHIN_MS = 60_000;

export async function open(stage: Stage, change: Partial<OpenPositionRequest> = {}): Promise<string> {
  await price(stage, '65000');
  return (await stage.holdfast.openPosition('paper', { ...LONG, ...change })).workflowId;
}

export const price = ({ venue }: Stage, last: string) =>
  venue.control.setPrice({ symbol: SYMBOL, last, path: 'walk' });

export const until = (
  stage: Stage,
  workflowId: string,
  holds: (view: PositionView) => boolean,
): Promise<void> =>
  eventually(async () => {
    const { position } = await stage.holdfast.show({ workflowId });
    if (!holds(position)) throw new Error(`${workflowId} is not there yet: ${JSON.stringify(position)}`);
  }, WITHIN_MS);

export const isProtected = ({ stage, tranches }: PositionView): boolean =>
  stage === 'open' &&
  tranches.every(({ stopLoss, takeProfit }) => stopLoss.state === 'live' && takeProfit.state === 'live');

export const over = ({ client }: Stage, workflowId: string) => client.workflow.getHandle(workflowId).result();
