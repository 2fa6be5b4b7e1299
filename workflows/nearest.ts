/**
 * Calls of an account's outside, made where its positions are decided if that process serves the account: the
 * server hands such a call out with the answer to the decision, which saves a way to the queue and a
 * transaction on disk. Where that process does not serve it, the account's own queue knows who does.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  type ActivityInterfaceFor,
  type ActivityOptions,
} from '@temporalio/workflow';
import { NOT_SERVED_HERE } from '../contract/failures.ts';

type Call<A extends unknown[], R> = {
  /** As the SDK's own: `options` go over those of the group. */
  executeWithOptions(options: ActivityOptions, args: A): Promise<R>;
};

export type Calls<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? Call<A, R> : never;
};

/** @param taskQueue polled by whoever serves the account */
export function nearest<T>(taskQueue: string, options: ActivityOptions): Calls<T> {
  const here = callsOf(proxyActivities<ActivityInterfaceFor<T>>(options));
  const there = callsOf(proxyActivities<ActivityInterfaceFor<T>>({ ...options, taskQueue }));
  const call = (name: string): Call<unknown[], unknown> => ({
    executeWithOptions: async (more, args) => {
      try {
        return await here(name).executeWithOptions(more, args);
      } catch (error) {
        if (!isNotServedHere(error)) throw error;
        return there(name).executeWithOptions(more, args);
      }
    },
  });
  // Whatever is asked of it by name is one of the activities of `T`, which exists in types only.
  return new Proxy({}, { get: (_, name) => call(String(name)) }) as Calls<T>;
}

/** The SDK's proxies make a call of whatever name they are asked for. */
const callsOf =
  (proxy: object) =>
  (name: string): Call<unknown[], unknown> =>
    (proxy as Record<string, Call<unknown[], unknown>>)[name] as Call<unknown[], unknown>;

const isNotServedHere = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === NOT_SERVED_HERE;
