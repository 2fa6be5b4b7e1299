/** How requests reach a position's state: decided upon, refused by throwing, or shown on its card. */
import { ApplicationFailure } from '@temporalio/workflow';
import { REFUSED } from '../contract/failures.ts';
import { refusal } from '../contract/refusal.ts';
import type { Refusal } from '../domain/commands.ts';
import { decide, type Command } from '../domain/position/decide.ts';
import type { PositionEvent } from '../domain/position/events.ts';
import { raised } from '../domain/position/findings.ts';
import type { PositionState } from '../domain/position/position.ts';
import type { Book } from './book.ts';

/** How long an update waits for the exchange before it answers with the state as it is. */
export const ANSWER_WITHIN = '10 seconds';

/**
 * What the command leads to.
 *
 * @throws ApplicationFailure its refusal
 */
export function eventsOf(book: Book, command: Command): PositionEvent[] {
  const decision = decide(book.state(), command, Date.now());
  if ('refused' in decision) throw refusal(decision.refused);
  return decision.events;
}

/** The same, applied. */
export function take(book: Book, command: Command): PositionEvent[] {
  const events = eventsOf(book, command);
  book.apply(events, Date.now());
  return events;
}

/** That the exchange took what was asked for back, in its own words. */
export function exchangeRefusal({ findings }: PositionState): Refusal {
  const finding = findings.findLast(({ code }) => code.endsWith('_refused'));
  return { code: 'exchange_refused', text: finding?.text ?? 'the exchange refused the new protection' };
}

/** Shows a warning on the card. */
export const warn = (book: Book, code: string, text: string): void =>
  book.apply([raised('warning', code, text, Date.now())], Date.now());

/** The plain signals of the same meaning: nobody waits for the answer, so a refusal goes on the card. */
export async function asSignal(book: Book, name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== REFUSED) throw error;
    warn(book, 'refused_signal', `${name} was refused: ${error.message}`);
  }
}
