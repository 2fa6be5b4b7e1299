/** The running activity, from Temporal's own context. */
import { Context } from '@temporalio/activity';
import type { ActivityRun } from './deps.ts';

export function temporalRun(): ActivityRun {
  const context = Context.current();
  return { heartbeat: (details) => context.heartbeat(details), cancelled: context.cancellationSignal };
}
