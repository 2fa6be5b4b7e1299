/** Waits as a position does: for messages and for its next deadline; what follows a message is a call. */
import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { createAlarmClock } from '../../../workflows/alarm-clock.ts';

export type RingingInput = { deadlineAtMs: number };
export type RingingActivities = { note(): Promise<void> };
/** `toldAtMs`: the workflow's time when it was told last. */
export type Heard = { told: number; noted: number; toldAtMs: number };

export const told = defineSignal('told');
export const heard = defineQuery<Heard>('heard');

const { note } = proxyActivities<RingingActivities>({ startToCloseTimeout: '5 seconds' });

/** Answers with what it heard, once the deadline has passed. */
export async function ringing({ deadlineAtMs }: RingingInput): Promise<Heard> {
  const clock = createAlarmClock();
  const count: Heard = { told: 0, noted: 0, toldAtMs: 0 };
  let asked = 0;
  setHandler(told, () => {
    count.told += 1;
    count.toldAtMs = Date.now();
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

const nobody = proxyActivities<RingingActivities>({
  taskQueue: 'nobody',
  scheduleToCloseTimeout: '1 minute',
});

/** Calls somebody who never answers, and hangs up, as an account does with its watch. */
export async function hangingUp(): Promise<'hung up'> {
  const call = new CancellationScope();
  const over = call.run(() => nobody.note()).catch((error: unknown) => isCancellation(error));
  await sleep(100);
  call.cancel();
  if (!(await over)) throw new Error('the call ended otherwise');
  await sleep(100);
  return 'hung up';
}
