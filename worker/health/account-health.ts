/** How one account is, from what its server and its watcher know. Pure. */
import type { ObserveHealth } from '../../activities/observe/deps.ts';
import type { AccountReport } from '../../config/serving.ts';
import { problemsOf } from './account-problems.ts';

/** What is known of one account. */
export type AccountFacts = {
  /** As this worker serves it. */
  own: AccountReport;
  /** Of the watcher in this process; undefined while it has not been set up. */
  watcher: ObserveHealth | undefined;
  /** As another worker on the same data folder that watches it tells; undefined: none does. */
  elsewhere: AccountReport | undefined;
};

/** What the watcher of an account knows, whichever worker it runs in. */
export type WatchFigures = {
  /** null here and below: nobody has read the account. */
  websocket_connected: boolean | null;
  active_positions: number | null;
  pending_orders: number | null;
  /** When the last complete reading ended, ISO 8601. */
  last_update: string | null;
  /** Of the watcher, since it began; null where it is another worker's. */
  errors: number | null;
  age_of_truth_seconds: number | null;
  /** The oldest among the symbols watched; null while there is none, or where it is another worker's. */
  age_of_price_seconds: number | null;
  uncovered_positions: number | null;
  /** Without full cover: of all positions that are open now, and of trades that ended since midnight UTC. */
  uncovered_seconds: number | null;
  uncovered_today_seconds: number | null;
  drift: 'in_agreement' | 'differs' | 'unknown';
  differing_legs: number;
  /** Those that differ longest. */
  differing: { symbol: string; leg: string; since: string; text: string }[];
  reconciliations: {
    today: Record<string, number>;
    last_hour: Record<string, number>;
    /** More of them than the account's `reconciliation_alert` allows. */
    frequent: boolean;
  };
};

/** The documented, stable shape behind `/health`: fields are added, never renamed or re-used. */
export type AccountHealth = {
  account: string;
  healthy: boolean;
  /** Why it is not. */
  problems: string[];
  /** Worth knowing: what keeps entries from being taken, for example. */
  notes: string[];
  state: AccountReport['status']['state'];
  watched_by: 'this_worker' | 'another_worker' | 'nobody';
} & WatchFigures & {
    rate_limits: { limit: string; used: number; allowed: number; window_seconds: number }[];
  };

export function accountHealth(facts: AccountFacts): AccountHealth {
  const { own, watcher, elsewhere } = facts;
  const isHere = watcher?.watching === true;
  const told = isHere ? own : elsewhere;
  const figures = { ...figuresOf(told), ...(isHere && onlyHere(watcher)) };
  const problems = problemsOf(own.status, figures, told?.truth?.cover.longestMs ?? 0);
  return {
    account: own.account,
    healthy: problems.length === 0,
    problems,
    notes: own.status.state === 'serving' ? own.status.notes : [],
    state: own.status.state,
    watched_by: isHere ? 'this_worker' : told ? 'another_worker' : 'nobody',
    ...figures,
    rate_limits: (own.limits ?? []).map(({ name, used, limit, windowMs }) => ({
      limit: name,
      used,
      allowed: limit,
      window_seconds: windowMs / 1_000,
    })),
  };
}

function figuresOf(told: AccountReport | undefined): WatchFigures {
  const { watch, truth } = told ?? {};
  return {
    websocket_connected: watch?.streamsOpen ?? null,
    active_positions: watch?.positions ?? null,
    pending_orders: watch?.pendingOrders ?? null,
    last_update: null,
    errors: null,
    age_of_truth_seconds: seconds(truth?.ageMs),
    age_of_price_seconds: null,
    uncovered_positions: truth?.cover.uncovered ?? null,
    uncovered_seconds: seconds(truth?.cover.uncoveredMs),
    uncovered_today_seconds: seconds(truth?.cover.uncoveredTodayMs),
    drift: truth?.state ?? 'unknown',
    differing_legs: truth?.differs ?? 0,
    differing: (truth?.legs ?? []).map(({ sinceAt, ...leg }) => ({ ...leg, since: sinceAt })),
    reconciliations: {
      today: truth?.reconciliations.today ?? {},
      last_hour: truth?.reconciliations.lastHour ?? {},
      frequent: (truth?.alert ?? null) !== null,
    },
  };
}

/** What one worker does not tell another. */
const onlyHere = ({ lastUpdateMs, errors, ageOfPriceMs }: ObserveHealth): Partial<WatchFigures> => ({
  last_update: lastUpdateMs === null ? null : new Date(lastUpdateMs).toISOString(),
  errors,
  age_of_price_seconds: seconds(ageOfPriceMs),
});

const seconds = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : ms / 1_000;
