/**
 * Which price levels a tick crosses: an index in memory, so that a tick that crosses nothing costs two
 * comparisons, however many levels there are.
 *
 * - Per symbol and working type there are two heaps: levels that wait for a rise and for a fall.
 * - Numbers appear here and nowhere else in Holdfast, and only to pass over ticks: `Number` rounds
 *   monotonically, so a tick whose number is short of the nearest level's number is short of it in
 *   decimals too. Whatever is not ruled out that way is compared exactly, as decimals, before it counts.
 * - A level is delivered once. It is armed again by a newer generation or another price of the same
 *   level id; loading the same levels anew arms nothing.
 *
 * Pure: no clock, no I/O. Whether a price is fresh enough to act on is the caller's question.
 */
import { gte, isDecimal, lte } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Symbol, WorkingType } from '../domain/terms.ts';
import type { PriceLevel } from '../domain/view.ts';
import type { PriceTick } from './exchange.ts';
import { createPriceHeap } from './price-heap.ts';
import type { ArmedLevel, PriceHeap } from './price-heap.ts';

/** A level and the price that reached or passed it. */
export type Crossing = { level: PriceLevel; price: Decimal; atMs: number };

/**
 * The extremes of one price of a symbol over a time in which no ticks were seen. Levels armed after
 * `sinceMs` are left alone: the price may have been there before they were.
 */
export type PriceGap = WatchedPrice & { high: Decimal; low: Decimal; sinceMs: number; atMs: number };

export type WatchedPrice = { symbol: Symbol; workingType: WorkingType };

export type PriceTriggers = {
  /** Makes these the levels of a position, all of them; an empty list forgets the position. `nowMs` is when new ones are armed. */
  replace(workflowId: string, levels: readonly PriceLevel[], nowMs?: number): void;
  /** Makes these the levels of all positions. */
  load(levels: readonly PriceLevel[], nowMs?: number): void;
  /** Arms a delivered level again, because its crossing could not be told; nothing if it has changed since. */
  rearm(level: PriceLevel): void;
  /** Levels that the tick reaches, nearest first; each only once. */
  tick(tick: PriceTick): readonly Crossing[];
  /** Levels that were reached unseen: rising ones at the high, falling ones at the low. */
  gap(gap: PriceGap): readonly Crossing[];
  /** Symbols with levels, delivered ones included. */
  symbols(): Symbol[];
  /** Prices that an armed level waits for. */
  watched(): readonly WatchedPrice[];
  /** Levels known, delivered ones included. */
  size(): number;
};

/** One price of one symbol. The numbers are those of the heaps' tops. */
type Watch = { up: PriceHeap; down: PriceHeap; nearestUp: number; nearestDown: number };
type Book = Record<WorkingType, Watch> & { count: number };

const WORKING_TYPES = ['CONTRACT_PRICE', 'MARK_PRICE'] as const;
const NONE: readonly Crossing[] = Object.freeze([]);

export function createPriceTriggers(): PriceTriggers {
  const books = new Map<Symbol, Book>();
  const positions = new Map<string, Map<string, ArmedLevel>>();
  // Asked several times a second, and changes with the levels only.
  let watched: readonly WatchedPrice[] | undefined;
  const replace = (workflowId: string, levels: readonly PriceLevel[], nowMs = 0): void => {
    watched = undefined;
    const known = positions.get(workflowId) ?? new Map<string, ArmedLevel>();
    const next = new Map(
      levels.map((level) => [level.levelId, keepOrArm(books, known.get(level.levelId), level, nowMs)]),
    );
    for (const entry of known.values()) if (next.get(entry.level.levelId) !== entry) drop(books, entry);
    if (next.size > 0) positions.set(workflowId, next);
    else positions.delete(workflowId);
  };
  return {
    replace,
    load: (levels, nowMs = 0) => {
      const grouped = Map.groupBy(levels, ({ workflowId }) => workflowId);
      for (const workflowId of positions.keys()) if (!grouped.has(workflowId)) replace(workflowId, []);
      for (const [workflowId, its] of grouped) replace(workflowId, its, nowMs);
    },
    rearm: (level) => {
      const known = positions.get(level.workflowId)?.get(level.levelId);
      if (known?.state !== 'delivered' || isNewer(known.level, level)) return;
      watched = undefined;
      known.state = 'armed';
      arm(bookOf(books, level.symbol), known);
    },
    tick: ({ symbol, last, mark, atMs }) => {
      const book = books.get(symbol);
      if (!book) return NONE;
      const byLast = last === undefined ? NONE : reachedAt(book.CONTRACT_PRICE, last, atMs);
      const byMark = mark === undefined ? NONE : reachedAt(book.MARK_PRICE, mark, atMs);
      if (byLast.length + byMark.length > 0) watched = undefined;
      if (byMark.length === 0) return byLast;
      return byLast.length === 0 ? byMark : [...byLast, ...byMark];
    },
    gap: ({ symbol, workingType, high, low, sinceMs, atMs }) => {
      const book = books.get(symbol);
      watched = undefined;
      return book ? reached(book[workingType], high, low, atMs, sinceMs) : NONE;
    },
    symbols: () => [...books.keys()],
    watched: () => (watched ??= watchedIn(books)),
    size: () => [...books.values()].reduce((count, book) => count + book.count, 0),
  };
}

