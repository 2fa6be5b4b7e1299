/**
 * The end of a position, read in the call that learnt of the close; see `activities/ending.ts`. It is judged
 * by the same rules as answers to three calls of their own: other orders, the flat leg, the figures. Each step
 * needs what the one before led to, and where that did not come about, nothing is concluded.
 */
import { isPositive, sub } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import { flatProven, ordersProven } from './effects.ts';
import type { ClosedPosition, Fill, LegSnapshot } from '../exchange-truth.ts';
import { seen, type SeenOrder } from './outcomes.ts';
import type { Intent, PositionState } from './position.ts';
import { isDone, openQuantity, remaining } from './quantities.ts';
import { figuresRead, legRead, type FiguresReport } from './readings.ts';

export type EndReport = {
  /** Own orders that rested besides, each as it was then; none of them rests. */
  orders: SeenOrder[];
  /** Before they were asked for; gateway clock. */
  askedAtMs: number;
  snapshot: LegSnapshot;
  figures: { closed: ClosedPosition[]; fills: LegFill[] };
};

/** An execution on the leg that was asked for. */
export type LegFill = Omit<Fill, 'symbol' | 'leg'>;

/** Given the state at that time, what an answer means. */
type Step = (state: PositionState, nowMs: number) => PositionEvent[];

/** To be taken one after the other, each with what the plan makes of the one before. */
export const endSteps = ({ orders, askedAtMs, snapshot, figures }: EndReport): Step[] => [
  (state, nowMs) => othersSeen(state, orders, askedAtMs, nowMs),
  (state, nowMs) => (isSettled(state) ? legRead(state, 'flat', snapshot, nowMs) : []),
  (state, nowMs) => {
    const { symbol, leg } = state;
    const fills = figures.fills.map((fill) => ({ ...fill, symbol, leg }));
    return figuresStep({ ...figures, fills })(state, nowMs);
  },
];

/** The figures, where they are due: the leg was seen flat. */
export const figuresStep =
  (figures: FiguresReport): Step =>
  (state, nowMs) =>
    isSettled(state) && flatProven(state) && state.settlement.figures === null
      ? figuresRead(state, figures, nowMs)
      : [];

const isSettled = (state: PositionState): boolean =>
  state.stage.name === 'settling' && state.exitReason !== 'NEVER_OPENED' && ordersProven(state);

function othersSeen(
  state: PositionState,
  orders: readonly SeenOrder[],
  askedAtMs: number,
  nowMs: number,
): PositionEvent[] {
  if (state.stage.name !== 'settling') return [];
  return orders.flatMap((order) => {
    const intent = state.intents.find(({ orderId }) => orderId === order.orderId);
    const news = intent && !isDone(intent) && order.status !== 'open';
    return news ? seen(intent, order, askedAtMs, nowMs) : [];
  });
}

/** More resting orders than this are seen to one by one. */
const MAX_OTHERS = 4;

/**
 * The other own orders to look at if this one turns out to be filled; null where that would not be the end,
 * or some outcome is still open.
 */
export function othersAtEnd(state: PositionState, filled: Intent): string[] | null {
  if (isPositive(sub(openQuantity(state), remaining(filled))) || filled.role === 'entry') return null;
  return othersThan(state, filled);
}

/** The same for one that is being cancelled: it must be the last. */
export function isLastOrder(state: PositionState, cancelled: Intent): boolean {
  return state.stage.name === 'settling' && othersThan(state, cancelled)?.length === 0;
}

function othersThan(state: PositionState, intent: Intent): string[] | null {
  const others = state.intents.filter((other) => other.number !== intent.number && !isDone(other));
  const ids = others.flatMap(({ orderId, status }) =>
    orderId === null || status.name !== 'live' ? [] : [orderId],
  );
  return ids.length < others.length || ids.length > MAX_OTHERS ? null : ids;
}
