/** Plays a feed on the books: every step with its feed position in one transaction. */
import type { Books } from '../book/books.ts';
import { settleDueFunding } from '../book/funding.ts';
import { movePrice } from '../book/match.ts';
import { marketOf } from '../book/margin.ts';
import type { FeedStatus } from '../control/types.ts';
import type { Feed } from './feed.ts';

/** Steps of one turn are one transaction; more than so many would keep clients waiting. */
const STEPS_PER_TURN = 50;
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
  // Feed time that has passed but is not played yet, and when it was last counted.
  let owedMs = 0;
  let countedAtMs = performance.now();

  function schedule(): void {
    clearTimeout(timer);
    if (state !== 'running') return;
    const waitMs = speed === 'max' ? 0 : (feed.delayMs() - owedMs) / speed;
    timer = setTimeout(turn, Math.max(SHORTEST_WAIT_MS, Math.min(LONGEST_DELAY_MS, waitMs)));
  }

  function turn(): void {
    countTime();
    books.transact(playDue);
    // What the machine cannot keep up with is dropped, not piled up.
    owedMs = Math.min(owedMs, feed.delayMs());
    schedule();
  }

  function countTime(): void {
    const nowMs = performance.now();
    if (speed !== 'max') owedMs += (nowMs - countedAtMs) * speed;
    countedAtMs = nowMs;
  }

  function playDue(): void {
    for (let played = 0; played < STEPS_PER_TURN && state === 'running'; played += 1) {
      const delayMs = feed.delayMs();
      if (speed !== 'max' && delayMs > owedMs) return;
      owedMs = Math.max(0, owedMs - delayMs);
      playOne();
    }
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
      if (state === 'paused') {
        state = 'running';
        owedMs = 0;
        countedAtMs = performance.now();
      }
      if (feed.begins()) playOne();
      schedule();
    },
    setSpeed(next) {
      countTime();
      speed = next;
      owedMs = 0;
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
