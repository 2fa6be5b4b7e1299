/**
 * Finds the exchange's row of a closed position: by position id; where there is none, by the own orders
 * that a rebuilt row names; else by entry price, quantity and entry time, and only when exactly one row
 * fits. Never by an order id in the place of a position id: a trade was lost over that once.
 *
 * An entry that filled in parts, around a close by hand, makes several positions of the exchange and
 * one of ours: then their rows are added up.
 */
import { abs, add, div, lte, lt, mul, sub, sum, toPlaces, ZERO, type Decimal } from '../decimal.ts';
import type { ClosedPosition, ExchangePosition } from '../exchange-truth.ts';
import { isSameEntryPrice, isSameEntryTime, isSameQuantity } from './likeness.ts';
import type { PositionState } from '../position/position.ts';
import { AVERAGE_PLACES, closedQuantity, entryPrice, openingRange } from '../position/quantities.ts';

/** So often a row of less than was closed is asked for again: the others may only be late. */
const PATIENT_ASKS = 6;

/** So often only the row of the known id is asked for; then all, as others may belong to it. */
const NAMED_ASKS = 3;

/** The id whose rows are worth asking for; null: all of the leg since the entry. */
export const rowsToAskFor = ({ exchangePositionId, settlement }: PositionState): string | null =>
  settlement.asks < NAMED_ASKS ? exchangePositionId : null;

export function matchClosed(
  state: PositionState,
  rows: readonly ClosedPosition[],
): ClosedPosition | undefined {
  const whole = rows.filter(
    (row) => row.whole && row.symbol === state.symbol && closedSinceEntry(state, row),
  );
  const named = ofOwnOrders(state, whole);
  const sumOfNamed = named && together(named);
  const one = sumOfNamed ?? matchOne(state, whole);
  if (one && lt(sub(closedQuantity(state), one.quantity), state.market.lotSize)) return one;
  const several = named ? undefined : livesOf(state, whole);
  if (several) return together(several);
  return state.settlement.asks < PATIENT_ASKS ? undefined : one;
}

/**
 * Rows in which an own order had a part, or the order that began an adopted position; undefined where the
 * rows name no orders.
 */
function ofOwnOrders(state: PositionState, whole: readonly ClosedPosition[]): ClosedPosition[] | undefined {
  const began = state.externals.filter(({ cause }) => cause === 'adopted');
  const own = new Set([...state.intents, ...began].flatMap(({ orderId }) => orderId ?? []));
  const rows = whole.filter(
    ({ side, leg, orderIds }) =>
      side === state.side && leg === state.leg && orderIds?.some((orderId) => own.has(orderId)),
  );
  return rows.length > 0 ? rows : undefined;
}

function matchOne(state: PositionState, whole: readonly ClosedPosition[]): ClosedPosition | undefined {
  if (state.exchangePositionId !== null) {
    return whole.find((row) => row.exchangePositionId === state.exchangePositionId);
  }
  const fitting = whole.filter((row) => fits(state, row));
  if (fitting.length <= 1) return fitting[0];
  // A life that ended seconds ago may look just alike: then no slack is given to the dates.
  const strictly = fitting.filter(({ closedAtMs }) => closedAtMs !== undefined && closedAtMs >= began(state));
  return strictly.length === 1 ? strictly[0] : undefined;
}

/**
 * Rows of this leg that follow each other, with the one whose id is known among them, and close together
 * just what was closed. Somebody's own position before or after makes another sum.
 */
