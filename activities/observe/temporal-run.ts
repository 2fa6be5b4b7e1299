/** The running activity, from Temporal's own context. */
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { ActivityRun } from './deps.ts';

/** Of an attempt before this one; one of an older version says less. */
const lastHeartbeat = z.object({ pricesSeenAtMs: z.number() });

export function temporalRun(): ActivityRun {
  const context = Context.current();
  const last = lastHeartbeat.safeParse(context.info.heartbeatDetails);
  return {
    heartbeat: (details) => context.heartbeat(details),
    cancelled: context.cancellationSignal,
    ...(last.success && { pricesSeenAtMs: last.data.pricesSeenAtMs }),
  };
}
