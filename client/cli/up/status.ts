/** The live lines under the screen: one per position with price and profit, one for the processes. */
import { mul, sub, type Decimal } from '../../../domain/decimal.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import type { Colors } from '../context.ts';
import type { LiveLine } from '../live.ts';
import { liveBanner, modeText, orDash, profit } from '../render/format.ts';
import { coverText, positionLine, protectionText, quantityText, sideText } from '../render/positions.ts';
import { table, type Column } from '../table.ts';
import type { PartName } from './parts.ts';

export type Prices = ReadonlyMap<Symbol, Decimal>;

/** What changes in place on a terminal. */
export function statusScreen(
  views: readonly PositionView[],
  prices: Prices,
  parts: ReadonlyMap<PartName, SupervisedState>,
  { colors, width }: { colors: Colors; width: number },
): string[] {
  const rows =
    views.length === 0
      ? [colors.dim('No position is open.')]
      : table(views, columns(prices, colors), width, colors.dim).split('\n');
  return [
    ...liveBanner(
      views.map(({ mode }) => mode),
      colors,
    ),
    ...rows,
    '',
    [...parts].map(([name, state]) => partText(name, state, colors)).join('   '),
  ];
}

/** What a log gets: a line only when something that matters changed, so no price and no profit. */
export const statusLines = (views: readonly PositionView[], colors: Colors): LiveLine[] =>
  views.map((view) => ({ key: `${view.workflowId} ${view.epoch}`, line: positionLine(view, colors) }));

function columns(prices: Prices, colors: Colors): Column<PositionView>[] {
  const priceOf = ({ symbol }: PositionView) => prices.get(symbol) ?? null;
  return [
    { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
    { head: 'SIDE', cell: (view) => sideText(view, colors), rank: 0 },
    { head: 'QTY', cell: quantityText, align: 'right', rank: 1 },
    { head: 'ENTRY', cell: ({ entryPrice }) => orDash(entryPrice), align: 'right', rank: 0 },
    { head: 'PRICE', cell: (view) => orDash(priceOf(view)), align: 'right', rank: 2 },
    { head: 'PROFIT', cell: (view) => profitText(view, priceOf(view), colors), align: 'right', rank: 0 },
    { head: 'STOP', cell: (view) => protectionText(view, 'stopLoss', colors), align: 'right', rank: 0 },
    { head: 'TARGET', cell: (view) => protectionText(view, 'takeProfit', colors), align: 'right', rank: 0 },
    { head: 'STATE', cell: (view) => stateText(view, colors), rank: 0 },
    {
      head: 'ACCOUNT',
      cell: ({ account, mode }) => (mode === 'live' ? `${account} ${modeText(mode, colors)}` : account),
      rank: 3,
    },
    { head: 'POSITION ID', cell: ({ exchangePositionId }) => orDash(exchangePositionId), rank: 4 },
  ];
}

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