function livesOf(state: PositionState, whole: readonly ClosedPosition[]): ClosedPosition[] | undefined {
  const { leg, side, exchangePositionId } = state;
  const closed = closedQuantity(state);
  const candidates = whole
    .filter((row) => row.leg === leg && row.side === side)
    .toSorted((a, b) => (a.openedAtMs ?? 0) - (b.openedAtMs ?? 0));
  const runs = candidates.flatMap((_, from) =>
    candidates.slice(from + 1).map((__, length) => candidates.slice(from, from + length + 2)),
  );
  const fitting = runs.filter(
    (run) =>
      lt(distance(sum(run.map(({ quantity }) => quantity)), closed), state.market.lotSize) &&
      (exchangePositionId === null || run.some((row) => row.exchangePositionId === exchangePositionId)),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** One row of several: quantities and money added up, prices averaged; what one part lacks stays unknown. */
function together(rows: readonly ClosedPosition[]): ClosedPosition | undefined {
  const last = rows.at(-1);
  if (!last) return undefined;
  if (rows.length === 1) return last;
  const { exchangePositionId, symbol, leg, side, closedAtMs, whole, forced } = last;
  const opened = rows.flatMap(({ openedAtMs }) => openedAtMs ?? []);
  const figures = {
    exchangePositionId,
    entryPrice: averagePrice(rows, 'entryPrice'),
    closePrice: averagePrice(rows, 'closePrice'),
    realizedPnl: total(rows, 'realizedPnl'),
    netPnl: total(rows, 'netPnl'),
    fees: total(rows, 'fees'),
    funding: total(rows, 'funding'),
    openedAtMs: opened.length > 0 ? Math.min(...opened) : undefined,
    closedAtMs,
    forced,
  };
  const quantity = sum(rows.map((row) => row.quantity));
  return { symbol, leg, side, whole, quantity, ...withoutGaps(figures) };
}

type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Optional fields are absent, never `undefined`. */
const withoutGaps = <T extends object>(fields: T): Known<T> =>
  // Object.entries forgets the keys' types.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;

function total(
  rows: readonly ClosedPosition[],
  key: 'realizedPnl' | 'netPnl' | 'fees' | 'funding',
): Decimal | undefined {
  const parts = rows.flatMap((row) => row[key] ?? []);
  return parts.length === rows.length ? sum(parts) : undefined;
}

function averagePrice(
  rows: readonly ClosedPosition[],
  key: 'entryPrice' | 'closePrice',
): Decimal | undefined {
  let value: Decimal = ZERO;
  for (const row of rows) {
    const price = row[key];
    if (price === undefined) return undefined;
    value = add(value, mul(price, row.quantity));
  }
  return toPlaces(div(value, sum(rows.map(({ quantity }) => quantity))), AVERAGE_PLACES);
}

/** Of an adopted position, what is known of its beginning is its entry; 0: nothing is. */
const began = ({ adopted, entryAtMs, firstSentAtMs }: PositionState): number =>
  (adopted ? entryAtMs : firstSentAtMs) ?? 0;

function fits(state: PositionState, row: ClosedPosition): boolean {
  if (row.side !== state.side || row.leg !== state.leg) return false;
  const entry = entryPrice(state);
  if (
    entry === null ||
    row.entryPrice === undefined ||
    row.openedAtMs === undefined ||
    state.entryAtMs === null
  )
    return false;
  return (
    isEntryPrice(state, row.entryPrice, entry) &&
    isSameQuantity(row.quantity, closedQuantity(state), state.market) &&
    isSameEntryTime(row.openedAtMs, state.entryAtMs)
  );
}

/** Whether an average is ours, or of some order in which our parts may have come. */
export function isEntryPrice(state: PositionState, price: Decimal, entry: Decimal): boolean {
  if (isSameEntryPrice(price, entry, state.market)) return true;
  const range = openingRange(state);
  return range !== undefined && lte(range.low, price) && lte(price, range.high);
}

/** Times of one clock, told in seconds by some exchanges. */
const DATING_SLACK_MS = 5_000;
const CLOSING_SLACK_MS = 1_500;

/** A row that was opened or closed before this position began is of an earlier one, whatever its id. */
export function closedSinceEntry(state: PositionState, { openedAtMs, closedAtMs }: ClosedPosition): boolean {
  const beganAtMs = began(state);
  if (openedAtMs !== undefined && openedAtMs < beganAtMs - DATING_SLACK_MS) return false;
  return (
    closedAtMs === undefined || closedAtMs >= Math.max(beganAtMs, state.adoptedAtMs ?? 0) - CLOSING_SLACK_MS
  );
}

/**
 * Whether an open row can be this position, by all but its id: a list that lags or was rolled back
 * shows the leg's last life, and must not lend its id to this one.
 */
export function couldBeOpen(
  state: PositionState,
  { openedAtMs, entryPrice: shown }: ExchangePosition,
): boolean {
  if (openedAtMs !== undefined && openedAtMs < began(state) - DATING_SLACK_MS) return false;
  const entry = entryPrice(state);
  return entry === null || shown === undefined || isEntryPrice(state, shown, entry);
}

const distance = (a: Decimal, b: Decimal): Decimal => abs(sub(a, b));
