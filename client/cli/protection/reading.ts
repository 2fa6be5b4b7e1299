/**
 * A whole reading of an account, straight from its exchange. What looks uncovered is read once more: a
 * positions list lags behind the stop that just closed a position, and an entry's own stop may be on its way.
 */
import type { AccountSnapshot } from '../../../domain/exchange-truth.ts';
import { legProtections, type LegProtection } from '../../../domain/audit/leg-protection.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { HoldfastError } from '../../errors.ts';

export type Reading = { legs: LegProtection[]; snapshot: AccountSnapshot };

/** Waits, or not, where a test has no time. */
export type Pause = (ms: number) => Promise<unknown>;

/** Between two readings of what looks uncovered. */
const RECHECK_MS = 2_000;
/** After a reading that was not whole. */
const AGAIN_MS = 500;
const MAX_READS = 3;

/** Throws `HoldfastError` `exchange_unreachable` where no whole reading could be had. */
export async function readProtection(
  exchange: Pick<Exchange, 'snapshot' | 'account'>,
  pause: Pause,
): Promise<Reading> {
  const first = await readWhole(exchange, pause);
  if (first.legs.every(isCovered)) return first;
  await pause(RECHECK_MS);
  return readWhole(exchange, pause);
}

export const isCovered = ({ cover }: LegProtection): boolean => cover === 'covered';

async function readWhole(exchange: Pick<Exchange, 'snapshot' | 'account'>, pause: Pause): Promise<Reading> {
  let why = '';
  for (let read = 1; read <= MAX_READS; read += 1) {
    try {
      const snapshot = await exchange.snapshot();
      if (snapshot.complete) return { snapshot, legs: legProtections(snapshot) };
      why = snapshot.problems.join('; ') || 'a part was missing';
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (read < MAX_READS) await pause(AGAIN_MS);
  }
  throw new HoldfastError(
    'exchange_unreachable',
    `The exchange of account ${exchange.account} did not answer in full (${why}), so nothing can be said. Try again.`,
  );
}
