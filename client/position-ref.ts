/** How a position is named, and finding the one that is meant. */
import { parsePositionWorkflowId, positionWorkflowId } from '../contract/ids.ts';
import type { Leg, LegName, Symbol } from '../domain/terms.ts';
import { HoldfastError } from './errors.ts';

/** By workflow id, or by symbol: account and leg only where several fit. */
export type PositionRef = { workflowId: string } | { symbol: Symbol; account?: string; leg?: LegName };

/** The workflow id that a reference states by itself, without looking anything up. */
export function statedWorkflowId(ref: PositionRef): string | undefined {
  if ('workflowId' in ref) {
    if (parsePositionWorkflowId(ref.workflowId)) return ref.workflowId;
    throw new HoldfastError(
      'no_such_position',
      `${ref.workflowId} is not a position's workflow id. Write position/ACCOUNT/SYMBOL/LEG.`,
    );
  }
  const { account, symbol, leg } = ref;
  return account !== undefined && leg !== undefined
    ? positionWorkflowId({ account, symbol, leg })
    : undefined;
}

/** The one open position that fits. Throws `no_such_position` or `ambiguous`, naming what there is. */
export function choose(ref: Exclude<PositionRef, { workflowId: string }>, open: readonly Leg[]): Leg {
  const fitting = open.filter(
    ({ symbol, account, leg }) =>
      symbol === ref.symbol && account === (ref.account ?? account) && leg === (ref.leg ?? leg),
  );
  const [first, second] = fitting;
  if (first === undefined) throw none(ref, open);
  if (second === undefined) return first;
  const names = fitting.map(({ account, leg }) => `--account ${account} --leg ${leg}`).join(', or ');
  throw new HoldfastError('ambiguous', `Several positions in ${ref.symbol} are open. Say which: ${names}.`);
}

function none(
  { symbol, account }: { symbol: Symbol; account?: string },
  open: readonly Leg[],
): HoldfastError {
  const where = account === undefined ? '' : ` on account ${account}`;
  const others = open.map((one) => one.symbol);
  const hint = others.length === 0 ? 'Nothing is open.' : `Open: ${[...new Set(others)].join(', ')}.`;
  return new HoldfastError('no_such_position', `There is no open position in ${symbol}${where}. ${hint}`);
}
