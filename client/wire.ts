/** The few things that the facade asks of Temporal, each with a deadline and errors in our own terms. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { askedTooEarly, isUnimplemented, unreachable, translate, noWorker } from './translate.ts';
import { isPolled } from './pollers.ts';
import { WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import type { HoldfastError } from './errors.ts';

/** A message by its name, as `contract/messages.ts` defines them. */
type Named = { name: string };

export type RunningWorkflow = { workflowId: string; runId: string; startedAt: string };

export type Wire = {
  /** Sends an update and waits for its answer. */
  update<Answer>(workflowId: string, update: Named, args: unknown[]): Promise<Answer>;
  query<Answer>(workflowId: string, query: Named): Promise<Answer>;
  /** Starts a workflow that ends by itself, and waits for its result. */
  run<Result>(type: string, workflowId: string, args: unknown[], timeoutMs: number): Promise<Result>;
  /** Workflows that visibility finds, newest first, `limit` at most. */
  find(query: string, limit: number): Promise<RunningWorkflow[]>;
};

/** Long enough for a worker that just restarted to take up its workflows again. */
const UPDATE_TIMEOUT_MS = 15_000;
const QUERY_TIMEOUT_MS = 3_000;
const READ_TIMEOUT_MS = 5_000;
const MAX_EARLY = 3;
const EARLY_RETRY_MS = 200;

export type WireTimeouts = { updateMs?: number; queryMs?: number };

export function createWire(
  client: Client,
  { updateMs = UPDATE_TIMEOUT_MS, queryMs = QUERY_TIMEOUT_MS }: WireTimeouts = {},
): Wire {
  /** A silence has two causes that people act on differently: nobody there, or somebody slow. */
  const call = async <T>(subject: string, timeoutMs: number, request: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + timeoutMs, request);
    } catch (error) {
      const translated = translate(error, subject);
      if (translated.code === 'server_unreachable') throw unreachable(addressOf(client), error);
      throw translated.code === 'no_answer' ? await explainSilence(client, translated) : translated;
    }
  };
  return {
    update: (workflowId, update, args) =>
      call(workflowId, updateMs, () =>
        client.workflow.getHandle(workflowId).executeUpdate(update.name, {
          args: args as [unknown, ...unknown[]], // executeUpdate's overloads want to know if it is empty
        }),
      ),
    query: (workflowId, query) =>
      call(workflowId, queryMs, () =>
        untilTimely(() => client.workflow.getHandle(workflowId).query(query.name)),
      ),
    run: (type, workflowId, args, timeoutMs) =>
      call(workflowId, timeoutMs, () =>
        client.workflow.execute(type, { workflowId, args, taskQueue: WORKFLOW_TASK_QUEUE }),
      ),
    find: (query, limit) => call('the list of workflows', READ_TIMEOUT_MS, () => take(client, query, limit)),
  };
}

/** A worker that has just started may be handed a query before the workflow's own task; that task is next. */
async function untilTimely<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!askedTooEarly(error) || attempt >= MAX_EARLY) throw error;
      await delay(EARLY_RETRY_MS);
    }
  }
}

async function take(client: Client, query: string, limit: number): Promise<RunningWorkflow[]> {
  const found: RunningWorkflow[] = [];
  for await (const { workflowId, runId, startTime } of client.workflow.list({
    query,
    pageSize: Math.min(limit, 1_000),
  })) {
    found.push({ workflowId, runId, startedAt: startTime.toISOString() });
    if (found.length >= limit) break;
  }
  return found;
}

async function explainSilence(client: Client, silence: HoldfastError): Promise<HoldfastError> {
  try {
    const polled = await client.withDeadline(Date.now() + READ_TIMEOUT_MS, () =>
      isPolled(client, WORKFLOW_TASK_QUEUE),
    );
    return polled ? silence : noWorker(silence);
  } catch (error) {
    return isUnimplemented(error) ? silence : unreachable(addressOf(client), error);
  }
}

/** For error texts. A client made by others may hold a connection that does not tell its address. */
function addressOf({ connection }: Client): string {
  if (!('options' in connection)) return 'its address';
  const { options } = connection;
  return typeof options === 'object' && options !== null && 'address' in options
    ? String(options.address)
    : 'its address';
}
