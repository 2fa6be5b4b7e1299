/** What one run plays, all of it drawn from a seed: accounts, and the steps of time, deeds and faults. */
import { createRandom } from '../../venue/feeds/random.ts';
import type { AccountPlan } from './desk.ts';
import { CALL_FAULTS, READING_FAULTS, type Fault } from './faults.ts';
import type { FlavourName } from './flavours.ts';

/** What somebody does: the market, a hand on the exchange, a wish, or whatever runs the workers. */
export const DEEDS = [
  'nothing',
  'open',
  'openParts',
  'openLimit',
  'drift',
  'jump',
  'toStop',
  'toTarget',
  'toEntry',
  'partialFill',
  'reduceByHand',
  'addByHand',
  'closeByHand',
  'openByHand',
  'flip',
  'liquidate',
  'deleverage',
  'funding',
  'cancelByHand',
  'vanish',
  'alterByHand',
  'foreignStop',
  'moveStop',
  'moveTarget',
  'dropTarget',
  'closePart',
  'closeTranche',
  'addTranche',
  'mergeTranches',
  'close',
  'read',
  'oldReading',
  'watcherLost',
  'silence',
  'lie',
  'outage',
  'carryOver',
] as const;
/** What no schedule draws, for what is played on purpose. */
type OnPurpose = 'closeAtLimit' | 'takeBack';

export type Deed = (typeof DEEDS)[number] | OnPurpose;

export type Step = {
  waitMs: number;
  deed: Deed;
  account: number;
  /** What a deed picks its object and size by. */
  pick: number;
  faults: Fault[];
  /** Of the watcher's next readings. */
  readingFaults: Fault[];
};

export type Schedule = {
  seed: number;
  accounts: AccountPlan[];
  /** What rests for a position is cancelled with it, as BingX does. */
  tidy: boolean;
  lagMs: number;
  steps: Step[];
};

const MAX_STEPS = 40;
const FLAVOUR_NAMES: readonly FlavourName[] = ['bingx', 'bybit', 'binance'];
const WAITS_MS = [0, 0, 40, 300, 300, 1_200, 1_200, 5_000, 12_000];
const LAGS_MS = [0, 1_000, 1_000, 2_500];
/** Of ten. */
const FAULTY = 5;
/** Rare ones come once in so many times that they are drawn. */
const RARE: Partial<Record<Deed, number>> = {
  closeByHand: 3,
  close: 3,
  liquidate: 4,
  flip: 3,
  watcherLost: 2,
  openByHand: 2,
  outage: 3,
};

export function scheduleOf(seed: number): Schedule {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const of = <T>(list: readonly T[]): T => {
    const chosen = list[below(list.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  };
  // The first draws of neighbouring seeds are alike.
  for (let skipped = 0; skipped < 5; skipped += 1) random.next();
  const faults = (kinds: readonly Fault[], most: number): Fault[] =>
    below(10) < FAULTY
      ? Array.from({ length: 1 + below(most) }, () => (below(2) === 0 ? 'none' : of(kinds)))
      : [];
  const accounts = Array.from({ length: 1 + below(3) }, (): AccountPlan => ({
    flavour: of(FLAVOUR_NAMES),
    hedge: below(2) === 0,
    batches: below(2) === 0,
    maxOpenPositions: 1 + below(4),
    merges: below(3) === 0,
    adoption: of(['ignore', 'watch', 'protect', 'protect', 'manage']),
  }));
  const deed = (): Deed => {
    const drawn = of(DEEDS);
    return below(RARE[drawn] ?? 1) === 0 ? drawn : 'nothing';
  };
  const step = (first?: Deed, account?: number): Step => ({
    waitMs: of(WAITS_MS),
    deed: first ?? deed(),
    account: account ?? below(accounts.length),
    pick: below(1_000),
    faults: faults([...CALL_FAULTS, ...READING_FAULTS], 3),
    readingFaults: faults(['lostBefore', ...READING_FAULTS], 2),
  });
  const openings = accounts.map((_, index) => step(of(['open', 'openParts', 'openLimit']), index));
  const rest = Array.from({ length: 5 + below(MAX_STEPS - 5) }, () => step());
  return { seed, accounts, tidy: below(2) === 0, lagMs: of(LAGS_MS), steps: [...openings, ...rest] };
}
