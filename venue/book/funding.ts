/** Funding: every eight hours of market time, at the market's rate, on what is held at its mark price. */
import { add, isZero } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { addIncome, credit } from './fill.ts';
import { fundingOf } from './ledger.ts';
import { marketOf } from './margin.ts';

export const FUNDING_INTERVAL_MS = 8 * 3_600_000;

/** The settlement after `timeMs`: 00:00, 08:00 or 16:00 UTC. */
export const nextFundingAfter = (timeMs: number): number =>
  (Math.floor(timeMs / FUNDING_INTERVAL_MS) + 1) * FUNDING_INTERVAL_MS;

/** Settles if the market's time has passed the next settlement. */
export function settleDueFunding(books: Books, marketTimeMs: number): void {
  const due = books.meta().nextFundingAtMs;
  const ahead = due !== null && due > nextFundingAfter(marketTimeMs);
  if (due === null || ahead) {
    books.transact(() => books.put.meta({ nextFundingAtMs: nextFundingAfter(marketTimeMs) }));
    return;
  }
  if (marketTimeMs < due) return;
  books.transact(() => {
    books.put.meta({ nextFundingAtMs: nextFundingAfter(marketTimeMs) });
    settleFunding(books, undefined, undefined);
  });
}

/** Settles now. Returns how many positions it touched. */
export function settleFunding(books: Books, symbol: string | undefined, rate: Decimal | undefined): number {
  return books.transact(() => {
    const held = [...books.positions.values()].filter(
      (position) => symbol === undefined || position.symbol === symbol,
    );
    for (const position of held) {
      const market = marketOf(books, position.symbol);
      const settledRate = rate ?? market.fundingRate;
      const amount = fundingOf(position, market.mark, settledRate);
      if (isZero(amount)) continue;
      const funded = { ...position, funding: add(position.funding, amount), updatedAtMs: books.now() };
      books.put.position(funded);
      const account = credit(books, position.account, amount);
      const { leg, side, quantity } = position;
      const income = addIncome(books, position.account, position.symbol, 'FUNDING_FEE', amount, {
        settled: { leg, side, quantity, markPrice: market.mark, rate: settledRate },
      });
      const legs = position.isolated
        ? [{ symbol: position.symbol, leg: position.leg, position: funded }]
        : [];
      books.emit({ kind: 'account', reason: 'FUNDING_FEE', account, change: amount, legs, income });
    }
    return held.length;
  });
}
