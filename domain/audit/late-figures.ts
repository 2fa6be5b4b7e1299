/**
 * The figures of a trade whose workflow has ended without them: its position is built again from the
 * journal's events, and asked as the workflow would ask it. So the same rules match the exchange's row,
 * and the same row comes of it.
 */
import type { PositionEvent } from '../position/events.ts';
import { evolve } from '../position/evolve.ts';
import { initialState } from '../position/initial-state.ts';
import type { PositionState } from '../position/position.ts';
import { figuresRead, type FiguresReport } from '../position/readings.ts';
import type { Story } from './story.ts';
import { tradeRow, type TradeRow } from '../position/trade.ts';

/** The position at its end. Undefined where the events do not begin with its beginning, or are not understood. */
export function positionOf(story: Story): PositionState | undefined {
  const [first] = story;
  if (first?.type !== 'PositionStarted') return undefined;
  try {
    return story.map(positionEvent).reduce<PositionState | undefined>(step, undefined);
  } catch {
    return undefined; // written by a version that recorded otherwise
  }
}

const step = (state: PositionState | undefined, event: PositionEvent): PositionState | undefined => {
  if (event.type === 'PositionStarted') return initialState(event.start, event.nowMs);
  return state && evolve(state, event);
};

/** As `book.ts` took it apart. */
const positionEvent = ({ type, data }: Story[number]): PositionEvent =>
  // Written from a PositionEvent; one of another version makes `evolve` throw or changes nothing.
  ({ type, ...data }) as PositionEvent;

/**
 * The row with the exchange's figures; undefined where none of its rows is this trade's, or not for certain.
 * @param asks how often it was asked for before: at first, rows of a part only are taken to be late
 */
export function lateRow(
  position: PositionState,
  report: FiguresReport,
  asks: number,
  nowMs: number,
): TradeRow | undefined {
  const asked = { ...position, settlement: { ...position.settlement, asks } };
  const state = figuresRead(asked, report, nowMs).reduce(evolve, asked);
  return state.settlement.figures === null ? undefined : tradeRow(state);
}
