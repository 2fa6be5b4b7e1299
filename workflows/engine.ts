/**
 * Runs what a position's state wants: every effect whose key is not under way, and the publication of
 * what has changed. Answers come back as events. It decides nothing.
 */
import { ActivityFailure } from '@temporalio/workflow';
import { effects, type Effect } from '../domain/position/effects.ts';
import { effectFailed } from '../domain/position/readings.ts';
import type { Book } from './book.ts';
import { perform } from './perform.ts';
import type { Outside } from './proxies.ts';
import type { Publisher } from './publish.ts';

export type Engine = {
  /** Starts everything that is wanted now and not under way. Throws on a defect of an earlier start. */
  start(nowMs: number): void;
  /** Nothing is under way. */
  idle(): boolean;
  /** Grows whenever something under way has ended. */
  finished(): number;
};

export function createEngine(book: Book, calls: Outside, publisher: Publisher): Engine {
  const underWay = new Set<string>();
  let finished = 0;
  let defect: string | undefined;

  async function run(effect: Effect): Promise<void> {
    try {
      const answer = await perform(effect, book.state(), calls);
      // Free before the answer is applied: what follows from it may want the same key.
      underWay.delete(effect.key);
      book.apply(answer(book.state(), Date.now()), Date.now());
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // A failure that no retry cures: shown, and asked again later, for as long as it takes.
      book.apply(
        effectFailed(book.state(), effect, error.cause?.message ?? error.message, Date.now()),
        Date.now(),
      );
    }
  }

  async function publish(): Promise<void> {
    const events = book.takeEvents();
    const summary = `write ${events.length} ${events.length === 1 ? 'event' : 'events'} to the journal`;
    await calls.journal.publish.executeWithOptions({ summary }, [
      publisher.publication(book.state(), events, Date.now()),
    ]);
  }

  const launch = (key: string, work: () => Promise<void>): void => {
    underWay.add(key);
    work()
      .catch((error: unknown) => {
        defect ??= `${key}: ${error instanceof Error ? error.message : String(error)}`;
      })
      .finally(() => {
        underWay.delete(key);
        finished += 1;
      });
  };

  return {
    start(nowMs) {
      // A plain error fails the workflow task, not the workflow: the position waits for a mended worker.
      if (defect !== undefined) throw new Error(defect);
      for (const effect of effects(book.state(), nowMs)) {
        if (!underWay.has(effect.key)) launch(effect.key, () => run(effect));
      }
      // One publication for what one burst of answers changed.
      if (underWay.size === 0 && book.hasEvents()) launch('publish', publish);
    },
    idle: () => underWay.size === 0,
    finished: () => finished,
  };
}
