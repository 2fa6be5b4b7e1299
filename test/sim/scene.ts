/** Where a deed is done, and what it picks. */
import type { AccountDesk } from './desk.ts';
import type { World } from './world.ts';

export type Scene = { world: World; desks: readonly AccountDesk[]; desk: AccountDesk; pick: number };

/** One of a list, by a number that knows nothing of it. */
export const one = <T>(list: readonly T[], pick: number): T | undefined =>
  list[pick % Math.max(1, list.length)];
