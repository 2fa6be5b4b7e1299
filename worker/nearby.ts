/**
 * The accounts' calls, made by the worker that decides (`workflows/nearest.ts`): by the gateway of the account
 * that the input names, if this process serves it. Invariants:
 * - What is refused here has had no effect.
 * - An exchange that hangs holds up its own account's calls, never the places that others need.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ExchangeActivities } from '../activities/api.ts';
import { NOT_SERVED_HERE } from '../contract/failures.ts';

/** Of one account; what is more goes to its own queue, and waits there. */
const MOST_UNDER_WAY = 50;

export type Nearby = {
  activities: ExchangeActivities;
  /** Takes calls for the account until `over`; resolves when none is under way any more. */
  serve(account: string, calls: ExchangeActivities, over: AbortSignal): Promise<void>;
};

type Served = { calls: ExchangeActivities; underWay: Set<Promise<unknown>> };

export function createNearby(): Nearby {
  const served = new Map<string, Served>();

  const through = <I extends { account: string }, R>(
    pick: (calls: ExchangeActivities) => (input: I) => Promise<R>,
  ) => {
    return async (input: I): Promise<R> => {
      const account = served.get(input.account);
      if (!account || account.underWay.size >= MOST_UNDER_WAY)
        throw ApplicationFailure.nonRetryable(
          `${input.account} is to be asked by its own queue`,
          NOT_SERVED_HERE,
        );
      const call = pick(account.calls)(input).finally(() => account.underWay.delete(call));
      account.underWay.add(call);
      return call;
    };
  };

  return {
    activities: {
      placeOrder: through(({ placeOrder }) => placeOrder),
      placeOrders: through(({ placeOrders }) => placeOrders),
      cancelOrder: through(({ cancelOrder }) => cancelOrder),
      findOrder: through(({ findOrder }) => findOrder),
      readLeg: through(({ readLeg }) => readLeg),
      readEvidence: through(({ readEvidence }) => readEvidence),
      readFigures: through(({ readFigures }) => readFigures),
      readPrice: through(({ readPrice }) => readPrice),
      readVolatility: through(({ readVolatility }) => readVolatility),
      readEntryFacts: through(({ readEntryFacts }) => readEntryFacts),
      readAdoptionFacts: through(({ readAdoptionFacts }) => readAdoptionFacts),
    },
    serve: async (account, calls, over) => {
      const mine: Served = { calls, underWay: new Set() };
      const ended = Promise.withResolvers<void>();
      const end = (): void => {
        if (served.get(account) === mine) served.delete(account);
        ended.resolve();
      };
      served.set(account, mine);
      over.addEventListener('abort', end, { once: true });
      if (over.aborted) end();
      await ended.promise;
      await Promise.allSettled(mine.underWay);
    },
  };
}
