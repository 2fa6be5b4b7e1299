/**
 * Executions of a symbol by leg, each leg with what it held before the first of them. Binance tells only
 * what is held now, so the start follows from that and the executions; where the two lists disagree
 * because one lags behind, they are read again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { add, isZero, neg, sub, sum, ZERO, type Decimal } from '../../domain/decimal.ts';
import type { LegName, Symbol } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import type { Window } from '../windows.ts';
import { signed } from '../epochs.ts';
import { legOf } from './legs.ts';
import { sideOf } from './map-order.ts';
import type { Deps } from './orders.ts';
import { readTrades } from './trades.ts';
import { positionRow, rowsBody, type FillRow, type PositionRow } from './wire.ts';

/** `heldBefore` is signed: negative for a short. */
export type LegTrades = { leg: LegName; trades: FillRow[]; heldBefore: Decimal };

/** The list of positions can show a change this much later than the list of executions. */
const LAG_MS = 1_500;
const DAY_MS = 24 * 60 * 60_000;
/** How far back the beginning of a position is looked for, step by step; Binance keeps three months. */
const LOOKBACKS_MS: readonly number[] = [28 * DAY_MS, 90 * DAY_MS];

/**
 * @param fromMs executions since, the exchange's clock; earlier ones come with them where a leg held
 *   something by then, back to when it was flat
 */
export async function tradesOfLegs(deps: Deps, symbol: Symbol, fromMs: number): Promise<LegTrades[]> {
  const first = await readLegs(deps, symbol, fromMs);
  const serverNowMs = deps.api.clock.serverNowMs();
  const lags = first.some(({ heldBefore, trades }) => !isZero(heldBefore) && isFresh(trades, serverNowMs));
  if (lags) await sleep(LAG_MS);
  let legs = lags ? await readLegs(deps, symbol, fromMs) : first;
  let sinceMs = fromMs;
  for (const lookbackMs of LOOKBACKS_MS) {
    if (legs.every(({ heldBefore }) => isZero(heldBefore))) return legs;
    const window = { fromMs: fromMs - lookbackMs, toMs: sinceMs - 1 };
    const earlier = byLeg(await readTrades(deps, symbol, window));
    legs = legs.map((leg) => extended(leg, earlier.get(leg.leg) ?? []));
    sinceMs = window.fromMs;
  }
  return legs;
}

const isFresh = (trades: readonly FillRow[], serverNowMs: number): boolean =>
  serverNowMs - (trades.at(-1)?.time ?? 0) < 2 * LAG_MS;

async function readLegs(deps: Deps, symbol: Symbol, fromMs: number): Promise<LegTrades[]> {
  const window: Window = { fromMs, toMs: deps.api.clock.serverNowMs() + LAG_MS };
  const trades = byLeg(await readTrades(deps, symbol, window));
  const held = await readHeld(deps, symbol);
  return [...new Set([...trades.keys(), ...held.keys()])].map((leg) => {
    const ofLeg = trades.get(leg) ?? [];
    return { leg, trades: ofLeg, heldBefore: sub(held.get(leg) ?? ZERO, changeOf(ofLeg)) };
  });
}

/** Earlier executions are taken on from where the leg was flat the last time before the known ones. */
function extended({ leg, trades, heldBefore }: LegTrades, earlier: readonly FillRow[]): LegTrades {
  let held = heldBefore;
  let taken = 0;
  while (!isZero(held) && taken < earlier.length) {
    const trade = earlier[earlier.length - 1 - taken];
    if (trade) held = add(held, neg(changeOf([trade])));
    taken += 1;
  }
  return { leg, trades: [...earlier.slice(earlier.length - taken), ...trades], heldBefore: held };
}

const changeOf = (trades: readonly FillRow[]): Decimal =>
  sum(trades.map((trade) => signed({ side: sideOf(trade), quantity: trade.qty })));

function byLeg(trades: readonly FillRow[]): Map<LegName, FillRow[]> {
  const legs = new Map<LegName, FillRow[]>();
  for (const trade of trades) {
    const leg = legOf(trade.positionSide);
    if (!leg) throw new ExchangeFault('bad_answer', `fills: ${trade.id} names no position side`);
    legs.set(leg, [...(legs.get(leg) ?? []), trade]);
  }
  return legs;
}

/** Signed, as Binance tells it. */
async function readHeld({ api, markets }: Deps, symbol: Symbol): Promise<Map<LegName, Decimal>> {
  const body = await api.read('positions', 'positions', { symbol: markets.idOf(symbol) });
  const list = readBody('positions', body, rowsBody);
  const rows = wholeRows(
    'positions',
    readRows<typeof positionRow, PositionRow>('position', list, positionRow, (row) => row),
  );
  return new Map(
    rows.map(({ positionSide, positionAmt }) => {
      const leg = legOf(positionSide);
      if (!leg) throw new ExchangeFault('bad_answer', 'positions: a row names no position side');
      return [leg, positionAmt];
    }),
  );
}
