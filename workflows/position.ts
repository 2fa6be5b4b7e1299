/**
 * The position workflow: one leg from flat to flat, for as long as that takes. A thin shell around
 * `domain/`: messages and answers become events, effects become activities, nothing is decided here.
 *
 * It ends only when the leg is flat, every own order is proven terminal, and the journal row is
 * written. A restart, a dead worker or a lost answer changes nothing of that.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { REFUSED } from '../contract/failures.ts';
import { accountWorkflowId } from '../contract/ids.ts';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import type { Refusal } from '../domain/commands.ts';
import { decide, type Command } from '../domain/decide.ts';
import { view } from '../domain/describe.ts';
import { effects, nextWakeAtMs, type Effect } from '../domain/effects.ts';
import type { PositionStart, PositionState } from '../domain/position.ts';
import { effectFailed } from '../domain/readings.ts';
import { reconcile } from '../domain/reconcile.ts';
import { protectionOutcome } from '../domain/settled.ts';
import type { PositionView } from '../domain/view.ts';
import type { JournalEvent } from '../domain/publication.ts';
import { createAlarmClock } from './alarm-clock.ts';
import { createBook, openBook } from './book.ts';
import { perform } from './perform.ts';
import { outside } from './proxies.ts';
import { createPublisher } from './publish.ts';

/** A fresh start, or what an earlier run of the same position carried over. */
export type PositionInput =
  | { version: 1; start: PositionStart }
  | { version: 1; state: PositionState; unwritten: JournalEvent[] };

/** How long an update waits for the exchange before it answers with the state as it is. */
const ANSWER_WITHIN = '10 seconds';

export async function position(input: PositionInput): Promise<PositionView> {
  const cancelRequested = CancellationScope.current().cancelRequested;
  // Cancelling must not leave an open position and its orders to themselves: see `onCancel`.
  return CancellationScope.nonCancellable(() => keep(input, cancelRequested));
}

