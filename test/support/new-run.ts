/** A position that goes on in another run, as after continue-as-new, with what the earlier one carried over. */
import { WORKFLOW_TASK_QUEUE } from '../../contract/ids.ts';
import type { OpenPositionRequest } from '../../contract/messages.ts';
import { evolve } from '../../domain/position/evolve.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { PositionView } from '../../domain/view.ts';
import { startOf, type Scene } from './scene.ts';

/** While no worker runs. `before`: as it showed last; `request`: what it was opened with. */
export async function beginNewRun(
  scene: Scene,
  { workflowId, account, symbol, leg, epoch }: PositionView,
  request: OpenPositionRequest,
): Promise<void> {
  const { start } = startOf(scene, request);
  const events = await scene.journal.events({ account, symbol, leg, epoch });
  // The journal holds every event, so the state is what they add up to.
  const state = events.reduce(
    (so, { type, data }) => evolve(so, { type, ...data } as PositionEvent), // as it was written from one
    initialState(start, 0),
  );
  await scene.client.workflow.getHandle(workflowId).terminate('stands for continue-as-new');
  await scene.client.workflow.start('position', {
    workflowId,
    taskQueue: WORKFLOW_TASK_QUEUE,
    args: [{ version: 1, state, unwritten: [] }],
  });
}
