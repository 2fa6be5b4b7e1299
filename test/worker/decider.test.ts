/** The worker that decides is there or not, and whoever runs it hears which. */
import { expect, it } from 'vitest';
import { deciderOf } from '../../worker/decider.ts';

type Running = Awaited<Parameters<typeof deciderOf>[0]>;

/** Runs until it is asked to stop. */
function standIn(): Running {
  const ended = Promise.withResolvers<void>();
  let state: ReturnType<Running['getState']> = 'INITIALIZED';
  return {
    getState: () => state,
    run: async () => {
      state = 'RUNNING';
      await ended.promise;
      state = 'STOPPED';
    },
    shutdown: () => ended.resolve(),
  };
}

it('takes work from when it is run until the stop', async () => {
  const stop = new AbortController();
  const decider = deciderOf(Promise.resolve(standIn()));
  expect(await decider.created).toBe(true);
  expect(decider.decides()).toBe(false);
  const running = decider.run(stop.signal);
  await decider.created;
  expect(decider.decides()).toBe(true);
  stop.abort();
  await running;
  expect(decider.decides()).toBe(false);
});

it('ends at once when the stop came before it was there', async () => {
  const creating = Promise.withResolvers<Running>();
  const decider = deciderOf(creating.promise);
  const running = decider.run(AbortSignal.abort());
  creating.resolve(standIn());
  await running;
  expect(decider.decides()).toBe(false);
});

it('tells whoever runs it why it could not be created', async () => {
  const decider = deciderOf(Promise.reject(new Error('the bundle is broken')));
  expect(await decider.created).toBe(false);
  await expect(decider.run(new AbortController().signal)).rejects.toThrow('the bundle is broken');
  expect(decider.decides()).toBe(false);
});
