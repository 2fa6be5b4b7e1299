/** Whether one account and its exchange agree. Reads twice before it says that they do not. */
import { setTimeout as delay } from 'node:timers/promises';
import { compare } from '../domain/audit/compare.ts';
import { counts, isSame, type Difference } from '../domain/audit/difference.ts';
import type { AccountSnapshot } from '../domain/exchange-truth.ts';
import type { PositionView } from '../domain/view.ts';
import { HoldfastError } from './errors.ts';

export type CheckResult = {
  account: string;
  agrees: boolean;
  /** Open at the exchange. */
  positions: number;
  differences: Difference[];
  /** When the exchange was read, ISO 8601. */
  checkedAt: string;
};

export type CheckParts = {
  snapshot?: (account: string) => Promise<AccountSnapshot>;
  /** How long what happens at this very moment may take to show on both sides; default 2 s. */
  recheckMs?: number;
};

/** Positions lists lag behind fills by about a second, and Holdfast reads every few seconds. */
const RECHECK_MS = 2_000;

/** Throws `HoldfastError` `exchange_unreachable` unless the exchange answers in full. */
export async function check(
  { snapshot, recheckMs = RECHECK_MS }: CheckParts,
  account: string,
  readViews: () => Promise<PositionView[]>,
): Promise<CheckResult> {
  if (!snapshot) throw new HoldfastError('exchange_unreachable', 'No exchange is connected to compare with.');
  const once = async (): Promise<CheckResult> =>
    resultOf(account, await Promise.all([readViews(), snapshot(account)]));
  const first = await once();
  if (first.agrees) return first;
  await delay(recheckMs);
  const second = await once();
  const differences = lasting(first.differences, second.differences);
  return { ...second, differences, agrees: differences.length === 0 };
}

/** What was different for another reason a moment ago was only under way. */
export const lasting = (before: readonly Difference[], now: readonly Difference[]): Difference[] =>
  now.filter((one) => before.some((other) => isSame(one, other)));

/** Absence means nothing in a reading that is not whole. */
export function insistWhole({ complete, problems }: AccountSnapshot): void {
  if (complete) return;
  const why = problems.join('; ') || 'a part was missing';
  throw new HoldfastError(
    'exchange_unreachable',
    `The exchange did not answer in full (${why}), so nothing can be said. Try again.`,
  );
}

function resultOf(account: string, [views, snapshot]: [PositionView[], AccountSnapshot]): CheckResult {
  insistWhole(snapshot);
  const differences = compare(account, views, snapshot).filter(counts);
  return {
    account,
    agrees: differences.length === 0,
    positions: snapshot.positions.length,
    differences,
    checkedAt: new Date(snapshot.readAtMs).toISOString(),
  };
}
