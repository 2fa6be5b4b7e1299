import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { beating } from '../../activities/heartbeats.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a read that takes long heartbeats until it ends, and not after', async () => {
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => {
    beats += 1;
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = beating(() => promise);
  const reading = environment.run(slow, {});
  await vi.advanceTimersByTimeAsync(4_500);
  expect(beats).toBe(4);
  resolve('read');
  expect(await reading).toBe('read');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(beats).toBe(4);
});

it('a read that fails fails as it did, and stops its heartbeats', async () => {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const failing = beating(() => Promise.reject(new Error('the exchange is away')));
  await expect(environment.run(failing, {})).rejects.toThrow('the exchange is away');
  expect(vi.getTimerCount()).toBe(0);
});
