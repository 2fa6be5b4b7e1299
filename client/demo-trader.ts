/**
 * A small trader for demonstrations: opens a few paper positions with stop and target when there is
 * none, and again a while after they closed. It keeps no state of its own: what is open decides.
 */
import type { OpenPositionRequest } from '../contract/messages.ts';
import { div, gt, max, roundToStep, type Decimal } from '../domain/decimal.ts';
import type { Symbol } from '../domain/terms.ts';
import type { PositionView } from '../domain/view.ts';

export type DemoMarket = { symbol: Symbol; price: Decimal; lotSize: Decimal; minQuantity: Decimal };

export type DemoTrader = {
  /** The next entry to send now, or none. `positions` are all that are open on the account. */
  next(
    positions: readonly PositionView[],
    markets: readonly DemoMarket[],
    nowMs: number,
  ): OpenPositionRequest | undefined;
  /** An entry was not taken: leave the symbol alone for a while. */
  refused(symbol: Symbol, nowMs: number): void;
};

/** BTC is left to the people who try things out: one position per leg. */
const DEMO_SYMBOLS: readonly Symbol[] = ['ETH/USDT:USDT', 'SOL/USDT:USDT', 'XRP/USDT:USDT'];
const MAX_OPEN = 3;
/** Modest: an account of 100,000 hardly notices. */
const NOTIONAL = '1500';
const STOP_PERCENT = '0.8';
const TARGET_PERCENT = '1.2';
/** Between two entries, so that each can be watched. */
const PACE_MS = 3_000;
/** From the end of a position to the next one in its symbol. */
const PAUSE_MS = 45_000;
const REFUSED_PAUSE_MS = 120_000;
/** Entries in one run of the program. */
const MAX_ENTRIES = 500;

/** @param leaveAlone a symbol that is for people, besides BTC */
export function createDemoTrader(leaveAlone?: Symbol): DemoTrader {
  const symbols = DEMO_SYMBOLS.filter((symbol) => symbol !== leaveAlone);
  const restUntilMs = new Map<Symbol, number>();
  let open = new Set<Symbol>();
  let nextAtMs = 0;
  let entries = 0;
  return {
    next(positions, markets, nowMs) {
      const now = new Set(positions.map(({ symbol }) => symbol));
      for (const symbol of open) if (!now.has(symbol)) restUntilMs.set(symbol, nowMs + PAUSE_MS);
      open = now;
      if (nowMs < nextAtMs || open.size >= MAX_OPEN || entries >= MAX_ENTRIES) return undefined;
      const market = symbols
        .map((symbol) => markets.find((one) => one.symbol === symbol))
        .find(
          (one) => one !== undefined && !open.has(one.symbol) && nowMs >= (restUntilMs.get(one.symbol) ?? 0),
        );
      if (!market) return undefined;
      nextAtMs = nowMs + PACE_MS;
      entries += 1;
      // It shows in the projection only after its entry: until then its symbol rests.
      restUntilMs.set(market.symbol, nowMs + PAUSE_MS);
      return entry(market, entries);
    },
    refused: (symbol, nowMs) => void restUntilMs.set(symbol, nowMs + REFUSED_PAUSE_MS),
  };
}

/** Two long, one short, and so on. */
function entry({ symbol, price, lotSize, minQuantity }: DemoMarket, count: number): OpenPositionRequest {
  const wanted = roundToStep(div(NOTIONAL, price), lotSize, 'down');
  const quantity = gt(wanted, minQuantity) ? wanted : max(minQuantity, lotSize);
  return {
    symbol,
    side: count % 3 === 0 ? 'short' : 'long',
    quantity,
    stopLoss: { percent: STOP_PERCENT },
    takeProfit: { percent: TARGET_PERCENT },
  };
}