async function keep(input: PositionInput, cancelRequested: Promise<never>): Promise<PositionView> {
  const { workflowId } = workflowInfo();
  const book = 'start' in input ? openBook(input.start, Date.now()) : createBook(input.state, input.unwritten);
  const { account } = book.state();
  const calls = outside(account);
  const publisher = createPublisher(workflowId);
  const clock = createAlarmClock();
  const inFlight = new Set<string>();
  let finished = 0;

  const now = (): number => Date.now();
  const show = (): PositionView => view(book.state(), workflowId, now());
  const order = (command: Command): void => {
    const decision = decide(book.state(), command, now());
    if ('refused' in decision) throw refusal(decision.refused);
    book.apply(decision.events, now());
  };
  const check = (command: Command): void => {
    const decision = decide(book.state(), command, now());
    if ('refused' in decision) throw refusal(decision.refused);
  };

  async function protect(request: messages.SetProtectionRequest): Promise<PositionView> {
    const price = await latestPrice();
    order({ type: 'setProtection', request, ...(price === undefined ? {} : { price }) });
    const asked = book.state().tranches;
    await condition(() => protectionOutcome(book.state(), asked) !== 'pending', ANSWER_WITHIN);
    if (protectionOutcome(book.state(), asked) === 'refused') throw refusal(exchangeRefusal(book.state()));
    return show();
  }

  /** A level on the wrong side of it would act at once; without it, the exchange has the last word. */
  async function latestPrice(): Promise<string | undefined> {
    try {
      const { symbol } = book.state();
      const summary = 'read the price that the new levels must fit';
      return (await calls.questions.readPrice.executeWithOptions({ summary }, [{ account, symbol }])).price;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return undefined;
    }
  }

  async function closeNow(request: messages.ClosePositionRequest): Promise<PositionView> {
    const before = book.state().intents.length;
    order({ type: 'close', request });
    const isOver = (): boolean => {
      const { stage, intents } = book.state();
      if (stage.name === 'settling' || stage.name === 'closed') return true;
      return stage.name !== 'closing' && intents.slice(before).some(({ role, status }) => role === 'close' && status.name === 'done');
    };
    await condition(isOver, ANSWER_WITHIN);
    return show();
  }

  /** The plain signals of the same meaning: nobody waits for the answer, so a refusal goes on the card. */
  async function asSignal(name: string, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== REFUSED) throw error;
      const text = `${name} was refused: ${error.message}`;
      book.apply([{ type: 'FindingRaised', finding: { kind: 'warning', code: 'refused_signal', text, atMs: now() } }], now());
    }
  }

  cancelRequested.catch(() => {
    const text = 'a cancellation was ignored: use close to close the position; terminate abandons it with its orders as they are';
    book.apply([{ type: 'FindingRaised', finding: { kind: 'warning', code: 'cancel_ignored', text, atMs: now() } }], now());
  });

  setHandler(messages.status, show);
  setHandler(messages.setProtection, protect, { validator: (request) => check({ type: 'setProtection', request }) });
  setHandler(messages.close, (request?: messages.ClosePositionRequest) => closeNow(request ?? {}), {
    validator: (request?: messages.ClosePositionRequest) => check({ type: 'close', request: request ?? {} }),
  });
  setHandler(messages.adjustProtection, (request) => asSignal('adjustProtection', () => protect(request)));
  setHandler(messages.requestClose, (request) => asSignal('requestClose', () => closeNow(request ?? {})));
  setHandler(messages.reconcile, ({ snapshot }) => book.apply(reconcile(book.state(), snapshot, now()), now()));
  setHandler(messages.priceCrossed, (crossing) => order({ type: 'priceCrossed', crossing }));

  async function run(effect: Effect): Promise<void> {
    try {
      const answer = await perform(effect, book.state(), calls);
      inFlight.delete(effect.key);
      book.apply(answer(book.state(), now()), now());
    } catch (error) {
      // Failures that no retry cures: asked again later, and shown, for as long as it takes.
      if (!(error instanceof ActivityFailure)) throw error;
      book.apply(effectFailed(book.state(), effect, error.cause?.message ?? error.message, now()), now());
    } finally {
      inFlight.delete(effect.key);
      finished += 1;
    }
  }

  async function publish(): Promise<void> {
    const events = book.takeEvents();
    try {
      await calls.journal.publish.executeWithOptions({ summary: `write ${events.length} events to the journal` }, [
        publisher.publication(book.state(), events, now()),
      ]);
    } finally {
      inFlight.delete('publish');
      finished += 1;
    }
  }

  const startAll = (): void => {
    for (const effect of effects(book.state(), now())) {
      if (inFlight.has(effect.key)) continue;
      inFlight.add(effect.key);
      void watched(run(effect));
    }
    // One publication for what one burst of answers changed.
    if (inFlight.size === 0 && book.hasEvents()) {
      inFlight.add('publish');
      void watched(publish());
    }
  };

  let defect: Error | undefined;
  const watched = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      defect ??= error instanceof Error ? error : new Error(String(error));
    }
  };

  for (;;) {
    book.apply([], now());
    publisher.show(book.state(), now());
    startAll();
    if (defect) throw defect;
    if (inFlight.size === 0 && book.state().stage.name === 'closed') break;
    if (inFlight.size === 0 && workflowInfo().continueAsNewSuggested && allHandlersFinished()) {
      await continueAsNew<typeof position>({ version: 1, state: book.state(), unwritten: book.takeEvents() });
    }
    const seen = book.version() + finished;
    clock.set(nextWakeAtMs(book.state(), now()), now());
    await condition(() => book.version() + finished !== seen || clock.rang());
  }

  clock.set(null, now());
  await condition(allHandlersFinished);
  await tellAccount(book.state());
  return show();
}

async function tellAccount({ account, symbol, leg, epoch }: PositionState): Promise<void> {
  try {
    await getExternalWorkflowHandle(accountWorkflowId(account)).signal(messages.legEnded, { symbol, leg, epoch });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the account workflow does not run, so it was not told that the leg is free', { account, symbol, leg });
  }
}


function exchangeRefusal(state: PositionState): Refusal {
  const finding = state.findings.findLast(({ code }) => code.endsWith('_refused'));
  return { code: 'exchange_refused', text: finding?.text ?? 'the exchange refused the new protection' };
}
