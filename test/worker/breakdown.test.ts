/** A worker that the SDK gave up is noticed, one that was asked to stop is not taken for it. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { brokenDown } from '../../worker/breakdown.ts';

type State = ReturnType<Parameters<typeof brokenDown>[0]['getState']>;

const EVERY_MS = 5;
const A_WHILE_MS = 60;

const outcome = (noticing: Promise<never>): Promise<string> =>
  Promise.race([noticing.catch((error: Error) => error.message), delay(A_WHILE_MS, 'nothing')]);

it('tells of a worker that stops by itself', async () => {
  const states: State[] = ['RUNNING', 'RUNNING', 'DRAINING'];
  const worker = { getState: (): State => states.shift() ?? 'STOPPED' };
  const told = await outcome(brokenDown(worker, new AbortController().signal, EVERY_MS));
  expect(told).toContain('broke down');
  expect(states).toEqual([]);
});

it('says nothing of one that runs, nor of one that was asked to stop', async () => {
  const stop = new AbortController();
  let state: State = 'RUNNING';
  const noticing = brokenDown({ getState: () => state }, stop.signal, EVERY_MS);
  expect(await outcome(noticing)).toBe('nothing');
  stop.abort();
  state = 'DRAINING';
  expect(await outcome(noticing)).toBe('nothing');
});
