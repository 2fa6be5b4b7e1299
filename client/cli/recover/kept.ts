/** Which positions of an account are kept right now, as well as anybody here can tell. */
import { keptOf, type Kept } from '../../../domain/audit/explained.ts';
import type { PositionView } from '../../../domain/view.ts';
import { HoldfastError, type HoldfastErrorCode } from '../../errors.ts';
import type { Session } from '../context.ts';

/** What was reserved and is not written down yet began not longer ago than this. */
const RESERVED_MS = 600_000;

/** Nobody there to ask: what is written down has to do. */
const SILENT: readonly HoldfastErrorCode[] = [
  'server_unreachable',
  'no_namespace',
  'no_worker',
  'no_answer',
  'no_such_account',
];

export type KeptPositions = { views: PositionView[]; kept: Kept[] };

export async function keptPositions(
  { holdfast, isDown }: Pick<Session, 'holdfast' | 'isDown'>,
  account: string,
  nowMs: number,
): Promise<KeptPositions> {
  const views = (await orElse(holdfast.positions(account), [])).filter((view) => view.account === account);
  const state = isDown() ? undefined : await orElse(holdfast.account(account), undefined);
  const reserved = (state?.legs ?? []).filter(
    ({ workflowId }) => !views.some((view) => view.workflowId === workflowId),
  );
  return {
    views,
    kept: [
      ...views.map(keptOf),
      ...reserved.map(({ workflowId, symbol, leg }) => ({
        workflowId,
        symbol,
        leg,
        exchangePositionId: null,
        sinceMs: nowMs - RESERVED_MS,
        isExact: false,
      })),
    ],
  };
}

async function orElse<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HoldfastError && SILENT.includes(error.code)) return otherwise;
    throw error;
  }
}
