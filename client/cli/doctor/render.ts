/** What `doctor` prints for people: findings as lines, accounts as one table with what is wrong below. */
import type { TruthReport } from '../../../config/serving.ts';
import type { Colors } from '../context.ts';
import { duration, exchangeText, modeText } from '../render/format.ts';
import { totalOf } from '../render/truth.ts';
import { table, type Column } from '../table.ts';
import type { AccountDetails, State } from './account-details.ts';
import type { Finding } from './finding.ts';

type Look = { colors: Colors; width: number };

const LABEL_WIDTH = 17;

export function report(findings: readonly Finding[], look: Look): string[] {
  const accounts = findings.flatMap(({ account }) => account ?? []);
  const problems = findings.flatMap(({ account }) => problemLines(account, look));
  return [
    ...findings.filter(({ account }) => account === undefined).map((finding) => line(finding, look)),
    ...(accounts.length === 0
      ? []
      : ['', table(accounts, columns(look.colors), look.width, look.colors.dim)]),
    ...(problems.length === 0 ? [] : ['', ...problems]),
  ];
}

const MARKS: Record<State, (colors: Colors) => string> = {
  ok: (colors) => colors.green('ok   '),
  note: (colors) => colors.yellow('note '),
  wrong: (colors) => colors.red('wrong'),
};

function line({ what, state, text, remedy }: Finding, { colors }: Look): string {
  const advice = remedy === undefined ? '' : `\n${' '.repeat(LABEL_WIDTH + 8)}${colors.dim(remedy)}`;
  return `${MARKS[state](colors)} ${what.padEnd(LABEL_WIDTH)}  ${text}${advice}`;
}

const problemLines = (account: AccountDetails | undefined, { colors }: Look): string[] =>
  (account?.problems ?? []).map(
    ({ state, text, remedy }) =>
      `${MARKS[state](colors)} ${colors.bold(account?.name ?? '')}: ${text}\n      ${colors.dim(remedy)}`,
  );

function columns(colors: Colors): Column<AccountDetails>[] {
  const missing = colors.dim('-');
  const good = (isGood: boolean, text: string): string => (isGood ? text : colors.red(text));
  return [
    { head: 'ACCOUNT', cell: ({ name }) => name, rank: 0 },
    {
      head: 'EXCHANGE',
      cell: ({ exchange }) => (exchange === null ? missing : exchangeText(exchange)),
      rank: 1,
    },
    { head: 'MODE', cell: ({ mode }) => (mode === null ? missing : modeText(mode, colors)), rank: 2 },
    {
      head: 'SERVED',
      cell: ({ served }) => good(served === 'serving' || served === 'nobody', SERVED[served]),
      rank: 0,
    },
    {
      head: 'REACHED',
      cell: ({ reachable }) => (reachable === null ? missing : good(reachable, reachable ? 'yes' : 'no')),
      rank: 0,
    },
    {
      head: 'CLOCK',
      cell: ({ clockSkewMs }) => (clockSkewMs === null ? missing : `${clockSkewMs} ms`),
      align: 'right',
      rank: 4,
    },
    { head: 'KEY', cell: (one) => keyText(one, colors), rank: 0 },
    { head: 'POSITION MODE', cell: (one) => modeCell(one, colors), rank: 3 },
    {
      head: 'MARKETS',
      cell: ({ markets }) => (markets === null ? missing : good(markets > 0, String(markets))),
      align: 'right',
      rank: 5,
    },
    { head: 'SOCKETS', cell: (one) => socketText(one, colors), rank: 1 },
    { head: 'LIMITS', cell: (one) => limitText(one, colors), rank: 6 },
    { head: 'TRUTH', cell: ({ truth }) => (truth === null ? missing : truthCell(truth, colors)), rank: 2 },
    {
      head: 'RECONCILED',
      cell: ({ truth }) => (truth === null ? missing : reconciledCell(truth, colors)),
      align: 'right',
      rank: 5,
    },
    { head: 'DRIFT', cell: (one) => driftText(one, colors), rank: 0 },
  ];
}

const SERVED: Record<AccountDetails['served'], string> = {
  serving: 'yes',
  connecting: 'connecting',
  not_served: 'no',
  nobody: '-',
};

/** What the key may do, as far as the exchange tells. */
function keyText({ keys, permissions, mode }: AccountDetails, colors: Colors): string {
  if (keys === 'refused') return colors.red('refused');
  if (permissions === null) return colors.dim('-');
  const { trade, withdraw } = permissions;
  const rights = [
    ...(trade === true ? ['trade'] : trade === false ? [colors.red('no trade')] : []),
    ...(withdraw === true ? [mode === 'live' ? colors.red('WITHDRAW') : colors.yellow('withdraw')] : []),
  ];
  const unknown = trade === 'unknown' || withdraw === 'unknown' ? ['unknown'] : [];
  return [...rights, ...unknown].join(', ') || 'read';
}

function modeCell({ positionMode, configuredPositionMode }: AccountDetails, colors: Colors): string {
  if (positionMode === null) return colors.dim('-');
  return positionMode === configuredPositionMode ? positionMode : colors.red(positionMode);
}

function socketText({ sockets }: AccountDetails, colors: Colors): string {
  if (sockets === null) return colors.dim('-');
  const { prices, account } = sockets;
  if (prices === 'live' && account === 'live') return 'live';
  return colors.red(prices === account ? prices : `${prices}/${account}`);
}

/** The limit that is used up most. */
function limitText({ limits }: AccountDetails, colors: Colors): string {
  const [most] = (limits ?? []).toSorted((a, b) => b.used / b.limit - a.used / a.limit);
  if (limits === null) return colors.dim('-');
  return most === undefined || most.used === 0 ? 'free' : `${most.name} ${most.used}/${most.limit}`;
}

/** The age of what the worker knows, red where that is no truth any more. */
function truthCell({ ageMs, state }: TruthReport, colors: Colors): string {
  const age = ageMs === null ? 'none' : duration(ageMs);
  return state === 'unknown' ? colors.red(age) : age;
}

/** How many since midnight UTC. */
function reconciledCell({ reconciliations, alert }: TruthReport, colors: Colors): string {
  const today = String(totalOf(reconciliations.today));
  return alert === null ? today : colors.red(today);
}

function driftText({ drift }: AccountDetails, colors: Colors): string {
  if (drift === null) return colors.dim('-');
  return drift.length > 0 ? colors.red(String(drift.length)) : 'none';
}
