/** Questions that somebody waits for the answer of: what becomes of them when the exchange gives none. */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { REFUSED } from '../contract/failures.ts';
import { refusal } from '../contract/refusal.ts';

/**
 * @param otherwise what was not done, where the exchange gives no answer
 * @throws ApplicationFailure a refusal: the activity's own, or that the exchange could not be asked
 */
export async function questioned<T>(ask: () => Promise<T>, otherwise = 'nothing was opened'): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    if (cause instanceof ApplicationFailure && cause.type === REFUSED) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal({
      code: 'exchange_unreachable',
      text: `${otherwise}: the exchange could not be asked (${why})`,
    });
  }
}
