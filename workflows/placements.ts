/**
 * Placements as activities: one order, or several that leave at the same moment. Whatever becomes of the
 * call, every order has an outcome of its own, and one that nobody answered for is unknown.
 */
import { ActivityFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { placed, placementLost } from '../domain/position/outcomes.ts';
import type { Intent, PositionState } from '../domain/position/position.ts';
import type { Answer } from './perform.ts';
import type { Outside } from './proxies.ts';

export async function place(intent: Intent, state: PositionState, { orders }: Outside): Promise<Answer[]> {
  const { number, role, request } = intent;
  const options = {
    summary: `place ${role}: ${inWords(intent)}`,
    // An entry that waited too long for a worker is stale; a stop or a close never is.
    ...(role === 'entry' && { scheduleToStartTimeout: state.settings.entryValidMs }),
  };
  try {
    const report = await orders.placeOrder.executeWithOptions(options, [{ account: state.account, request }]);
    return [(now, nowMs) => placed(now, number, report, nowMs)];
  } catch (error) {
    return [placementFailed(number, error)];
  }
}

/** Answers in the order of the orders: all in one call, so a killed worker leaves all of them unknown. */
export async function placeTogether(
  intents: Intent[],
  { account }: PositionState,
  { orders }: Outside,
): Promise<Answer[]> {
  const summary = `place ${intents.map((intent) => `${intent.role}: ${inWords(intent)}`).join('; ')}`;
  const requests = intents.map(({ request }) => request);
  try {
    const reports = await orders.placeOrders.executeWithOptions({ summary }, [{ account, requests }]);
    return intents.map(({ number }, index): Answer => {
      const report = reports[index];
      if (report === undefined) throw new Error('fewer placements were answered than made');
      return (now, nowMs) => placed(now, number, report, nowMs);
    });
  } catch (error) {
    return intents.map(({ number }) => placementFailed(number, error));
  }
}

/** What a lost call means for one of its orders. Throws what is no loss. */
function placementFailed(number: number, error: unknown): Answer {
  if (isCancellation(error)) throw error;
  const neverStarted = neverStartedBy(error);
  const reason = neverStarted ? 'no worker took it' : 'the worker was lost while sending it';
  return (now, nowMs) => placementLost(now, number, { neverStarted, reason }, nowMs);
}

const inWords = ({ request }: Intent): string => {
  const terms = request.triggerPrice ?? request.price;
  return `${request.side} ${request.quantity}${terms === undefined ? ' at market' : ` at ${terms}`}`;
};

/** Temporal guarantees that an activity which timed out on its way to a worker never ran. */
const neverStartedBy = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
