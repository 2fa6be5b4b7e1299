/** Lives of positions in real processes: opened, seen protected, seen over. */
import { expect } from 'vitest';
import { positionWorkflowId } from '../../contract/ids.ts';
import type { OpenPositionAnswer } from '../../contract/messages.ts';
import type { Side } from '../../domain/terms.ts';
import type { PositionView } from '../../domain/view.ts';
import type { Life } from './agreement.ts';
import { eventually } from './eventually.ts';
import type { Processes } from './processes.ts';

const OPEN_WITHIN_MS = 60_000;
const OVER_WITHIN_MS = 90_000;

export type Entry = { life: Life; side?: Side; quantity: string };

/** With a stop 1 % and a target 2 % away. The same life asked for again is the same request. */
export const openLife = (
  { holdfast }: Processes,
  { life, side = 'long', quantity }: Entry,
): Promise<OpenPositionAnswer> =>
  holdfast.openPosition(life.account, {
    symbol: life.symbol,
    side,
    quantity,
    stopLoss: { percent: '1' },
    takeProfit: { percent: '2' },
    requestId: `${life.account}/${life.symbol}/${life.leg}`,
  });

/** Opened, stop and target resting. */
export async function openProtected(processes: Processes, entry: Entry): Promise<PositionView> {
  await openLife(processes, entry);
  return untilProtected(processes, entry.life);
}

export const untilProtected = (
  processes: Processes,
  life: Life,
  more: Partial<PositionView> = {},
): Promise<PositionView> =>
  eventually(async () => {
    const { position, answeredBy } = await processes.holdfast.show({ workflowId: positionWorkflowId(life) });
    expect(answeredBy).toBe('workflow');
    expect(position, position.workflowId).toMatchObject({
      stage: 'open',
      covered: true,
      unknownOrders: [],
      ...more,
    });
    expect(position.tranches[0]?.takeProfit.state, position.workflowId).toBe('live');
    return position;
  }, OPEN_WITHIN_MS);

/** None of them runs any more. */
export const untilOver = ({ client }: Processes, lives: readonly Life[]): Promise<void> =>
  eventually(async () => {
    const described = await Promise.all(
      lives.map((life) => client.workflow.getHandle(positionWorkflowId(life)).describe()),
    );
    expect(
      described.filter(({ status }) => status.name === 'RUNNING').map(({ workflowId }) => workflowId),
    ).toEqual([]);
  }, OVER_WITHIN_MS);

/** What is asked for again until it is answered, as a caller does whose server, worker or exchange is gone. */
export const insist = <T>(ask: () => Promise<T>): Promise<T> => eventually(ask, OPEN_WITHIN_MS);
