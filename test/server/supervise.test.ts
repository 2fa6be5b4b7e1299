import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChild, type RunningProcess } from '../../server/child.ts';
import { pollUntil } from '../../server/poll.ts';
import { identify } from '../../server/process-identity.ts';
import { supervise, type SuperviseOptions, type SupervisedState } from '../../server/supervise.ts';
import { temporaryFolder } from '../support/temporary.ts';

const QUICK = { initialMs: 10, maximumMs: 40, resetAfterMs: 60_000 };

test('a process that is killed is brought back, as often as that happens', async () => {
  const { supervised, states } = superviseShell('sleep 60');
  const first = await supervised.ready;

  process.kill(first.pid, 'SIGKILL');
  const second = await runningAfter(states, 1);
  process.kill(second, 'SIGKILL');
  const third = await runningAfter(states, 2);

  expect(new Set([first.pid, second, third]).size).toBe(3);
  expect(states).toContainEqual(
    expect.objectContaining({ stage: 'waiting', reason: 'thing was ended by SIGKILL' }),
  );
});

test('stopping ends the process and does not bring it back', async () => {
  const { supervised, states } = superviseShell('sleep 60');
  const { pid } = await supervised.ready;
  await supervised.stop();
  expect(identify(pid)).toBeUndefined();
  expect(states.at(-1)).toEqual({ stage: 'stopped' });
  await supervised.stop();
});

test('a first start that fails is reported at once and not repeated', async () => {
  const { supervised, states } = superviseShell('sh -c "exit 3"');
  await expect(supervised.ready).rejects.toThrow('thing ended with code 3 before it was ready');
  expect(states.map(({ stage }) => stage)).toEqual(['starting', 'failed']);
});

test('later starts that fail are repeated with growing pauses up to the maximum', async () => {
  let starts = 0;
  const { supervised, states } = superviseShell('sleep 60', {
    ready: async () => {
      starts += 1;
      if (starts > 1 && starts < 6) throw new Error('not well yet');
    },
  });
  process.kill((await supervised.ready).pid, 'SIGKILL');
  await runningAfter(states, 1);
  const pauses = states.flatMap((state) => (state.stage === 'waiting' ? [state.retryInMs] : []));
  expect(pauses).toEqual([10, 20, 40, 40, 40]);
});

test('stopping while a start is under way leaves nothing behind', async () => {
  const started = Promise.withResolvers<number>();
  const { supervised } = superviseShell('sleep 60', {
    ready: (child) => {
      started.resolve(child.pid);
      return new Promise(() => {});
    },
  });
  const pid = await started.promise;
  await supervised.stop();
  expect(identify(pid)).toBeUndefined();
  await expect(supervised.ready).rejects.toThrow('thing was stopped');
});

test('stopping during a pause ends the waiting', async () => {
  const backoff = { initialMs: 60_000, maximumMs: 60_000, resetAfterMs: 60_000 };
  const { supervised, states } = superviseShell('sleep 60', { backoff });
  process.kill((await supervised.ready).pid, 'SIGKILL');
  await reached(states, ({ stage }) => stage === 'waiting');
  await supervised.stop();
  expect(supervised.state()).toEqual({ stage: 'stopped' });
});

function superviseShell(script: string, changes: Partial<SuperviseOptions<RunningProcess>> = {}) {
  const logFile = join(temporaryFolder(), 'thing.log');
  const states: SupervisedState[] = [];
  const supervised = supervise({
    name: 'thing',
    spawn: () => startChild({ command: 'sh', args: ['-c', `exec ${script}`], logFile }),
    // A process that is going to fail has done so by then; one that goes on is ready.
    ready: () => new Promise((resolve) => void setTimeout(resolve, 150)),
    backoff: QUICK,
    onStateChange: (state) => states.push(state),
    ...changes,
  });
  onTestFinished(() => supervised.stop());
  return { supervised, states };
}

/** The process id of the run that follows `restarts` restarts. */
async function runningAfter(states: readonly SupervisedState[], restarts: number): Promise<number> {
  const state = await reached(states, (one) => one.stage === 'running' && one.restarts === restarts);
  return state.stage === 'running' ? state.pid : 0;
}

function reached(
  states: readonly SupervisedState[],
  isIt: (state: SupervisedState) => boolean,
): Promise<SupervisedState> {
  return pollUntil(
    async () => {
      const state = states.find(isIt);
      if (state === undefined) throw new Error(`so far: ${states.map(({ stage }) => stage).join(', ')}`);
      return state;
    },
    { what: 'the expected state', timeoutMs: 10_000, everyMs: 10 },
  );
}
