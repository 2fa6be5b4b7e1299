/** Waits as a position does: for messages and for its next deadline; what follows a message is a call. */
import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { createAlarmClock } from '../../../workflows/alarm-clock.ts';

export type RingingInput = { deadlineAtMs: number };
export type RingingActivities = { note(): Promise<void> };
export type Heard = { told: number; noted: number };

export const told = defineSignal('told');
export const heard = defineQuery<Heard>('heard');

const { note } = proxyActivities<RingingActivities>({ startToCloseTimeout: '5 seconds' });

/** Answers with what it heard, once the deadline has passed. */
export async function ringing({ deadlineAtMs }: RingingInput): Promise<Heard> {
  const clock = createAlarmClock();
  const count: Heard = { told: 0, noted: 0 };
  let asked = 0;
  setHandler(told, () => {
    count.told += 1;
  });
  setHandler(heard, () => count);
  const version = (): number => count.told + count.noted;
  while (count.noted < count.told || Date.now() < deadlineAtMs) {
    const seen = version();
    for (; asked < count.told; asked++) void note().then(() => (count.noted += 1));
    clock.set(deadlineAtMs, Date.now());
    await condition(() => version() !== seen || clock.rang());
  }
  return count;
}
