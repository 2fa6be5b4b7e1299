/**
 * The one place where a position's state changes inside its workflow: events are applied, then the
 * plan is asked for more until it has nothing to add. Keeps what the journal has not been told yet.
 */
import type { PositionEvent } from '../domain/position/events.ts';
import { evolve } from '../domain/position/evolve.ts';
import { initialState } from '../domain/position/initial-state.ts';
import { openingEvents } from '../domain/position/entry.ts';
import { plan } from '../domain/position/plan.ts';
import type { PositionStart, PositionState } from '../domain/position/position.ts';
import type { JournalEvent } from '../domain/publication.ts';

/** More steps than any plan needs: beyond it, a plan disagrees with itself. */
const MAX_STEPS = 500;

/** Questions asked and readings that agreed: part of the state, but nothing to tell the journal. */
export const QUIET: ReadonlySet<PositionEvent['type']> = new Set([
  'SnapshotCompared',
  'IdentityAsked',
  'SettlementAsked',
  'IntentAsked',
  'LookWanted',
  'AccountTold',
  'TrancheRefusalTold',
]);

export type Book = {
  state(): PositionState;
  /** Grows with every change; what waits for a change compares it. */
  version(): number;
  /** Applies events and everything that follows from them by plan. */
  apply(events: PositionEvent[], nowMs: number): void;
  /** Takes what has happened since the last call. */
  takeEvents(): JournalEvent[];
  hasEvents(): boolean;
  /** Whether any of them is worth a publication of its own; the others go with the next. */
  hasNews(): boolean;
};

export function createBook(state: PositionState, pending: JournalEvent[] = []): Book {
  let current = state;
  let version = 0;
  let unwritten = pending;
  let news = pending.length > 0;

  const record = (event: PositionEvent, nowMs: number): void => {
    news ||= !QUIET.has(event.type) && !isMinor(current, event);
    current = evolve(current, event);
    version += 1;
    if (QUIET.has(event.type)) return;
    const { type, ...data } = event;
    const { account, symbol, leg, epoch, eventCount: sequence } = current;
    unwritten.push({ account, symbol, leg, epoch, sequence, type, atMs: nowMs, data });
  };

  return {
    state: () => current,
    version: () => version,
    apply(events, nowMs) {
      for (const event of events) record(event, nowMs);
      for (let step = 0; ; step++) {
        const more = plan(current, nowMs);
        if (more.length === 0) return;
        if (step >= MAX_STEPS) throw new Error(`the plan does not settle: ${JSON.stringify(more[0])}`);
        for (const event of more) record(event, nowMs);
      }
    },
    takeEvents() {
      const taken = unwritten;
      unwritten = [];
      news = false;
      return taken;
    },
    hasEvents: () => unwritten.length > 0,
    hasNews: () => news,
  };
}

/** A reading that showed what was known: the journal has it, but nobody waits for it. */
function isMinor({ intents, suspicion }: PositionState, event: PositionEvent): boolean {
  if (event.type === 'SuspicionCleared') return suspicion?.agreed === true && suspicion.readings === 0;
  if (event.type !== 'IntentProgressed') return false;
  const before = intents.find(({ number }) => number === event.number);
  return before?.status.name === 'live' && before.filledQuantity === event.filledQuantity;
}

/** A position at its very beginning: requested, its entry planned; or found, and taken up. */
export function openBook(start: PositionStart, nowMs: number): Book {
  const state = initialState(start, nowMs);
  const book = createBook(state);
  book.apply(openingEvents(state, start, nowMs), nowMs);
  return book;
}
