/** How protection looks in a terminal. */
import { liveBanner, orDash } from '../render/format.ts';
import { sideText } from '../render/positions.ts';
import type { Colors, Context } from '../context.ts';
import { table, type Column } from '../table.ts';
import type { AccountProtection, LeftLine, OrderLine, PositionRow } from './report.ts';

type Screen = Pick<Context, 'colors' | 'width'>;

/** Every position with what protects it, what was or would be placed, and what could not be read. */
export function protectionText(accounts: readonly AccountProtection[], screen: Screen): string {
  const { colors } = screen;
  const positions = accounts.flatMap((account) => account.positions);
  const modes = accounts.flatMap(({ mode }) => mode ?? []);
  return [
    ...liveBanner(modes, colors),
    ...(positions.length === 0 ? [] : [positionsTable(positions, screen)]),
    ...accounts.flatMap(({ orders }) => orders.map((order) => orderText(order, colors))),
    ...accounts.flatMap(({ left }) => left.map((line) => leftText(line, colors))),
    ...accounts.flatMap(({ account, error }) =>
      error === null ? [] : [`${colors.red('unknown')} ${account}: ${error}`],
    ),
    ...summary(accounts, positions, colors),
  ].join('\n');
}

function positionsTable(rows: readonly PositionRow[], { colors, width }: Screen): string {
  const columns: Column<PositionRow>[] = [
    { head: 'ACCOUNT', cell: ({ account }) => account, rank: 0 },
    { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
    { head: 'SIDE', cell: (row) => sideText(row, colors), rank: 0 },
    { head: 'QTY', cell: ({ quantity }) => quantity, align: 'right', rank: 0 },
    { head: 'ENTRY', cell: ({ entryPrice }) => orDash(entryPrice), align: 'right', rank: 1 },
    { head: 'STOP', cell: ({ stopPrices }) => pricesText(stopPrices), align: 'right', rank: 0 },
    { head: 'TARGET', cell: ({ targetPrices }) => pricesText(targetPrices), align: 'right', rank: 1 },
    { head: 'COVER', cell: (row) => coverText(row, colors), rank: 0 },
  ];
  return table(rows, columns, width, colors.dim);
}

const pricesText = (prices: readonly string[]): string => (prices.length === 0 ? '-' : prices.join(' '));

function coverText({ cover, stopQuantity, quantity }: PositionRow, colors: Colors): string {
  switch (cover) {
    case 'covered':
      return colors.green('covered');
    case 'partly':
      return colors.red(`partly ${stopQuantity} of ${quantity}`);
    case 'naked':
      return colors.red('naked');
    default:
      return cover satisfies never;
  }
}

function orderText(line: OrderLine, colors: Colors): string {
  const { account, symbol, leg, role, quantity, triggerPrice, measuredFrom, orderId, reason, note } = line;
  const from = measuredFrom === 'price' ? ', from the present price' : '';
  const what = `${role} ${quantity} at ${triggerPrice}${from} for ${account} ${symbol} ${leg}`;
  const end = [...(orderId === null ? [] : [orderId]), ...(reason === null ? [] : [reason])].join(', ');
  return `${outcomeText(line, colors)} ${what}${end && `: ${end}`}${note === null ? '' : `; ${colors.yellow(note)}`}`;
}

function outcomeText({ outcome }: OrderLine, colors: Colors): string {
  switch (outcome) {
    case 'planned':
      return colors.yellow('would place');
    case 'live':
      return colors.green('placed');
    case 'filled':
      return colors.yellow('filled');
    case 'refused':
      return colors.red('refused');
    case 'unknown':
      return colors.red('outcome unknown, run it again:');
    default:
      return outcome satisfies never;
  }
}

const leftText = ({ account, symbol, leg, text }: LeftLine, colors: Colors): string =>
  `${colors.yellow('left')} ${account} ${symbol} ${leg}: ${text}`;

function summary(
  accounts: readonly AccountProtection[],
  positions: readonly PositionRow[],
  colors: Colors,
): string[] {
  const open = positions.filter(({ cover }) => cover !== 'covered').length;
  const all = positions.length === 1 ? '1 position' : `${positions.length} positions`;
  if (open > 0) return [colors.red(`not covered: ${open} of ${all}`)];
  if (positions.length > 0) return [colors.green(`all covered: ${all}`)];
  return accounts.some(({ covered }) => covered === null) ? [] : ['No position is open.'];
}
