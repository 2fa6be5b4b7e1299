/** What a sync would do, or did. */
import type { SyncAction } from '../../../domain/audit/sync-plan.ts';
import {
  isClean,
  type AccountReport,
  type SyncOutcome,
  type SyncReport,
} from '../../../domain/audit/sync-report.ts';
import { table, type Column } from '../table.ts';
import { indented, summary, type Look } from './differences.ts';
import { moment } from './format.ts';

/** Of each account, as planned. */
export type Plan = { account: string; actions: SyncAction[] };

export function planText(plans: readonly Plan[], look: Look): string {
  return plans
    .flatMap(({ account, actions }) =>
      actions.length === 0
        ? [`${look.colors.green('ok')} ${account}: nothing to do`]
        : [
            `${look.colors.bold(account)}: ${countedActions(actions)}`,
            indented(table(actions, actionColumns, look.width - 2, look.colors.dim)),
          ],
    )
    .join('\n');
}

const actionName = (one: SyncAction): string =>
  one.action === 'create' ? `create (${one.policy})` : one.action;

const actionColumns: Column<SyncAction>[] = [
  { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
  { head: 'LEG', cell: ({ leg }) => leg, rank: 2 },
  { head: 'ACTION', cell: actionName, rank: 0 },
  { head: 'BECAUSE', cell: ({ because }) => because.join(', '), rank: 1 },
  { head: 'WHAT', cell: ({ text }) => text, rank: 3 },
];

function countedActions(actions: readonly SyncAction[]): string {
  const groups = Map.groupBy(actions, ({ action }) => action);
  return [...groups].map(([action, group]) => `${group.length} ${action}`).join(', ');
}

export function reportText(report: SyncReport, look: Look): string {
  const verdict = isClean(report)
    ? look.colors.green('everything agrees')
    : look.colors.red('differences are left');
  return [
    ...report.accounts.map((each) => accountText(each, look)),
    `${report.executed ? 'Synced' : 'Compared'} ${moment(report.at)} UTC: ${verdict}`,
  ].join('\n');
}

function accountText(report: AccountReport, look: Look): string {
  const { colors, width } = look;
  if (report.state === 'failed') return `${colors.red('unknown')} ${report.account}: ${report.error}`;
  const { after, outcomes, account } = report;
  const state = after.agrees ? colors.green('ok') : colors.red('differs');
  const naked = after.unprotected.map(({ symbol, side, quantity }) => `${symbol} ${side} ${quantity}`);
  return [
    `${state} ${account}: ${summary(after.differences)}${outcomes.length === 0 ? '' : `; ${results(outcomes)}`}`,
    ...(outcomes.length === 0 ? [] : [indented(table(outcomes, outcomeColumns, width - 2, colors.dim))]),
    ...(naked.length > 0 ? [`  ${colors.red('without a full stop')} ${naked.join(', ')}`] : []),
  ].join('\n');
}

const RESULT_TEXT: Readonly<Record<SyncOutcome['result'], string>> = {
  planned: 'planned',
  done: 'done',
  not_done: 'NOT DONE',
  left: 'by hand',
};

function results(outcomes: readonly SyncOutcome[]): string {
  const groups = Map.groupBy(outcomes, ({ result }) => RESULT_TEXT[result]);
  return [...groups].map(([result, group]) => `${group.length} ${result}`).join(', ');
}

const outcomeColumns: Column<SyncOutcome>[] = [
  { head: 'SYMBOL', cell: ({ action }) => action.symbol, rank: 0 },
  { head: 'LEG', cell: ({ action }) => action.leg, rank: 2 },
  { head: 'ACTION', cell: ({ action }) => actionName(action), rank: 0 },
  { head: 'BECAUSE', cell: ({ action }) => action.because.join(', '), rank: 2 },
  { head: 'RESULT', cell: ({ result }) => RESULT_TEXT[result], rank: 0 },
  { head: 'WHY', cell: ({ text }) => text ?? '', rank: 1 },
];

/** The last ones, a line each; what was left under it. */
export function reportsTable(reports: readonly SyncReport[], { colors, width }: Look): string {
  if (reports.length === 0)
    return 'No comparison is on record yet. The first comes with the daily sync, or with holdfast sync --execute.';
  const columns: Column<SyncReport>[] = [
    { head: 'WHEN (UTC)', cell: ({ at }) => moment(at), rank: 0 },
    { head: 'CAUSE', cell: ({ cause }) => cause, rank: 2 },
    { head: 'DID', cell: ({ executed }) => (executed ? 'sync' : 'compare'), rank: 1 },
    { head: 'ACCOUNTS', cell: ({ accounts }) => String(accounts.length), align: 'right', rank: 2 },
    { head: 'FOUND', cell: ({ accounts }) => foundIn(accounts), rank: 0 },
    { head: 'LEFT', cell: ({ accounts }) => leftIn(accounts), align: 'right', rank: 0 },
    { head: 'NO FULL STOP', cell: ({ accounts }) => nakedIn(accounts), rank: 1 },
    { head: 'NOT EXAMINED', cell: ({ accounts }) => failedIn(accounts), rank: 1 },
  ];
  return table(reports, columns, width, colors.dim);
}

const examined = (accounts: readonly AccountReport[]) =>
  accounts.flatMap((each) => (each.state === 'examined' ? [each] : []));

const foundIn = (accounts: readonly AccountReport[]): string =>
  summary(examined(accounts).flatMap(({ before }) => before.differences)).replace('no difference', 'none');

const leftIn = (accounts: readonly AccountReport[]): string =>
  String(
    examined(accounts).reduce(
      (total, { after }) => total + after.differences.filter(({ weight }) => weight === 'difference').length,
      0,
    ),
  );

const nakedIn = (accounts: readonly AccountReport[]): string =>
  examined(accounts)
    .flatMap(({ account, after }) => after.unprotected.map(({ symbol }) => `${account} ${symbol}`))
    .join(', ') || '-';

const failedIn = (accounts: readonly AccountReport[]): string =>
  accounts.flatMap((each) => (each.state === 'failed' ? [each.account] : [])).join(', ') || '-';
