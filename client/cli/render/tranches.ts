/** The tranches of a position: their orders, and what moves their stops. */
import type { PositionView, ProtectionView, TargetView, TrancheView } from '../../../domain/view.ts';
import type { Colors } from '../context.ts';
import { table, type Column } from '../table.ts';
import { liveBanner, orDash } from './format.ts';

type Row = (label: string, value: string) => string;

/** As `show` prints them: a line for each order, and for whatever moves a stop. */
export function trancheLines(tranche: TrancheView, row: Row): string[] {
  const { id, quantity, entryPrice, stopLoss, takeProfit, targets, toEnter } = tranche;
  const entry = entryPrice === undefined || entryPrice === null ? '' : ` @ ${entryPrice}`;
  return [
    row(`tranche ${id}`, `${quantity}${entry}`),
    row('  stop', orderText(stopLoss)),
    ...movesOf(tranche).map(([name, text]) => row(`  ${name}`, text)),
    ...(targets ?? []).map((target) => row(`  target ${target.id}`, targetText(target))),
    ...(targets ? [] : [row('  target', orderText(takeProfit))]),
    ...(toEnter === undefined ? [] : [row('  to enter', `${toEnter}, slice after slice`)]),
  ];
}

const orderText = ({ price, orderId, state }: ProtectionView): string =>
  state === 'none' ? 'none' : `${orDash(price)}  ${state}${orderId === null ? '' : `  order ${orderId}`}`;

/** `44000  live  closes 0.02 (40%)  order 12`. */
const targetText = ({ price, orderId, state, quantity, share }: TargetView): string =>
  [
    orDash(price),
    state,
    state === 'filled' ? `closed its ${share}%` : `closes ${quantity} (${share}%)`,
    ...(orderId === null ? [] : [`order ${orderId}`]),
  ].join('  ');

/** What moves the stop by itself, by name. */
export function movesOf({ trailing, breakEven }: TrancheView): [string, string][] {
  return [
    ...(trailing ? [['trailing', trailingText(trailing)] as [string, string]] : []),
    ...(breakEven
      ? [
          ['break-even', `after ${breakEven.after}${breakEven.reached ? ', reached' : ''}`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}

function trailingText({ distance, following, bestPrice }: NonNullable<TrancheView['trailing']>): string {
  if (!following) return `${distance} behind, once it is activated`;
  return `${distance} behind ${orDash(bestPrice)}, the best price so far`;
}

/** Targets that have not filled. */
export const openTargets = ({ targets = [] }: TrancheView): TargetView[] =>
  targets.filter(({ state }) => state !== 'filled' && state !== 'none');

/** A line each, as `tranche list` prints them. */
export function tranchesText(
  position: PositionView,
  { colors, width }: { colors: Colors; width: number },
): string {
  const columns: Column<TrancheView>[] = [
    { head: 'TRANCHE', cell: ({ id }) => id, rank: 0 },
    { head: 'QTY', cell: quantityCell, align: 'right', rank: 0 },
    { head: 'ENTRY', cell: ({ entryPrice }) => orDash(entryPrice ?? null), align: 'right', rank: 0 },
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
    ? targets.map((target) => `${orderCell(target)} (${target.share}%)`).join(', ')
    : orderCell(takeProfit);
