/** The live lines under the screen: one per position with price and profit, one for the processes. */
import { mul, sub, type Decimal } from '../../../domain/decimal.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { AccountReport } from '../../../config/serving.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import type { Colors } from '../context.ts';
import type { LiveLine } from '../live.ts';
import { notServedLines } from '../not-served.ts';
import { figure, liveBanner, modeText, orDash, profit } from '../render/format.ts';
import { coverText, positionLine, protectionText, quantityText, sideText } from '../render/positions.ts';
import { table, type Column } from '../table.ts';
import { groupsOf, remarksOf, type Account } from './groups.ts';
import type { PartName } from './parts.ts';

export type Prices = ReadonlyMap<Symbol, Decimal>;

export type StatusFacts = {
  accounts: readonly Account[];
  /** What the workers say of their accounts. */
  reports: ReadonlyMap<string, AccountReport>;
  views: readonly PositionView[];
  prices: Prices;
  parts: ReadonlyMap<PartName, SupervisedState>;
};

type Look = { colors: Colors; width: number; now(): number };

const INDENT = '  ';

/** What changes in place on a terminal. */
export function statusScreen(facts: StatusFacts, look: Look): string[] {
  const { accounts, reports, views, parts } = facts;
  const { colors } = look;
  const modes = [...accounts.map(({ mode }) => mode), ...views.map(({ mode }) => mode)];
  const sick = [...notServedLines(reports, look.now(), colors), ...remarksOf(reports, colors)];
  return [
    ...liveBanner(modes, colors),
    ...(isGrouped(facts) ? grouped(facts, look) : plain(facts, look)),
    ...(sick.length > 0 ? ['', ...sick] : []),
    '',
    [...parts].map(([name, state]) => partText(name, state, colors)).join('   '),
  ];
}

/** One account needs no heading, unless there are positions that are not its own. */
const isGrouped = ({ accounts, views }: StatusFacts): boolean =>
  accounts.length > 1 || views.some(({ account }) => account !== accounts[0]?.name);

function plain({ views, prices }: StatusFacts, { colors, width }: Look): string[] {
  if (views.length === 0) return [colors.dim('No position is open.')];
  return table(views, [...columns(prices, colors), accountColumn(colors)], width, colors.dim).split('\n');
}

/** One table for all accounts, so that its columns stand in line; the headings go between its rows. */
function grouped({ accounts, reports, views, prices }: StatusFacts, { colors, width }: Look): string[] {
  const groups = groupsOf(accounts, reports, views, colors);
  const ordered = groups.flatMap((group) => group.views);
  if (ordered.length === 0) return groups.map(({ heading }) => heading);
  const [head = '', ...rows] = table(
    ordered,
    columns(prices, colors),
    width - INDENT.length,
    colors.dim,
  ).split('\n');
  const lineOf = new Map(ordered.map((view, index) => [view, rows[index] ?? '']));
  return [
    `${INDENT}${head}`,
    ...groups.flatMap(({ heading, views: own }) => [
      heading,
      ...own.map((view) => `${INDENT}${lineOf.get(view) ?? ''}`),
    ]),
  ];
}

/** What a log gets: a line only when something that matters changed, so no price and no profit. */
export function statusLines(
  { accounts, reports, views }: Pick<StatusFacts, 'accounts' | 'reports' | 'views'>,
  colors: Colors,
): LiveLine[] {
  const named = (account: string): string => (accounts.length > 1 ? `${colors.bold(account)}  ` : '');
  return [
    ...views.map((view) => ({
      key: `${view.workflowId} ${view.epoch}`,
      line: `${named(view.account)}${positionLine(view, colors)}`,
    })),
    ...[...reports.values()].flatMap(({ account, status }) =>
      status.state === 'not_served'
        ? [{ key: `account ${account}`, line: `${colors.red(`${account} is not served`)}: ${status.reason}` }]
        : [],
    ),
  ];
}

function columns(prices: Prices, colors: Colors): Column<PositionView>[] {
  const priceOf = ({ symbol }: PositionView) => prices.get(symbol) ?? null;
  return [
    { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
    { head: 'SIDE', cell: (view) => sideText(view, colors), rank: 0 },
    { head: 'QTY', cell: quantityText, align: 'right', rank: 1 },
    { head: 'ENTRY', cell: ({ entryPrice }) => figure(entryPrice), align: 'right', rank: 0 },
    { head: 'PRICE', cell: (view) => orDash(priceOf(view)), align: 'right', rank: 2 },
    { head: 'PROFIT', cell: (view) => profitText(view, priceOf(view), colors), align: 'right', rank: 0 },
    { head: 'STOP', cell: (view) => protectionText(view, 'stopLoss', colors), align: 'right', rank: 0 },
    { head: 'TARGET', cell: (view) => protectionText(view, 'takeProfit', colors), align: 'right', rank: 0 },
    { head: 'STATE', cell: (view) => stateText(view, colors), rank: 0 },
    { head: 'POSITION ID', cell: ({ exchangePositionId }) => orDash(exchangePositionId), rank: 4 },
  ];
}

const accountColumn = (colors: Colors): Column<PositionView> => ({
  head: 'ACCOUNT',
  cell: ({ account, mode }) => (mode === 'live' ? `${account} ${modeText(mode, colors)}` : account),
  rank: 3,
});

function stateText(view: PositionView, colors: Colors): string {
  const alarm = view.findings.findLast(({ kind }) => kind === 'alarm');
  if (alarm) return colors.red(alarm.code);
  return view.stage === 'open' ? coverText(view, colors) : view.stage;
}

function profitText(
  { entryPrice, quantity, side }: PositionView,
  price: Decimal | null,
  colors: Colors,
): string {
  if (entryPrice === null || price === null) return colors.dim('-');
  const rise = mul(sub(price, entryPrice), quantity);
  return profit(side === 'long' ? rise : sub('0', rise), colors);
}

const TITLES: Readonly<Record<PartName, string>> = { temporal: 'Temporal', venue: 'venue', worker: 'worker' };

function partText(name: PartName, state: SupervisedState, colors: Colors): string {
  switch (state.stage) {
    case 'running':
      return `${colors.green('up')} ${TITLES[name]} ${colors.dim(String(state.pid))}`;
    case 'starting':
      return `${colors.yellow('starting')} ${TITLES[name]}`;
    case 'waiting':
      return `${colors.yellow('restarting')} ${TITLES[name]}`;
    case 'failed':
      return `${colors.red('failed')} ${TITLES[name]}`;
    case 'stopped':
      return `${colors.dim('stopped')} ${TITLES[name]}`;
    default:
      return state satisfies never;
  }
}
