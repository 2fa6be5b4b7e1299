/** The least that a workflow of so many activities can be. */
import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 seconds' });

export async function bare(activities: number): Promise<void> {
  for (let index = 0; index < activities; index++) await nothing();
}
