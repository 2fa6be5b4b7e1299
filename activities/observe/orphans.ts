/**
 * Rows of positions that no workflow keeps any more (Temporal's data was lost, or somebody terminated
 * it) and that the exchange no longer holds: they are taken off what is open, so that nobody is shown a
 * position that is gone, and get their journal row. Its figures are asked for later, as of any trade that
 * lacks them. What the exchange still holds is taken up anew instead; see `workflows/adoptions.ts`.
 */
import { rowWithoutWorkflow } from '../../domain/audit/lost-workflow.ts';
import { forgotten } from '../../domain/publication.ts';
import type { ObserveDeps } from './deps.ts';
import type { ProjectedLeg } from './projected-leg.ts';
import type { Tally } from './tally.ts';

type Wiring = Pick<ObserveDeps, 'exchange' | 'journal' | 'clock' | 'log'> & { tally: Tally };

/** Never throws; what could not be written is told of again by the next reading. */
export function createOrphans({ exchange, journal, clock, log, tally }: Wiring) {
  const underWay = new Set<string>();
  const bury = async ({ symbol, leg, epoch }: ProjectedLeg): Promise<void> => {
    const key = { account: exchange.account, symbol, leg, epoch };
    const row = rowWithoutWorkflow(await journal.events(key), clock.now());
    // The row first: whatever breaks in between, the position is still shown and comes round again.
    if (row) await journal.writeTrade(row);
    await journal.publish(forgotten(key));
    log.warn(key, 'a position that is gone had lost its workflow: it is no longer shown as open');
  };
  return (orphans: readonly ProjectedLeg[]): void => {
    for (const orphan of orphans) {
      if (underWay.has(orphan.epoch)) continue;
      underWay.add(orphan.epoch);
      bury(orphan)
        .catch((error: unknown) => tally.failure('a position without a workflow could not be settled', error))
        .finally(() => underWay.delete(orphan.epoch));
    }
  };
}
