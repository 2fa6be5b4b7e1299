/** Random lives on the venue's own books. A failing seed is played again by `npm run sim -- --seed N`. */
import { describe, expect, it } from 'vitest';
import { play } from './run.ts';
import { scheduleOf } from './schedule.ts';

/** Counted, not timed: the same runs everywhere. One takes about a tenth of a second. */
const BATCHES = 14;
const RUNS = 60;

describe('any schedule of faults on several accounts', () => {
  it.each(Array.from({ length: BATCHES }, (_, index) => index * RUNS + 1))(
    'ends as the books of the venue say, from seed %i on',
    (from) => {
      const outcomes = Array.from({ length: RUNS }, (_, index) => play(scheduleOf(from + index)));
      const broken = outcomes.flatMap((outcome) =>
        outcome.broken === null
          ? []
          : [`npm run sim -- --seed ${outcome.schedule.seed}: ${outcome.broken.what}`],
      );
      expect(broken).toEqual([]);
    },
  );
});
