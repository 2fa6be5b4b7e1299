/**
 * A binary heap of price levels, the nearest one to the price on top. Entries are never searched for:
 * one that no longer counts is marked `dropped` and passed over when it comes up.
 */
import { compare } from '../domain/decimal.ts';
import type { PriceLevel } from '../domain/view.ts';

export type ArmedLevel = {
  readonly level: PriceLevel;
  /** `Number(level.price)`: a fast first comparison, never the deciding one. */
  readonly value: number;
  readonly armedAtMs: number;
  state: 'armed' | 'delivered' | 'dropped';
};

/** Dropped entries below this are not worth a rebuild. */
const MIN_DROPPED = 64;

export type PriceHeap = {
  push(entry: ArmedLevel): void;
  /** The nearest armed level, if any. */
  top(): ArmedLevel | undefined;
  pop(): void;
  /** Tells that one of the entries was marked `dropped`. */
  noteDropped(): void;
};

export function createPriceHeap(direction: PriceLevel['direction']): PriceHeap {
  const sign = direction === 'up' ? 1 : -1;
  // `Number` is monotone, so different numbers order as their decimals do; only equal ones need the decimals.
  const order = (a: ArmedLevel, b: ArmedLevel): number =>
    sign * (a.value - b.value || compare(a.level.price, b.level.price));
  let entries: ArmedLevel[] = [];
  let dropped = 0;
  const pop = (): void => {
    const last = entries.pop();
    if (last && entries.length > 0) sinkFromTop(entries, last, order);
  };
  return {
    push: (entry) => rise(entries, entry, order),
    top: () => {
      while (entries[0]?.state === 'dropped') {
        pop();
        dropped -= 1;
      }
      return entries[0];
    },
    pop,
    noteDropped: () => {
      dropped += 1;
      if (dropped < MIN_DROPPED || dropped * 2 < entries.length) return;
      // A sorted list is a heap.
      entries = entries.filter(({ state }) => state === 'armed').sort(order);
      dropped = 0;
    },
  };
}

type Order = (a: ArmedLevel, b: ArmedLevel) => number;

function rise(entries: ArmedLevel[], entry: ArmedLevel, order: Order): void {
  let at = entries.length;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = entries[parentAt];
    if (!parent || order(parent, entry) <= 0) break;
    entries[at] = parent;
    at = parentAt;
  }
  entries[at] = entry;
}

function sinkFromTop(entries: ArmedLevel[], entry: ArmedLevel, order: Order): void {
  let at = 0;
  for (;;) {
    const leftAt = 2 * at + 1;
    const left = entries[leftAt];
    const right = entries[leftAt + 1];
    const [child, childAt] = left && right && order(right, left) < 0 ? [right, leftAt + 1] : [left, leftAt];
    if (!child || order(entry, child) <= 0) break;
    entries[at] = child;
    at = childAt;
  }
  entries[at] = entry;
}
