/** Updates right after a workflow task that did nothing, on workers that keep no run: see `workflows/in-turn.ts`. */
import { expect, it } from 'vitest';
import { BTC_VENUE, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

/** The last thing that happened is a task that did nothing: what the new watcher told was known. */
const idleTask = (scene: Scene, id: string, before: number) =>
  scene.eventually(async () => {
    const { events } = await scene.client.workflow.getHandle(id).fetchHistory();
    expect(events?.length).toBeGreaterThan(before);
    expect(events?.at(-1)?.workflowTaskCompletedEventAttributes).toBeTruthy();
  });

it('an update that follows a task which did nothing is decided in every replay as it was when it came', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const { events } = await scene.client.workflow.getHandle(id).fetchHistory();
  await scene.stopWorkers();
  await scene.startWorkers();
  await idleTask(scene, id, events?.length ?? 0);

  // The watcher tells of the crossing, which has the stop looked up at once.
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64350', path: 'walk' });
  await scene.ends(id, { exitReason: 'STOP_LOSS' });
});
