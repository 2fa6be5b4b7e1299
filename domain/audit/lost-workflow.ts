/** What the journal's events tell of a position whose workflow is gone, once the exchange holds it no more. */
import { add } from '../decimal.ts';
import { evolve } from '../position/evolve.ts';
import { exitReasonOf } from '../position/attribution.ts';
import { positionOf } from './late-figures.ts';
import { closedQuantity, everOpened, openQuantity } from '../position/quantities.ts';
import type { Story } from './story.ts';
import { tradeRow, type TradeRow } from '../position/trade.ts';

/** Its row as far as it is known; undefined where the events are not whole. */
export function rowWithoutWorkflow(story: Story, nowMs: number): TradeRow | undefined {
  const position = positionOf(story);
  if (!position) return undefined;
  const opened = everOpened(position);
  const reason = opened ? exitReasonOf(position) : 'NEVER_OPENED';
  const ended = evolve(position, { type: 'WentFlat', reason, nowMs });
  // All that was open is closed; when, and at what price, the exchange will say.
  const quantity = add(closedQuantity(position), openQuantity(position));
  return { ...tradeRow(ended), quantity };
}
