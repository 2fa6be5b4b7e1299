/**
 * Finds the exchange's row of a closed position: by position id; where there is none, by entry price,
 * quantity and entry time, and only when exactly one row fits. Never by order id: an order id and a
 * position id are different numbers, and a trade was lost over that once.
 */
import { abs, lte, lt, max, mul, sub, type Decimal } from './decimal.ts';
import type { ClosedPosition, ExchangePosition } from './exchange-truth.ts';
import type { PositionState } from './position.ts';
import { closedQuantity, entryPrice } from './quantities.ts';

/** A minute covers the exchange's own delay between an order and its position. */
const ENTRY_TIME_TOLERANCE_MS = 60_000;

export function matchClosed(
  state: PositionState,
  rows: readonly ClosedPosition[],
): ClosedPosition | undefined {
  const whole = rows.filter(
    (row) => row.whole && row.symbol === state.symbol && closedSinceEntry(state, row),
  );
  if (state.exchangePositionId !== null) {
    return whole.find((row) => row.exchangePositionId === state.exchangePositionId);
  }
  const fitting = whole.filter((row) => fits(state, row));
  if (fitting.length <= 1) return fitting[0];
  // A life that ended seconds ago may look just alike: then no slack is given to the dates.
  const strictly = fitting.filter(({ closedAtMs }) => closedAtMs !== undefined && closedAtMs >= began(state));
  return strictly.length === 1 ? strictly[0] : undefined;
}

const began = (state: PositionState): number => state.firstSentAtMs ?? 0;

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
    lt(distance(row.entryPrice, entry), priceTolerance(state, entry)) &&
    lt(distance(row.quantity, closedQuantity(state)), max(state.market.lotSize, '0.0001')) &&
    Math.abs(row.openedAtMs - state.entryAtMs) <= ENTRY_TIME_TOLERANCE_MS
  );
}

/** Times of one clock, told in seconds by some exchanges. */
const DATING_SLACK_MS = 5_000;
const CLOSING_SLACK_MS = 1_500;

/** A row that was opened or closed before this position began is of an earlier one, whatever its id. */
export function closedSinceEntry(state: PositionState, { openedAtMs, closedAtMs }: ClosedPosition): boolean {
  const beganAtMs = began(state);
  if (openedAtMs !== undefined && openedAtMs < beganAtMs - DATING_SLACK_MS) return false;
  return closedAtMs === undefined || closedAtMs >= beganAtMs - CLOSING_SLACK_MS;
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
  return entry === null || shown === undefined || lt(distance(shown, entry), priceTolerance(state, entry));
}

const distance = (a: Decimal, b: Decimal): Decimal => abs(sub(a, b));

/** One quote unit for markets priced in thousands; ten ticks where that would be too coarse. */
function priceTolerance(state: PositionState, price: Decimal): Decimal {
  const ticks = mul(state.market.tickSize, '10');
  return lte(price, '1000') ? ticks : max('1', ticks);
}
