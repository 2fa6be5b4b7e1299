/** The order book as a sequence of updates: each price step replaces the levels that moved. */
import type { Decimal } from '../../../domain/decimal.ts';
import type { Market } from '../../book/model.ts';
import { levelsOf } from '../../quotes.ts';
import { symbolOf } from './format.ts';

/** So deep is the book; a longer wish gets this much. */
const DEPTH = 100;
/** Ids that one step takes, so that a snapshot's id lies within an update, as clients check. */
const IDS_PER_STEP = 10;

type Level = readonly [Decimal, Decimal];

/** Where each market's book stands. Ids only grow, also over restarts, as they begin with the time. */
export type BookSequence = {
  /** The last update id of the market, as whoever asks sees its book now. */
  readonly lastId: (market: Market) => number;
  /** Counts a price step; gives the market as it was before. */
  readonly step: (market: Market) => Market | undefined;
};

export function createBookSequence(startMs: number): BookSequence {
  const states = new Map<string, { id: number; market: Market }>();
  const stateOf = (market: Market) => {
    const state = states.get(market.symbol) ?? { id: startMs, market };
    states.set(market.symbol, state);
    return state;
  };
  return {
    lastId: (market) => stateOf(market).id,
    step(market) {
      const known = states.get(market.symbol);
      const state = stateOf(market);
      const before = state.market;
      state.id += IDS_PER_STEP;
      state.market = market;
      return known && before;
    },
  };
}

export function depthSnapshot(market: Market, sequence: BookSequence, levels: number, nowMs: number): object {
  const { bids, asks } = levelsOf(market, Math.min(levels, DEPTH));
  return { lastUpdateId: sequence.lastId(market), E: nowMs, T: nowMs, bids, asks };
}

/**
 * The `depthUpdate` push of the market's last step.
 * @param before the market before it: its vanished levels are sent with quantity 0; without it all levels are sent
 */
export function depthUpdate(
  market: Market,
  before: Market | undefined,
  sequence: BookSequence,
  levels: number | undefined,
  nowMs: number,
): object {
  const now = levelsOf(market, Math.min(levels ?? DEPTH, DEPTH));
  const past = before && levels === undefined ? levelsOf(before, DEPTH) : undefined;
  const last = sequence.lastId(market);
  return {
    e: 'depthUpdate',
    E: nowMs,
    T: nowMs,
    s: symbolOf(market.symbol),
    U: last - IDS_PER_STEP + 1,
    u: last,
    pu: last - IDS_PER_STEP,
    b: past ? changes(past.bids, now.bids) : now.bids,
    a: past ? changes(past.asks, now.asks) : now.asks,
    ps: symbolOf(market.symbol),
    st: 1,
  };
}

function changes(before: readonly Level[], now: readonly Level[]): Level[] {
  const old = new Map(before);
  const present = new Set(now.map(([price]) => price));
  const gone = before.filter(([price]) => !present.has(price)).map(([price]): Level => [price, '0']);
  return [...gone, ...now.filter(([price, quantity]) => old.get(price) !== quantity)];
}
