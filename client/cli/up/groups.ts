/** The open positions under their accounts: each account is a line with its exchange, mode and money. */
import type { AccountConfig } from '../../../config/config.ts';
import type { AccountReport } from '../../../config/serving.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { Colors } from '../context.ts';
import { exchangeText, modeText } from '../render/format.ts';
import { truthRemarks } from '../render/truth.ts';

/** What heads a group. */
export type Account = Pick<AccountConfig, 'name' | 'exchange' | 'mode' | 'positionMode'>;

type Group = { account: string; heading: string; views: readonly PositionView[] };

/** Configured accounts in their order, then those that hold a position and are configured no more. */
export function groupsOf(
  accounts: readonly Account[],
  reports: ReadonlyMap<string, AccountReport>,
  views: readonly PositionView[],
  colors: Colors,
): Group[] {
  const known = new Set(accounts.map(({ name }) => name));
  const strays = [...new Set(views.map(({ account }) => account))].filter((name) => !known.has(name));
  const of = (name: string): PositionView[] => views.filter(({ account }) => account === name);
  const width = Math.max(0, ...accounts.map(({ name }) => name.length));
  return [
    ...accounts.map((account) => ({
      account: account.name,
      heading: headingOf(account, reports.get(account.name), width, of(account.name).length === 0, colors),
      views: of(account.name),
    })),
    ...strays.map((name) => ({
      account: name,
      heading: `${colors.red(name)}  not configured here: nobody looks after it`,
      views: of(name),
    })),
  ];
}

function headingOf(
  { name, exchange, mode, positionMode }: Account,
  report: AccountReport | undefined,
  width: number,
  isEmpty: boolean,
  colors: Colors,
): string {
  const title = `${colors.bold(name.padEnd(width))}  ${colors.dim(`${exchangeText(exchange)}, ${positionMode},`)} ${mode === 'live' ? modeText(mode, colors) : colors.dim(mode)}`;
  const status = report?.status;
  if (status?.state === 'not_served') return `${title}  ${colors.red('not served')}`;
  if (status?.state === 'connecting') return `${title}  ${colors.yellow('connecting')}`;
  const notes = status?.state === 'serving' && status.notes.length > 0;
  if (notes) return `${title}  ${colors.yellow('served, see below')}`;
  return isEmpty ? `${title}  ${colors.dim('no position is open')}` : title;
}

/** What is worth a line of its own below the positions: why an account is not, or only half, served. */
export function remarksOf(reports: ReadonlyMap<string, AccountReport>, colors: Colors): string[] {
  return [...reports.values()].flatMap(({ account, status, truth }) =>
    status.state === 'serving'
      ? [...status.notes, ...(truth ? truthRemarks(truth) : [])].map(
          (note) => `${colors.yellow(account)}: ${note}`,
        )
      : [],
  );
}
