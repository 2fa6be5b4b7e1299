/** What a position tells its account, again and again until it is heard. */
import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import { accountWorkflowId } from '../contract/ids.ts';
import { secondWriter, trancheRefused } from '../contract/messages.ts';
import type { PositionState } from '../domain/position/position.ts';
import type { RefusedTranche } from '../domain/position/tranche.ts';
import { accountTold, accountUnreachable, trancheRefusalTold } from '../domain/position/readings.ts';
import type { Answer } from './perform.ts';

/** Without the account's workflow there are no entries to halt; once it runs again, it is told. */
export async function warnAccount(orderIds: string[], state: PositionState): Promise<Answer[]> {
  const { account, symbol, leg } = state;
  try {
    await getExternalWorkflowHandle(accountWorkflowId(account)).signal(secondWriter, {
      symbol,
      leg,
      orderIds,
    });
    return [() => accountTold];
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [(now, nowMs) => accountUnreachable(now, nowMs)];
  }
}

/** Without the account's workflow nothing is reserved; once it runs again, it is told. */
export async function refuseTranche(refused: RefusedTranche, state: PositionState): Promise<Answer[]> {
  const { account, symbol, leg } = state;
  const { requestId, epoch, reason } = refused;
  try {
    await getExternalWorkflowHandle(accountWorkflowId(account)).signal(trancheRefused, {
      symbol,
      leg,
      epoch,
      requestId,
      reason,
    });
    return [(_, nowMs) => trancheRefusalTold(refused, true, nowMs)];
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [(_, nowMs) => trancheRefusalTold(refused, false, nowMs)];
  }
}
