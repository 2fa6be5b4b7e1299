/** Plays a feed on the books: every step with its feed position in one transaction. */
import type { Books } from '../book/books.ts';
import { settleDueFunding } from '../book/funding.ts';
import { movePrice } from '../book/match.ts';
import { marketOf } from '../book/margin.ts';
import type { FeedStatus } from '../control/types.ts';
import type { Feed } from './feed.ts';

/** At full speed so many steps are played before clients get a turn. */
const STEPS_PER_TURN = 20;
/** Shorter waits are played together. */
const SHORTEST_WAIT_MS = 10;
/** Node takes longer delays for zero. */
const LONGEST_DELAY_MS = 2_147_000_000;

export type FeedRunner = {
  readonly status: () => FeedStatus;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly setSpeed: (speed: number | 'max') => void;
  /** Plays so many steps now, paused or not. */
  readonly stepNow: (steps: number) => void;
  readonly stop: () => void;
};

export function createFeedRunner(books: Books, feed: Feed, startSpeed: number | 'max'): FeedRunner {
  let speed = startSpeed;
  let state: FeedStatus['state'] = 'paused';
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    clearTimeout(timer);
    if (state !== 'running') return;
    timer = setTimeout(
      turn,
      speed === 'max' ? 0 : Math.max(SHORTEST_WAIT_MS, Math.min(LONGEST_DELAY_MS, feed.delayMs() / speed)),
    );
  }

  function turn(): void {
    const steps = speed === 'max' ? STEPS_PER_TURN : dueSteps();
    for (let step = 0; step < steps && state === 'running'; step += 1) playOne();
    schedule();
  }

  /** How many steps fit into the wait that has just passed. */
  function dueSteps(): number {
    const waitMs = speed === 'max' ? 0 : feed.delayMs() / speed;
    return Math.max(1, Math.min(STEPS_PER_TURN, Math.floor(SHORTEST_WAIT_MS / Math.max(waitMs, 0.5))));
  }

  function playOne(): void {
    if (!playStep(books, feed)) state = 'finished';
  }

  return {
    status: () => ({
      kind: feed.kind,
      state,
      speed,
      position: feed.position(),
      ...(feed.length !== undefined && { length: feed.length }),
      marketTimeMs: feed.marketTimeMs() ?? books.now(),
    }),
    pause() {
      if (state === 'running') state = 'paused';
      schedule();
    },
    resume() {
      if (state === 'paused') state = 'running';
      if (feed.begins()) playOne();
      schedule();
    },
    setSpeed(next) {
      speed = next;
      schedule();
    },
    stepNow(steps) {
      for (let step = 0; step < steps && state !== 'finished'; step += 1) playOne();
    },
    stop() {
      state = 'paused';
      clearTimeout(timer);
    },
  };
}

/** `false` at the end of the feed. */
function playStep(books: Books, feed: Feed): boolean {
  return books.transact(() => {
    const moves = feed.step();
    if (!moves) return false;
    for (const move of moves) {
      if (move.traded !== undefined)
        books.put.market({ ...marketOf(books, move.symbol), lastQuantity: move.traded });
      movePrice(books, move);
    }
    settleDueFunding(books, feed.marketTimeMs() ?? books.now());
    // A feed that stands still writes nothing.
    if (moves.length > 0) books.put.meta({ feed: feed.state() });
    return true;
  });
}
