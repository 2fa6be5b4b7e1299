/** One account compared with its exchange: the shape behind `diagnose --json` and the daily report. */
import type { Decimal } from '../decimal.ts';
import type { Difference } from './difference.ts';
import type { AccountSnapshot } from '../exchange-truth.ts';
import { legProtections } from './leg-protection.ts';
import type { LegName, Side, Symbol } from '../terms.ts';
import type { PositionView } from '../view.ts';

/** An open position at the exchange that live stops would not close whole. */
export type Unprotected = {
  symbol: Symbol;
  leg: LegName;
  side: Side;
  quantity: Decimal;
  /** Of it, what stops would close. */
  coveredQuantity: Decimal;
  /** Whether it is kept here. */
  kept: boolean;
};

export type Diagnosis = {
  account: string;
  /** No difference that would have to be put right; what is only noted does not count. */
  agrees: boolean;
  /** Open at the exchange. */
  positions: number;
  differences: Difference[];
  unprotected: Unprotected[];
  /** What could not be looked at, as sentences. */
  notLookedAt: string[];
  /** When the exchange was read, ISO 8601. */
  checkedAt: string;
};

/** Every position that stands without a full stop, whoever keeps it. */
export const unprotected = (snapshot: AccountSnapshot, views: readonly PositionView[]): Unprotected[] =>
  legProtections(snapshot)
    .filter(({ cover }) => cover !== 'covered')
    .map(({ position: { symbol, leg, side, quantity }, stopQuantity: coveredQuantity }) => ({
      symbol,
      leg,
      side,
      quantity,
      coveredQuantity,
      kept: views.some((view) => view.symbol === symbol && view.leg === leg),
    }));

/** Workflows that run against positions that are written down, both by workflow id. */
export function unmatchedWorkflows(
  views: readonly PositionView[],
  running: ReadonlySet<string>,
): { abandoned: PositionView[]; unwritten: string[] } {
  const written = new Set(views.map(({ workflowId }) => workflowId));
  return {
    abandoned: views.filter(({ workflowId }) => !running.has(workflowId)),
    unwritten: [...running].filter((workflowId) => !written.has(workflowId)),
  };
}
