/** What the screens say of a tranche: its targets, and what moves its stop by itself. */
import { toPlaces, type Decimal } from '../decimal.ts';
import type { TargetView, TrancheView } from '../view.ts';

/** By name: `trailing`, `break-even`. */
export function movesOf({ trailing, breakEven }: TrancheView): [name: string, text: string][] {
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

const trailingText = ({ distance, following, bestPrice }: NonNullable<TrancheView['trailing']>): string =>
  following
    ? `${distance} behind ${bestPrice ?? '-'}, the best price so far`
    : `${distance} behind, once it is activated`;

/** `closes 0.02 (40%)`, or that it did. */
export const shareText = ({ state, quantity, share }: TargetView): string =>
  state === 'filled' ? `closed its ${percentText(share)}` : `closes ${quantity} (${percentText(share)})`;

/** Shares of what was merged have no end. */
export const percentText = (share: Decimal): string => `${toPlaces(share, 2)}%`;

/** Targets that have not filled. */
export const openTargets = ({ targets = [] }: TrancheView): TargetView[] =>
  targets.filter(({ state }) => state !== 'filled' && state !== 'none');

/** Null where all of it was entered. */
export const toEnterText = ({ toEnter = '0' }: TrancheView): string | null =>
  toEnter === '0' ? null : `${toEnter}, slice after slice`;
