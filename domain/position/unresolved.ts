/** Orders of which nobody can tell yet what became of them, or whether they went when they were told to. */
import type { Intent, PositionState } from './position.ts';

export type Unresolved = { intent: Intent; sinceMs: number };

/** Oldest first by their numbers; workflow clock. */
export const unresolved = ({ intents }: PositionState): Unresolved[] =>
  intents.flatMap((intent) => {
    const sinceMs = sinceOf(intent);
    return sinceMs === undefined ? [] : [{ intent, sinceMs }];
  });

const sinceOf = ({ status }: Intent): number | undefined =>
  status.name === 'unknown'
    ? status.sinceMs
    : status.name === 'live'
      ? status.cancelUnprovenSinceMs
      : undefined;
