/** What is done about differences. */
import { describe, expect, it } from 'vitest';
import type { Difference, DifferenceKind } from '../../domain/audit/difference.ts';
import { actionKey, planSync } from '../../domain/audit/sync-plan.ts';
import { closedPosition } from '../support/builders.ts';
import { difference } from '../client/views.ts';

const of = (kind: DifferenceKind, change: Partial<Difference> = {}): Difference =>
  difference({ kind, ...change });
const unkept = (change: Partial<Difference> = {}): Difference =>
  of('only_at_exchange', { workflowId: null, ...change });

describe('the plan', () => {
  it('of nothing is nothing, and what is only noted needs nothing', () => {
    expect(planSync([], 'protect')).toEqual([]);
    expect(planSync([of('foreign_order', { weight: 'note' })], 'protect')).toEqual([]);
  });

  it.each([
    ['only_here', 'close'],
    ['quantity', 'update'],
    ['side', 'update'],
    ['position_id', 'update'],
    ['no_row', 'update'],
    ['missing_protection', 'protect'],
    ['wrong_protection', 'protect'],
    ['missing_order', 'protect'],
    ['price', 'refresh_price'],
  ] as const)('for %s is to tell the position: %s', (kind, action) => {
    expect(planSync([of(kind)], 'protect')).toMatchObject([
      { action, because: [kind], workflowId: 'position/paper/BTC/USDT:USDT/net' },
    ]);
  });

  it('has one action for a leg, by the gravest of its differences', () => {
    const plan = planSync([of('missing_order'), of('quantity'), of('position_id')], 'protect');
    expect(plan).toMatchObject([{ action: 'update', because: ['missing_order', 'quantity', 'position_id'] }]);
  });

  it.each(['watch', 'protect', 'manage'] as const)('takes up what nobody keeps, to %s it', (policy) => {
    expect(planSync([unkept()], policy)).toMatchObject([{ action: 'create', policy }]);
  });

  it('leaves it to a person where the policy is to ignore it', () => {
    expect(planSync([unkept()], 'ignore')).toMatchObject([{ action: 'by_hand' }]);
  });

  it('takes up what was written down and is kept by no workflow, or forgets it where it is flat', () => {
    expect(planSync([of('no_workflow', { there: '0.05', epoch: 'e1' })], 'manage')).toMatchObject([
      { action: 'create', policy: 'manage' },
    ]);
    const flat = [of('only_here'), of('no_workflow', { there: null, epoch: 'e1' })];
    expect(planSync(flat, 'manage')).toMatchObject([{ action: 'forget', epoch: 'e1' }]);
  });

  it('never cancels what another copy has placed', () => {
    expect(planSync([of('unplaced_order'), of('quantity')], 'protect')).toMatchObject([
      { action: 'update' },
      { action: 'by_hand', because: ['unplaced_order'] },
    ]);
  });

  it('writes each missing row, and completes each that lacks figures', () => {
    const [first, second] = [closedPosition({ closedAtMs: 1 }), closedPosition({ closedAtMs: 2 })];
    const plan = planSync(
      [
        of('missing_trade', { closed: first }),
        of('missing_trade', { closed: second }),
        of('incomplete_trade', { closed: first, epoch: 'e7' }),
      ],
      'protect',
    );
    expect(plan).toMatchObject([
      { action: 'write_trade', epoch: null },
      { action: 'write_trade', epoch: null },
      { action: 'write_trade', epoch: 'e7' },
    ]);
    expect(new Set(plan.map(actionKey)).size).toBe(3);
  });

  it('names an action alike when its reason has changed', () => {
    const [before] = planSync([of('only_here')], 'protect');
    const [after] = planSync([of('quantity')], 'protect');
    expect(before && after && actionKey(before) === actionKey(after)).toBe(true);
  });
});
