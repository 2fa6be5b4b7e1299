/** What comes from outside changes a position so; a part of `evolve.ts`, under the same rules. */
import type { PositionEvent } from './events.ts';
import type { PositionState } from './position.ts';

/** The watcher's next reading most often brings the position's id; it is asked for only after this. */
export const FIRST_IDENTITY_MS = 1_500;

/** Open from the first moment on, with what the exchange holds as the one change of quantity so far. */
export function adopt(
  state: PositionState,
  { adoption, intents, nowMs }: Extract<PositionEvent, { type: 'PositionAdopted' }>,
): PositionState {
  const { quantity, entryPrice: price, entryOrderId: orderId, openedAtMs, seenAtMs } = adoption;
  const fillId = `adopted/${seenAtMs}`;
  const atMs = openedAtMs ?? seenAtMs;
  return {
    ...state,
    stage: { name: 'open' },
    policy: adoption.policy,
    adoptedAtMs: seenAtMs,
    intents,
    externals: [{ fillId, orderId, trancheId: 't1', quantity, price, fee: null, atMs, cause: 'adopted' }],
    exchangePositionId: adoption.exchangePositionId,
    identify: { asks: 0, nextAtMs: nowMs + FIRST_IDENTITY_MS },
    entryAtMs: openedAtMs,
    firstSentAtMs: seenAtMs,
    lastSnapshotAtMs: seenAtMs,
    levelGeneration: state.levelGeneration + 1,
  };
}

/** Second writers' orders remembered, so that each set is told once. */
const MAX_WRITERS_ORDERS = 200;

export function seenWriter(
  { secondWriter }: PositionState,
  { orderIds, nowMs }: Extract<PositionEvent, { type: 'SecondWriterSeen' }>,
): NonNullable<PositionState['secondWriter']> {
  const known = secondWriter?.orderIds ?? [];
  const all = [...known, ...orderIds.filter((orderId) => !known.includes(orderId))];
  return { orderIds: all.slice(-MAX_WRITERS_ORDERS), tellAtMs: nowMs, attempts: 0 };
}

export const toldWriter = (state: PositionState, nextAtMs: number | null): PositionState =>
  state.secondWriter
    ? {
        ...state,
        secondWriter: {
          ...state.secondWriter,
          tellAtMs: nextAtMs,
          attempts: state.secondWriter.attempts + 1,
        },
      }
    : state;
