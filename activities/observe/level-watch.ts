/** Keeps the index of price levels as the journal has it: looked at every second, and at once when told. */
import type { PriceTriggers } from '../../exchanges/price-triggers.ts';
import { armAsWritten } from './absence.ts';
import type { ObserveDeps } from './deps.ts';
import { backoffMs, createPause } from './pause.ts';
import type { Tally } from './tally.ts';

const POLL_MS = 1_000;
/** After a load, so many times as long as it took: with a thousand positions opening, loading would be all it does. */
const REST_TIMES = 9;

type Wiring = Pick<ObserveDeps, 'journal' | 'levelChanges' | 'clock'> & {
  account: string;
  triggers: PriceTriggers;
  tally: Tally;
  over: AbortSignal;
  onLoaded: () => void;
};

/** Runs until the run is over; never throws. */
export async function keepLevels({
  journal,
  levelChanges,
  clock,
  account,
  triggers,
  tally,
  over,
  onLoaded,
}: Wiring): Promise<void> {
  const pause = createPause(over);
  const rest = createPause(over);
  let announced = false;
  const unlisten = levelChanges.listen(account, () => {
    announced = true;
    pause.wake();
  });
  let loaded: number | undefined;
  for (let failures = 0; !over.aborted;) {
    announced = false;
    try {
      // The version first: a change in between is then loaded twice, never missed.
      const version = await journal.levelsVersion(account);
      if (version !== loaded) {
        const startedMs = clock.now();
        const levels = await journal.levels(account);
        if (loaded === undefined)
          armAsWritten(triggers, levels, await journal.positions(account), clock.now());
        else triggers.load(levels, clock.now());
        loaded = version;
        onLoaded();
        const tookMs = clock.now() - startedMs;
        if (tookMs > 0) await rest.wait(Math.min(POLL_MS, REST_TIMES * tookMs));
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      tally.failure('the price levels could not be read', error);
    }
    if (failures > 0) await pause.wait(backoffMs(POLL_MS, failures));
    else if (!announced) await pause.wait(POLL_MS);
  }
  unlisten();
}
