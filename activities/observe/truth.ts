/** Everything about how well the account is known: agreement, reconciliations, balance, late figures. */
import { DEFAULT_FREQUENCY } from '../../domain/audit/reconciliations.ts';
import type { AccountHint } from '../../exchanges/exchange.ts';
import { createAgreement } from './agreement.ts';
import type { Reading } from './agreement.ts';
import { createBalanceWatch } from './balance-watch.ts';
import { coverOf } from './cover.ts';
import type { ObserveDeps, TruthHealth } from './deps.ts';
import { keepCompleting } from './late-figures.ts';
import { createReconciliationWatch, NOTHING_COUNTED } from './reconciliation-watch.ts';
import type { Tally } from './tally.ts';

/** Truth older than so many readings is none. */
const STALE_AFTER_READINGS = 3;

export type Truth = {
  /** A complete reading; `news`: legs had something to be told. */
  onReading(reading: Reading, news: boolean): void;
  onHint(hint: AccountHint): void;
  /** What runs until the run is over. */
  keep(): Promise<void>[];
  health(ageOfTruthMs: number | null): TruthHealth;
};

/** What nobody watches. */
export const UNKNOWN_TRUTH: TruthHealth = {
  agreement: { state: 'unknown', agreedAtMs: null, count: 0, sinceMs: null, legs: [] },
  reconciliations: NOTHING_COUNTED,
  cover: { uncovered: 0, uncoveredMs: 0, longestMs: 0 },
  balance: null,
};

export function createTruth(deps: ObserveDeps, pollMs: number, tally: Tally, over: AbortSignal): Truth {
  const { exchange, clock, alert = DEFAULT_FREQUENCY, ignoresUnmanaged = false } = deps;
  const staleMs = pollMs * STALE_AFTER_READINGS;
  const agreement = createAgreement(exchange.account, { staleMs, ignoresUnmanaged });
  const balance = createBalanceWatch({ ...deps, tally, over });
  const reconciliations = createReconciliationWatch({ ...deps, pollMs, rule: alert, tally, over });
  let views: Reading['views'] = [];
  return {
    onReading: (reading, news) => {
      views = reading.views;
      agreement.compare(reading, clock.now());
      if (news) balance.stir('change');
    },
    onHint: ({ kind }) => {
      if (kind === 'balance') balance.stir('hint');
    },
    keep: () => [balance.keep(), reconciliations.keep(), keepCompleting({ ...deps, tally, over })],
    health: (ageOfTruthMs) => ({
      agreement: agreement.now(ageOfTruthMs),
      reconciliations: reconciliations.now(),
      cover: coverOf(views, clock.now()),
      balance: balance.last() ?? null,
    }),
  };
}
