/** Random lives on the venue's own books. A failing seed is played again by `npm run sim -- --seed N`. */
import { describe, expect, it } from 'vitest';
import { play } from './run.ts';
import { scheduleOf } from './schedule.ts';

/** Counted, not timed: the same runs everywhere, in about a minute on two busy cores. */
const BATCHES = 10;
const RUNS = 40;

describe('any schedule of faults on several accounts', () => {
  it.each(Array.from({ length: BATCHES }, (_, index) => index * RUNS + 1))(
    'ends as the books of the venue say, from seed %i on',
    (from) => {
      const broken = Array.from({ length: RUNS }, (_, index) => play(scheduleOf(from + index))).flatMap(
        ({ schedule, broken: what }) => (what ? [`seed ${schedule.seed}: ${what.what}`] : []),
      );
      expect(broken).toEqual([]);
    },
    60_000,
  );
});
