/** What a sync did, or would do: the shape behind `sync --json`, `report --json` and the daily report. */
import type { Diagnosis } from './diagnosis.ts';
import { counts, type Difference } from './difference.ts';
import type { SyncAction } from './sync-plan.ts';

export type SyncOutcome = {
  action: SyncAction;
  /** `planned`: a dry run; `left`: only a person can put it right. */
  result: 'planned' | 'done' | 'not_done' | 'left';
  /** Why it was not done. */
  text: string | null;
};

/** One account that could be examined. */
export type AccountSync = { before: Diagnosis; after: Diagnosis; outcomes: SyncOutcome[] };

/** Of several accounts, one that could not be examined has `error` and no more. */
export type AccountReport = { account: string } & (
  | ({ state: 'examined' } & AccountSync)
  | { state: 'failed'; error: string }
);

export type SyncReport = {
  /** The workflow's run: the same report is kept once. */
  id: string;
  /** ISO 8601. */
  at: string;
  cause: 'daily' | 'request';
  /** False: it only looked. */
  executed: boolean;
  accounts: AccountReport[];
};

/** Whether every account could be examined, and nothing is left to be put right. */
export const isClean = ({ accounts }: SyncReport): boolean =>
  accounts.every((each) => each.state === 'examined' && each.after.agrees);

/** `3 quantity, 1 only_here`, the most frequent first; empty without any. */
export function countsByKind(differences: readonly Difference[]): string {
  const kinds = Map.groupBy(differences, ({ kind }) => kind);
  return [...kinds]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([kind, group]) => `${group.length} ${kind}`)
    .join(', ');
}

/** For the Web UI: one row an account, then what is left. */
export function reportCard(report: SyncReport): string {
  return [
    `**${report.executed ? 'Synced' : 'Compared'}** ${report.at.slice(0, 16).replace('T', ' ')} UTC: ${isClean(report) ? 'all agree' : 'differences are left'}`,
    '',
    '| account | at the exchange | differences | left | without a full stop |',
    '|---|---|---|---|---|',
    ...report.accounts.map(accountRow),
    '',
    ...report.accounts.flatMap(leftLines),
  ].join('\n');
}

function accountRow(report: AccountReport): string {
  if (report.state === 'failed') return `| ${report.account} | not examined: ${report.error} | | | |`;
  const { before, after } = report;
  const found = before.differences.filter(counts);
  const cells = [
    report.account,
    after.positions,
    found.length === 0 ? 'none' : countsByKind(found),
    after.differences.filter(counts).length,
    after.unprotected.map(({ symbol, side }) => `${side} ${symbol}`).join(', ') || 'none',
  ];
  return `| ${cells.join(' | ')} |`;
}

const leftLines = (report: AccountReport): string[] =>
  report.state === 'failed'
    ? []
    : report.after.differences.map(
        ({ account, symbol, leg, text }) => `- ${account} ${symbol} ${leg}: ${text}`,
      );
