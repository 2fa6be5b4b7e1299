/**
 * A small trader for demonstrations: opens a few paper positions with stop and target when there is
 * none, and again a while after they closed. It keeps no state of its own: what is open decides.
 */
import type { OpenPositionRequest } from '../contract/messages.ts';
import { div, gt, max, roundToStep, type Decimal } from '../domain/decimal.ts';
import type { PositionMode, Side, Symbol } from '../domain/terms.ts';
import type { PositionView } from '../domain/view.ts';

export type DemoMarket = { symbol: Symbol; price: Decimal; lotSize: Decimal; minQuantity: Decimal };

export type DemoTrader = {
  /** The next entry to send now, or none. `positions` are all that are open on the account. */
  next(
    positions: readonly PositionView[],
    markets: readonly DemoMarket[],
    nowMs: number,
  ): OpenPositionRequest | undefined;
  /** An entry was not taken: leave its place alone for a while. */
  refused(request: Place, nowMs: number): void;
};

export type DemoOptions = {
  /** A symbol that is for people, besides BTC. */
  leaveAlone?: Symbol | undefined;
  /** In hedge mode both legs of a symbol are opened, one after the other. */
  positionMode?: PositionMode;
  /** Which symbol comes first, so that several accounts side by side differ. */
  turn?: number;
};

type Place = { symbol: Symbol; side: Side };

/** BTC is left to the people who try things out: one position per leg. */
const DEMO_SYMBOLS: readonly Symbol[] = ['ETH/USDT:USDT', 'SOL/USDT:USDT', 'XRP/USDT:USDT'];
const MAX_OPEN = 3;
/** Modest: an account of 100,000 hardly notices. */
const NOTIONAL = '1500';
const STOP_PERCENT = '0.8';
const TARGET_PERCENT = '1.2';
/** One of them shows exits that move: half is closed early, and from there on the stop follows. */
const MOVING: Pick<OpenPositionRequest, 'takeProfitLevels' | 'trailing'> = {
  takeProfitLevels: [
    { at: { percent: '0.6' }, share: '50' },
    { at: { percent: TARGET_PERCENT }, share: '50' },
  ],
  trailing: { distance: { percent: '0.5' }, activation: { percent: '0.6' } },
};
/** Between two entries, so that each can be watched. */
const PACE_MS = 3_000;
/** From the end of a position to the next one in its place. */
const PAUSE_MS = 45_000;
const REFUSED_PAUSE_MS = 120_000;
/** Entries in one run of the program. */
const MAX_ENTRIES = 500;

export function createDemoTrader({ leaveAlone, positionMode, turn = 0 }: DemoOptions = {}): DemoTrader {
  const isHedge = positionMode === 'hedge';
  const symbols = turned(DEMO_SYMBOLS, turn).filter((symbol) => symbol !== leaveAlone);
  const restUntilMs = new Map<string, number>();
  /** One position per leg: in one-way mode a symbol has one. */
  const keyOf = ({ symbol, side }: Place): string => (isHedge ? `${symbol} ${side}` : symbol);
  const placesOf = (symbol: Symbol, count: number): Place[] =>
    isHedge ? SIDES.map((side) => ({ symbol, side })) : [{ symbol, side: sideAt(count) }];
  let open = new Set<string>();
  let nextAtMs = 0;
  let entries = 0;
  return {
    next(positions, markets, nowMs) {
      const now = new Set(positions.map(keyOf));
      for (const key of open) if (!now.has(key)) restUntilMs.set(key, nowMs + PAUSE_MS);
      open = now;
      if (nowMs < nextAtMs || open.size >= MAX_OPEN || entries >= MAX_ENTRIES) return undefined;
      const isFree = (place: Place): boolean =>
        !open.has(keyOf(place)) && nowMs >= (restUntilMs.get(keyOf(place)) ?? 0);
      const place = symbols
        .filter((symbol) => markets.some((one) => one.symbol === symbol))
        .flatMap((symbol) => placesOf(symbol, entries + 1))
        .find(isFree);
      const market = markets.find(({ symbol }) => symbol === place?.symbol);
      if (!place || !market) return undefined;
      nextAtMs = nowMs + PACE_MS;
      entries += 1;
      // It shows in the projection only after its entry: until then its place rests.
      restUntilMs.set(keyOf(place), nowMs + PAUSE_MS);
      return entry(market, place, place.symbol === symbols[0]);
    },
    refused: (request, nowMs) => void restUntilMs.set(keyOf(request), nowMs + REFUSED_PAUSE_MS),
  };
}

const SIDES: readonly Side[] = ['long', 'short'];

/** Two long, one short, and so on. */
const sideAt = (count: number): Side => (count % 3 === 0 ? 'short' : 'long');

const turned = <T>(list: readonly T[], turn: number): T[] =>
  list.map((_, index) => list[(index + turn) % list.length]).filter((one) => one !== undefined);

function entry(
  { price, lotSize, minQuantity }: DemoMarket,
  { symbol, side }: Place,
  moves: boolean,
): OpenPositionRequest {
  const wanted = roundToStep(div(NOTIONAL, price), lotSize, 'down');
  const quantity = gt(wanted, minQuantity) ? wanted : max(minQuantity, lotSize);
  return {
    symbol,
    side,
    quantity,
    stopLoss: { percent: STOP_PERCENT },
    ...(moves ? MOVING : { takeProfit: { percent: TARGET_PERCENT } }),
  };
}
