/** How one call of a position, or one reading of its account's watcher, goes wrong. */
import type { Distortion } from '../../venue/wire.ts';

export const CALL_FAULTS = [
  'slow', // arrives late, is answered late
  'lostBefore', // never arrives; no answer
  'lostAfter', // is carried out; no answer
  'lostLate', // arrives when nobody waits for its answer any more
  'workerLost', // is carried out; the worker dies before it can say so
  'workerLostBefore', // the worker dies before it sends anything
  'rateLimited',
  'fails', // an answer that no repeat cures
  'noLook', // accepted, without the look at the order that goes with it
] as const;

export const READING_FAULTS = [
  'lagging', // positions as of five seconds ago
  'empty', // no positions
  'partial', // one position is missing
  'staleOrders', // open orders as of five seconds ago
  'noOrders', // no open orders
  'incomplete', // a part could not be read
] as const;

type CallFault = (typeof CALL_FAULTS)[number];
export type ReadingFault = (typeof READING_FAULTS)[number];
export type Fault = 'none' | CallFault | ReadingFault;

/** Readings in a row that may lie: a longer lie would be believed, by design. */
const MAX_LIES = 2;

export const DISTORTIONS: Record<Exclude<ReadingFault, 'incomplete'>, Distortion> = {
  lagging: { kind: 'lag-positions', params: { ms: 5_000 } },
  empty: { kind: 'empty-positions', params: {} },
  partial: { kind: 'partial-positions', params: {} },
  staleOrders: { kind: 'stale-orders', params: { ms: 5_000 } },
  noOrders: { kind: 'empty-orders', params: {} },
};

const isReadingFault = (fault: Fault): fault is ReadingFault =>
  (READING_FAULTS as readonly Fault[]).includes(fault); // widened for `includes`

/**
 * What falsifies the lists of a reading, never too often in a row.
 * @param lasting what falsifies every reading for a while, where something does
 */
export function createLies(lasting: () => Distortion | undefined): (fault: Fault) => Distortion | undefined {
  let inARow = 0;
  return (fault) => {
    const always = lasting();
    if (always) {
      inARow = MAX_LIES;
      return always;
    }
    const distortion = isReadingFault(fault) && fault !== 'incomplete' ? DISTORTIONS[fault] : undefined;
    const lies = distortion !== undefined && inARow < MAX_LIES;
    inARow = lies ? inARow + 1 : 0;
    return lies ? distortion : undefined;
  };
}
