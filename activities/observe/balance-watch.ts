/**
 * Keeps what the account is worth: read after something changed, written when it differs from what was
 * written last. Nobody waits for it.
 *
 * - One reading for a burst of changes, never two under way, and a named distance between them: it is
 *   the least urgent of all reads.
 * - A reading or writing that failed is tried again, ever more rarely, until one went well.
 * - A quiet account is asked once after a start, and then no more.
 */
import { eq } from '../../domain/decimal.ts';
import type { Balance } from '../../domain/exchange-truth.ts';
import type { BalanceRecord } from '../../journal/journal.ts';
import type { ObserveDeps } from './deps.ts';
import { backoffMs, createPause } from './pause.ts';
import type { Tally } from './tally.ts';

/** From a change to its reading: an exchange's books take about a second to have it, and changes come in bursts. */
const DEBOUNCE_MS = 1_500;
/** Between the beginnings of two readings. */
const MIN_BETWEEN_MS = 5_000;
/** Nothing is wanted: woken by the next change. */
const IDLE_MS = 3_600_000;

export type BalanceWatch = {
  /** Something happened that may have changed it. */
  stir(why: 'change' | 'hint'): void;
  /** Runs until the run is over; never throws. */
  keep(): Promise<void>;
  /** What was written last, as far as this run knows. */
  last(): BalanceRecord | undefined;
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'journal' | 'clock'> & { tally: Tally; over: AbortSignal };
type Wanted = { why: BalanceRecord['why']; sinceMs: number };

export function createBalanceWatch({ exchange, journal, clock, tally, over }: Wiring): BalanceWatch {
  const { account } = exchange;
  const pause = createPause(over);
  let wanted: Wanted | undefined = { why: 'start', sinceMs: clock.now() };
  let startedMs = -Infinity;
  let last: BalanceRecord | undefined;

  const write = async (balance: Balance, why: Wanted['why']): Promise<'changed' | 'same'> => {
    // Another worker may have written meanwhile, or an earlier run of this one.
    const [newest] = await journal.balances({ account, asset: balance.asset, limit: 1 });
    last = newest;
    if (newest && eq(newest.equity, balance.equity) && eq(newest.available, balance.available)) return 'same';
    const record = { account, ...balance, why };
    await journal.appendBalance(record);
    last = record;
    return 'changed';
  };
  const read = async (why: Wanted['why']): Promise<boolean> => {
    startedMs = clock.now();
    try {
      tally.balance(await write(await exchange.balance(), why), clock.now() - startedMs);
      return true;
    } catch (error) {
      tally.balance('failed', clock.now() - startedMs);
      tally.failure('the balance could not be kept', error);
      return false;
    }
  };
  const dueMs = (failures: number): number =>
    wanted === undefined
      ? Infinity
      : Math.max(
          wanted.sinceMs + (wanted.why === 'start' ? 0 : DEBOUNCE_MS),
          startedMs + (failures === 0 ? MIN_BETWEEN_MS : backoffMs(MIN_BETWEEN_MS, failures)),
        );
  return {
    stir: (why) => {
      // The first of a burst counts: a stream of them must not put the reading off for ever.
      wanted ??= { why, sinceMs: clock.now() };
      pause.wake();
    },
    keep: async () => {
      for (let failures = 0; !over.aborted;) {
        const waitMs = dueMs(failures) - clock.now();
        if (waitMs > 0 || wanted === undefined) {
          await pause.wait(Math.min(waitMs, IDLE_MS));
          continue;
        }
        const { why } = wanted;
        wanted = undefined;
        const done = await read(why);
        failures = done ? 0 : failures + 1;
        if (!done) wanted ??= { why, sinceMs: clock.now() };
      }
    },
    last: () => last,
  };
}
