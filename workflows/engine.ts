/**
 * Runs what a position's state wants: every effect whose key is not under way, and the publication of
 * what has changed. Answers come back as events. It decides nothing.
 */
import { ActivityFailure } from '@temporalio/workflow';
import { effects, type Effect } from '../domain/position/effects.ts';
import { expectsIdentity } from '../domain/position/identity.ts';
import type { PositionState } from '../domain/position/position.ts';
import { effectFailed } from '../domain/position/readings.ts';
import { tradeRow } from '../domain/position/trade.ts';
import type { Book } from './book.ts';
import { lastEvent } from './last-event.ts';
import { packed, type Ending } from './packing.ts';
import { perform, type Answer } from './perform.ts';
import { placeTogether } from './placements.ts';
import type { Outside } from './proxies.ts';
import type { Publisher } from './publish.ts';

/** Orders in one call: what the exchanges take in one request. */
const MAX_TOGETHER = 5;

export type Engine = {
  /** Starts everything that is wanted now and not under way. Throws on a defect of an earlier start. */
  start(nowMs: number): void;
  /** Nothing is under way. */
  idle(): boolean;
  /** Grows whenever something under way has ended. */
  finished(): number;
  /** What to show: a position is over once its row is written, not when it is about to be. */
  shown(): PositionState;
  /** The account heard with the last publication that the leg is free. */
  accountTold(): boolean;
};

type Placement = Extract<Effect, { type: 'place' }>;

/** @param brief fewer calls for the same; runs that began without it go on without it */
export function createEngine(book: Book, calls: Outside, publisher: Publisher, brief: boolean): Engine {
  const underWay = new Set<string>();
  let finished = 0;
  let defect: string | undefined;
  /** Of the position that is over once its last publication is written: its row, and how it stood before. */
  let last: (Ending & { before: PositionState }) | null = null;
  let accountTold = false;

  /** Free before the answers are applied: what follows from them may want the same key. */
  const apply = (keys: string[], answers: Answer[]): void => {
    for (const key of keys) underWay.delete(key);
    for (const answer of answers) book.apply(answer(book.state(), Date.now()), Date.now());
  };

  async function run(effect: Effect): Promise<void> {
    try {
      apply([effect.key], await perform(effect, book.state(), calls, brief));
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // A failure that no retry cures: shown, and asked again later, for as long as it takes.
      book.apply(
        effectFailed(book.state(), effect, error.cause?.message ?? error.message, Date.now()),
        Date.now(),
      );
    }
  }

  async function runTogether(placements: Placement[]): Promise<void> {
    const intents = placements.map(({ intent }) => intent);
    const answers = await placeTogether(intents, book.state(), calls);
    apply(
      placements.map(({ key }) => key),
      answers,
    );
  }

  async function publish(): Promise<void> {
    const events = book.takeEvents();
    const summary = `write ${events.length} ${events.length === 1 ? 'event' : 'events'} to the journal`;
    const publication = publisher.publication(book.state(), events, Date.now());
    if (!brief) await calls.journal.publish.executeWithOptions({ summary }, [publication]);
    else {
      const bytes = packed(publication, last);
      await calls.journal.publishPacked.executeWithOptions({ summary }, [bytes]);
      accountTold = last !== null && !last.left;
      last = null;
    }
  }

  const launch = (keys: string[], work: () => Promise<void>): void => {
    for (const key of keys) underWay.add(key);
    work()
      .catch((error: unknown) => {
        defect ??= `${keys.join(', ')}: ${error instanceof Error ? error.message : String(error)}`;
      })
      .finally(() => {
        for (const key of keys) underWay.delete(key);
        finished += 1;
      });
  };

  /** The row of a position that needs nothing more goes with its last publication instead of before it. */
  const conclude = (nowMs: number): void => {
    const before = book.state();
    const event = underWay.size === 0 ? lastEvent(before, nowMs) : null;
    if (event === null) return;
    last = { trade: tradeRow(before), left: before.settlement.left === true, before };
    book.apply([event], nowMs);
  };

  const mayPublish = (nowMs: number): boolean =>
    brief ? book.hasNews() && !expectsIdentity(book.state(), nowMs) : book.hasEvents();

  return {
    start(nowMs) {
      // A plain error fails the workflow task, not the workflow: the position waits for a mended worker.
      if (defect !== undefined) throw new Error(defect);
      if (brief) conclude(nowMs);
      const wanted = effects(book.state(), nowMs).filter(({ key }) => !underWay.has(key));
      const together = brief ? leavingTogether(wanted) : [];
      if (together.length > 0)
        launch(
          together.map(({ key }) => key),
          () => runTogether(together),
        );
      for (const effect of wanted) if (!underWay.has(effect.key)) launch([effect.key], () => run(effect));
      // One publication for what one burst of answers changed.
      if (underWay.size === 0 && mayPublish(nowMs)) launch(['publish'], publish);
    },
    idle: () => underWay.size === 0,
    finished: () => finished,
    shown: () => last?.before ?? book.state(),
    accountTold: () => accountTold,
  };
}

/** Stops and targets that are wanted at the same moment; none where one leaves alone. */
function leavingTogether(wanted: readonly Effect[]): Placement[] {
  const placements = wanted
    .filter((effect) => effect.type === 'place')
    .filter(({ intent }) => intent.role === 'stop' || intent.role === 'target')
    .slice(0, MAX_TOGETHER);
  return placements.length > 1 ? placements : [];
}
