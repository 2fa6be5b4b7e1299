/** The series of one account that are there from the start: a rate misses the event that a series begins with. */
import type { LevelKind } from '../../activities/observe/deps.ts';
import { RECONCILIATION_KINDS } from '../../domain/audit/reconciliations.ts';
import type { Meters } from './meters.ts';

export const ORDER_ROLES = ['entry', 'stop', 'target', 'close'] as const;

/** In the order of what they are about: exits, then what moves a stop or merges. */
const LEVEL_KINDS = [
  'stop',
  'target',
  'trail',
  'break_even',
  'profit',
] as const satisfies readonly LevelKind[];

export function startAtZero(account: string, meters: Meters): void {
  for (const role of ORDER_ROLES)
    for (const outcome of ['accepted', 'refused', 'unknown'])
      meters.count('holdfast_orders_total', { account, role, outcome }, 0);
  for (const outcome of ['cancelled', 'gone', 'unknown'])
    meters.count('holdfast_cancels_total', { account, outcome }, 0);
  for (const result of ['complete', 'incomplete', 'failed'])
    meters.count('holdfast_snapshots_total', { account, result }, 0);
  for (const kind of LEVEL_KINDS) meters.count('holdfast_crossings_total', { account, kind }, 0);
  for (const kind of RECONCILIATION_KINDS)
    meters.count('holdfast_reconciliations_total', { account, kind }, 0);
}
