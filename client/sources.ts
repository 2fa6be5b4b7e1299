/** Where the facade reads the two sides of an account from. */
import type { ClosedPosition } from '../domain/exchange-truth.ts';
import type { Symbol } from '../domain/terms.ts';
import type { PositionView } from '../domain/view.ts';
import type { Sources } from './diagnose.ts';
import { HoldfastError } from './errors.ts';
import type { FacadeParts } from './holdfast.ts';
import { MAX_LISTED, runningPositions } from './running-positions.ts';

/** The exchange's history of one account. */
export type ReadClosed = (
  account: string,
  query: { symbol: Symbol; sinceMs: number },
) => Promise<ClosedPosition[]>;

/** Throws `exchange_unreachable` where no exchange is connected. */
export function sourcesOf(
  { wire, journal, snapshot, closedPositions }: FacadeParts,
  account: string,
  readViews: () => Promise<PositionView[]>,
): Sources {
  if (!snapshot) throw new HoldfastError('exchange_unreachable', 'No exchange is connected to compare with.');
  return {
    snapshot: () => snapshot(account),
    views: readViews,
    ...(closedPositions && { closedPositions: (query) => closedPositions(account, query) }),
    // Without a journal the positions come from the workflows themselves: there is nothing to hold against them.
    ...(journal && {
      trades: (query) => journal.trades({ account, ...query }),
      running: async () =>
        (await runningPositions(wire, account, MAX_LISTED)).map(({ workflowId }) => workflowId),
    }),
  };
}
