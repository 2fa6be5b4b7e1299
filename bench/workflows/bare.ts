/** The least that workflows can be: of so many activities, and of one message that leads to a call. */
import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 seconds' });

export async function bare(activities: number): Promise<void> {
  for (let index = 0; index < activities; index++) await nothing();
}

export const act = defineUpdate('act');

/** Makes a call for every update, until it is terminated. */
export async function acting(): Promise<void> {
  let wanted = 0;
  setHandler(act, () => void (wanted += 1));
  for (let made = 0; ; made++) {
    await condition(() => wanted > made);
    await nothing();
  }
}
