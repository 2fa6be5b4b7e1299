/** The price that new levels must fit. */
import { isCancellation } from '@temporalio/workflow';
import type { PositionState } from '../domain/position/position.ts';
import type { Outside } from './proxies.ts';

/** A level on the wrong side of it would act at once; without it, the exchange has the last word. */
export async function latestPrice(
  { account, symbol }: PositionState,
  { questions }: Outside,
): Promise<string | undefined> {
  try {
    const summary = 'read the price that the new levels must fit';
    return (await questions.readPrice.executeWithOptions({ summary }, [{ account, symbol }])).price;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
