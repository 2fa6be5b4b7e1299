/**
 * Every metric of our own: its kind, its labels and what it says. Labels have few values, all known
 * beforehand: never an id or a symbol. `docs/health.md` and `ops/grafana-dashboard.json` are held to it.
 */

export type MetricKind = 'counter' | 'gauge' | 'histogram';
type Metric = { kind: MetricKind; labels: readonly string[]; help: string };

/** What happened, told as it happens; since the process began. */
export const EVENTS = {
  holdfast_orders_total: {
    kind: 'counter',
    labels: ['account', 'role', 'outcome'],
    help: 'Orders sent, by how the exchange answered; unknown ones are looked up',
  },
  holdfast_cancels_total: {
    kind: 'counter',
    labels: ['account', 'outcome'],
    help: 'Cancellations sent, by how the exchange answered',
  },
  holdfast_exchange_call_seconds: {
    kind: 'histogram',
    labels: ['exchange', 'call', 'result'],
    help: 'From asking the gateway to its answer, waiting for the rate limit included',
  },
  holdfast_tick_to_close_seconds: {
    kind: 'histogram',
    labels: ['account'],
    help: 'From the price tick that crossed a level to the answer to the close order',
  },
  holdfast_crossings_total: {
    kind: 'counter',
    labels: ['account', 'kind'],
    help: 'Price levels crossed',
  },
  holdfast_snapshots_total: {
    kind: 'counter',
    labels: ['account', 'result'],
    help: 'Readings of the account; only complete ones count',
  },
  holdfast_signals_total: {
    kind: 'counter',
    labels: ['account', 'signal', 'result'],
    help: 'Signals of the watcher to workflows',
  },
  holdfast_signal_seconds: {
    kind: 'histogram',
    labels: ['signal'],
    help: 'From sending a signal to the Temporal server having it',
  },
  holdfast_reconciliations_total: {
    kind: 'counter',
    labels: ['account', 'kind'],
    help: 'Differences between exchange and positions that were settled, as the watcher found them in the journal',
  },
  holdfast_balance_reads_total: {
    kind: 'counter',
    labels: ['account', 'result'],
    help: 'Readings of the balance; changed ones were written to the journal',
  },
  holdfast_late_figures_total: {
    kind: 'counter',
    labels: ['account', 'result'],
    help: 'Attempts to complete finished trades by the figures of the exchange',
  },
  holdfast_journal_writes_total: {
    kind: 'counter',
    labels: ['operation', 'result'],
    help: 'Writes to the journal',
  },
} as const satisfies Record<string, Metric>;

/** What is, told when it is asked for; absent while it is not known. */
export const STATES = {
  holdfast_worker_up: { kind: 'gauge', labels: [], help: 'The worker answers' },
  holdfast_worker_start_time_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'When the process began, Unix time',
  },
  holdfast_healthy: { kind: 'gauge', labels: [], help: '1: all is well, as /health says' },
  holdfast_ready: { kind: 'gauge', labels: [], help: '1: work is taken, as /health/ready says' },
  holdfast_temporal_up: { kind: 'gauge', labels: [], help: 'The Temporal server answers' },
  holdfast_journal_up: {
    kind: 'gauge',
    labels: [],
    help: 'The journal can be read, and takes what is written',
  },
  holdfast_account_healthy: {
    kind: 'gauge',
    labels: ['account'],
    help: '1: nothing is wrong with the account',
  },
  holdfast_account_served: {
    kind: 'gauge',
    labels: ['account'],
    help: '1: this worker takes work of the account',
  },
  holdfast_account_watched: {
    kind: 'gauge',
    labels: ['account'],
    help: '1: this worker watches the account; figures of the watcher come from that worker alone',
  },
  holdfast_websocket_connected: {
    kind: 'gauge',
    labels: ['account'],
    help: '1: both sockets, prices and account, are open',
  },
  holdfast_active_positions: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Open positions in the last complete reading of the exchange',
  },
  holdfast_pending_orders: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Open orders in the last complete reading of the exchange',
  },
  holdfast_age_of_truth_seconds: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Since the last complete reading of the account',
  },
  holdfast_age_of_price_seconds: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Of the oldest price among the symbols watched',
  },
  holdfast_uncovered_positions: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Open positions without a stop for their whole quantity',
  },
  holdfast_uncovered_seconds: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Time without full cover of all positions that are open now, added up',
  },
  holdfast_uncovered_today_seconds: {
    kind: 'gauge',
    labels: ['account'],
    help: 'The same of all trades that ended since midnight UTC',
  },
  holdfast_differing_legs: {
    kind: 'gauge',
    labels: ['account'],
    help: 'Legs on which positions and exchange do not agree; absent while the truth is too old',
  },
  holdfast_reconciliation_alert: {
    kind: 'gauge',
    labels: ['account'],
    help: '1: reconciliations are frequent',
  },
  holdfast_watcher_errors_total: {
    kind: 'counter',
    labels: ['account'],
    help: 'Errors of the watcher, all survived',
  },
  holdfast_rate_limit_used: {
    kind: 'gauge',
    labels: ['account', 'limit'],
    help: 'The most that was used of a documented limit within its window, between the last two examinations',
  },
  holdfast_rate_limit_allowed: {
    kind: 'gauge',
    labels: ['account', 'limit'],
    help: 'What the limit allows within its window',
  },
} as const satisfies Record<string, Metric>;

export type EventName = keyof typeof EVENTS;
export type StateName = keyof typeof STATES;

type Named<Kind extends MetricKind> = {
  [Name in EventName]: (typeof EVENTS)[Name]['kind'] extends Kind ? Name : never;
}[EventName];
export type CounterName = Named<'counter'>;
export type HistogramName = Named<'histogram'>;

/** The labels of one metric, each with its value. */
export type Labels<Name extends EventName> = Record<(typeof EVENTS)[Name]['labels'][number], string>;
export type StateLabels<Name extends StateName> = Record<(typeof STATES)[Name]['labels'][number], string>;

/** Seconds: from a call on the same machine to one that only a deadline ends. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The buckets of every histogram of ours. */
export const HISTOGRAM_BUCKETS: Record<string, number[]> = Object.fromEntries(
  Object.entries(EVENTS).flatMap(([name, { kind }]) => (kind === 'histogram' ? [[name, BUCKETS]] : [])),
);
