/** The health report as metrics, in Prometheus' text format: so that both always say the same. Pure. */
import { STATES, type StateLabels, type StateName } from '../metrics/catalogue.ts';
import type { AccountHealth } from './account-health.ts';
import type { HealthReport } from './report.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Sample = { labels: Readonly<Record<string, string>>; value: number };
type Samples = Map<StateName, Sample[]>;

/** Ends with a newline; what is not known is absent. */
export function exposition(report: HealthReport): string {
  const samples: Samples = new Map();
  const set = <Name extends StateName>(
    name: Name,
    labels: StateLabels<Name>,
    value: number | boolean | null,
  ): void => {
    if (value === null) return;
    const known = samples.get(name) ?? [];
    samples.set(name, [...known, { labels, value: Number(value) }]);
  };
  set('holdfast_worker_up', {}, 1);
  set('holdfast_worker_start_time_seconds', {}, Date.parse(report.at) / 1_000 - report.uptime_seconds);
  set('holdfast_healthy', {}, report.healthy);
  set('holdfast_ready', {}, report.ready);
  set('holdfast_temporal_up', {}, report.temporal.ok);
  set('holdfast_journal_up', {}, report.journal.ok);
  for (const account of report.accounts) setAccount(set, account);
  return [...samples].map(([name, rows]) => block(name, rows)).join('');
}

type Set = <Name extends StateName>(
  name: Name,
  labels: StateLabels<Name>,
  value: number | boolean | null,
) => void;

function setAccount(set: Set, health: AccountHealth): void {
  const { account } = health;
  const isHere = health.watched_by === 'this_worker';
  set('holdfast_account_healthy', { account }, health.healthy);
  set('holdfast_account_served', { account }, health.state === 'serving');
  set('holdfast_account_watched', { account }, isHere);
  for (const { limit, used, allowed } of health.rate_limits) {
    set('holdfast_rate_limit_used', { account, limit }, used);
    set('holdfast_rate_limit_allowed', { account, limit }, allowed);
  }
  // Another worker's figures are scraped from that worker: told twice, they would count twice.
  if (!isHere) return;
  set('holdfast_websocket_connected', { account }, health.websocket_connected);
  set('holdfast_active_positions', { account }, health.active_positions);
  set('holdfast_pending_orders', { account }, health.pending_orders);
  set('holdfast_age_of_truth_seconds', { account }, health.age_of_truth_seconds);
  set('holdfast_age_of_price_seconds', { account }, health.age_of_price_seconds);
  set('holdfast_uncovered_positions', { account }, health.uncovered_positions);
  set('holdfast_uncovered_seconds', { account }, health.uncovered_seconds);
  set('holdfast_uncovered_today_seconds', { account }, health.uncovered_today_seconds);
  set('holdfast_differing_legs', { account }, health.drift === 'unknown' ? null : health.differing_legs);
  set('holdfast_reconciliation_alert', { account }, health.reconciliations.frequent);
  set('holdfast_watcher_errors_total', { account }, health.errors);
}

function block(name: StateName, samples: readonly Sample[]): string {
  const { kind, help } = STATES[name];
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ''].join('\n');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
