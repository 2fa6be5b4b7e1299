/** The tranches of a position: their orders, and what moves their stops. */
import { movesOf, percentText, shareText, toEnterText } from '../../../domain/position/tranche-words.ts';
import type { PositionView, ProtectionView, TargetView, TrancheView } from '../../../domain/view.ts';
import type { Colors } from '../context.ts';
import { table, type Column } from '../table.ts';
import { figure, liveBanner, orDash } from './format.ts';

type Row = (label: string, value: string) => string;

/** As `show` prints them: a line for each order, and for whatever moves a stop. */
export function trancheLines(tranche: TrancheView, row: Row): string[] {
  const { id, quantity, entryPrice, stopLoss, takeProfit, targets } = tranche;
  const toEnter = toEnterText(tranche);
  const entry = entryPrice === undefined || entryPrice === null ? '' : ` @ ${figure(entryPrice)}`;
  return [
    row(`tranche ${id}`, `${quantity}${entry}`),
    row('  stop', orderText(stopLoss)),
    ...movesOf(tranche).map(([name, text]) => row(`  ${name}`, text)),
    ...(targets ?? []).map((target) => row(`  target ${target.id}`, targetText(target))),
    ...(targets ? [] : [row('  target', orderText(takeProfit))]),
    ...(toEnter === null ? [] : [row('  to enter', toEnter)]),
  ];
}

const orderText = ({ price, orderId, state }: ProtectionView): string =>
  state === 'none' ? 'none' : `${orDash(price)}  ${state}${orderId === null ? '' : `  order ${orderId}`}`;

/** `44000  live  closes 0.02 (40%)  order 12`. */
const targetText = (target: TargetView): string =>
  [
    orDash(target.price),
    target.state,
    shareText(target),
    ...(target.orderId === null ? [] : [`order ${target.orderId}`]),
  ].join('  ');

/** A line each, as `tranche list` prints them. */
export function tranchesText(
  position: PositionView,
  { colors, width }: { colors: Colors; width: number },
): string {
  const columns: Column<TrancheView>[] = [
    { head: 'TRANCHE', cell: ({ id }) => id, rank: 0 },
    { head: 'QTY', cell: quantityCell, align: 'right', rank: 0 },
    { head: 'ENTRY', cell: ({ entryPrice }) => figure(entryPrice ?? null), align: 'right', rank: 0 },
    { head: 'STOP', cell: ({ stopLoss }) => orderCell(stopLoss), align: 'right', rank: 0 },
    { head: 'TARGETS', cell: targetsCell, rank: 0 },
    {
      head: 'MOVES',
      cell: (tranche) =>
        movesOf(tranche)
          .map(([name]) => name)
          .join(', '),
      rank: 1,
    },
    { head: 'REQUEST', cell: ({ requestId }) => orDash(requestId ?? null), rank: 2 },
  ];
  return [...liveBanner([position.mode], colors), table(position.tranches, columns, width, colors.dim)].join(
    '\n',
  );
}

const quantityCell = ({ quantity, toEnter }: TrancheView): string =>
  toEnter === undefined || toEnter === '0' ? quantity : `${quantity} +${toEnter}`;

const orderCell = ({ price, state }: ProtectionView): string =>
  state === 'none' ? 'none' : `${orDash(price)}${state === 'live' ? '' : ` ${state}`}`;

const targetsCell = ({ targets, takeProfit }: TrancheView): string =>
  targets
    ? targets.map((target) => `${orderCell(target)} (${percentText(target.share)})`).join(', ')
    : orderCell(takeProfit);