const watchedIn = (books: ReadonlyMap<Symbol, Book>): WatchedPrice[] =>
  [...books].flatMap(([symbol, book]) =>
    WORKING_TYPES.filter((type) => waits(book[type])).map((workingType) => ({ symbol, workingType })),
  );

function keepOrArm(
  books: Map<Symbol, Book>,
  known: ArmedLevel | undefined,
  level: PriceLevel,
  nowMs: number,
): ArmedLevel {
  if (known && !isNewer(level, known.level)) return known;
  const entry: ArmedLevel = { level, value: Number(level.price), armedAtMs: nowMs, state: 'armed' };
  const book = bookOf(books, level.symbol);
  book.count += 1;
  arm(book, entry);
  return entry;
}

function arm(book: Book, entry: ArmedLevel): void {
  const watch = book[entry.level.workingType];
  watch[entry.level.direction].push(entry);
  findNearest(watch);
}

const waits = (watch: Watch): boolean => watch.nearestUp !== Infinity || watch.nearestDown !== -Infinity;

/** The same level told again is the same; an older generation that arrives late counts for nothing. */
function isNewer(level: PriceLevel, known: PriceLevel): boolean {
  if (level.generation !== known.generation) return level.generation > known.generation;
  return (
    level.price !== known.price ||
    level.direction !== known.direction ||
    level.workingType !== known.workingType ||
    level.symbol !== known.symbol
  );
}

function drop(books: Map<Symbol, Book>, entry: ArmedLevel): void {
  const { symbol, workingType, direction } = entry.level;
  const book = bookOf(books, symbol);
  if (entry.state === 'armed') {
    entry.state = 'dropped';
    const watch = book[workingType];
    watch[direction].noteDropped();
    findNearest(watch);
  }
  book.count -= 1;
  if (book.count === 0) books.delete(symbol);
}

function bookOf(books: Map<Symbol, Book>, symbol: Symbol): Book {
  const known = books.get(symbol);
  if (known) return known;
  const book: Book = { CONTRACT_PRICE: emptyWatch(), MARK_PRICE: emptyWatch(), count: 0 };
  books.set(symbol, book);
  return book;
}

const emptyWatch = (): Watch => ({
  up: createPriceHeap('up'),
  down: createPriceHeap('down'),
  nearestUp: Infinity,
  nearestDown: -Infinity,
});

function findNearest(watch: Watch): void {
  watch.nearestUp = watch.up.top()?.value ?? Infinity;
  watch.nearestDown = watch.down.top()?.value ?? -Infinity;
}

/** By one price: nearly all ticks end here, so it is made a number once. */
function reachedAt(watch: Watch, price: Decimal, atMs: number): readonly Crossing[] {
  const value = Number(price);
  return value < watch.nearestUp && value > watch.nearestDown
    ? NONE
    : reached(watch, price, price, atMs, Infinity);
}

function reached(
  watch: Watch,
  high: Decimal,
  low: Decimal,
  atMs: number,
  sinceMs: number,
): readonly Crossing[] {
  if (Number(high) < watch.nearestUp && Number(low) > watch.nearestDown) return NONE;
  if (!isDecimal(high) || !isDecimal(low)) return NONE;
  const up = take(watch.up, sinceMs, (price) => gte(high, price));
  const down = take(watch.down, sinceMs, (price) => lte(low, price));
  if (up.length + down.length === 0) return NONE;
  findNearest(watch);
  return [
    ...up.map(({ level }) => ({ level, price: high, atMs })),
    ...down.map(({ level }) => ({ level, price: low, atMs })),
  ];
}

/** Takes the levels that are reached and were armed by `sinceMs`; the others stay. */
function take(heap: PriceHeap, sinceMs: number, isReached: (price: Decimal) => boolean): ArmedLevel[] {
  const taken: ArmedLevel[] = [];
  const tooNew: ArmedLevel[] = [];
  for (let entry = heap.top(); entry && isReached(entry.level.price); entry = heap.top()) {
    heap.pop();
    if (entry.armedAtMs > sinceMs) tooNew.push(entry);
    else taken.push(entry);
  }
  for (const entry of taken) entry.state = 'delivered';
  for (const entry of tooNew) heap.push(entry);
  return taken;
}
