/**
 * What may happen to one position at about the same moment, in every order and at several distances in
 * time, on the venue's own books: the price at the target, the price at the stop, a stop that is moved, a
 * close by hand, at a limit too. Whichever wins, nothing turns around, no order is left, and there is one row.
 */
import { describe, expect, it } from 'vitest';
import type { FlavourName } from './flavours.ts';
import type { Fault } from './faults.ts';
import { play } from './run.ts';
import type { Deed, Schedule, Step } from './schedule.ts';

const RACERS: readonly Deed[] = ['toTarget', 'toStop', 'moveStop', 'close'];
const PART_RACERS: readonly Deed[] = ['toTarget', 'closePart', 'jump', 'toStop'];
const LIMIT_RACERS: readonly Deed[][] = [
  ['closeAtLimit', 'toTarget', 'close'],
  ['closeAtLimit', 'toStop', 'takeBack'],
];
/** At once, while answers are on their way, and after the grace of a crossed level. */
const APART_MS = [0, 45, 1_700];
const FLAVOURS: readonly FlavourName[] = ['bingx', 'bybit', 'binance'];
/** Entries by number: long and short, with several targets, a trailing stop, both, one target. */
const ENTRIES = [1, 7, 31, 66, 103, 4];
const FAULTS: readonly Fault[] = ['none', 'lostAfter', 'slow', 'workerLost'];

function orders<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((first) => orders(all.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

const step = (deed: Deed, waitMs: number, pick: number, fault: Fault = 'none'): Step => ({
  waitMs,
  deed,
  account: 0,
  pick,
  faults: fault === 'none' ? [] : [fault],
  readingFaults: [],
});

const race = (flavour: FlavourName, deeds: readonly Deed[], apartMs: number, index: number): Schedule => {
  const entry = ENTRIES[index % ENTRIES.length] ?? 1;
  const fault = FAULTS[index % FAULTS.length] ?? 'none';
  return {
    seed: index,
    accounts: [
      { flavour, hedge: index % 2 === 0, batches: index % 3 === 0, maxOpenPositions: 3, adoption: 'protect' },
    ],
    tidy: index % 2 === 1,
    lagMs: 1_000,
    steps: [
      step('open', 0, entry),
      // Protected by then, and seen so.
      step('nothing', 8_000, 0),
      ...deeds.map((deed, at) => step(deed, at === 0 ? 0 : apartMs, index + at, at === 1 ? fault : 'none')),
    ],
  };
};

describe.each(FLAVOURS)('on the books of %s', (flavour) => {
  describe.each(APART_MS)('%d ms apart', (apartMs) => {
    it.each(
      [...orders(RACERS), ...orders(PART_RACERS), ...LIMIT_RACERS.flatMap(orders)].map((deeds, index) => [
        deeds.join(', '),
        deeds,
        index,
      ]),
    )('%s', (_, deeds, index) => {
      const { broken, lives } = play(race(flavour, deeds as Deed[], apartMs, index as number));
      expect(broken).toBeNull();
      expect(lives).toBeGreaterThan(0);
    });
  });
});
