/** Adding to a position: the account grants it, the position takes it up, and only then it is answered. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { accountWorkflowId, parsePositionWorkflowId } from '../contract/ids.ts';
import { addTranche, status, type AddTrancheAnswer } from '../contract/messages.ts';
import type { PositionView, TrancheView } from '../domain/view.ts';
import type { AddedTranche, TrancheRequest } from './api.ts';
import { HoldfastError } from './errors.ts';
import type { Wire } from './wire.ts';

const WAIT_MS = 10_000;
const ASK_EVERY_MS = 200;

/** Throws `refused` where the account or the position does not take it, `no_answer` where neither says so in time. */
export async function sendTranche(
  wire: Wire,
  workflowId: string,
  request: TrancheRequest,
  askEveryMs = ASK_EVERY_MS,
): Promise<AddedTranche> {
  const leg = parsePositionWorkflowId(workflowId);
  if (!leg) throw new HoldfastError('no_such_position', `${workflowId} is not a position's workflow id.`);
  const { account, symbol, leg: name } = leg;
  const requestId = request.requestId ?? randomUUID();
  await wire.update<AddTrancheAnswer>(accountWorkflowId(account), addTranche, [
    { ...request, symbol, leg: name, requestId },
  ]);
  return untilShown(wire, workflowId, requestId, askEveryMs);
}

async function untilShown(
  wire: Wire,
  workflowId: string,
  requestId: string,
  askEveryMs: number,
): Promise<AddedTranche> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const position = await wire.query<PositionView>(workflowId, status);
    const trancheId = position.tranches.find(isOf(requestId))?.id;
    if (trancheId !== undefined) return { position, trancheId, requestId };
    const refused = refusalOf(position, requestId);
    if (refused !== undefined)
      throw new HoldfastError('refused', refused, { reasons: [{ code: 'tranche_refused', text: refused }] });
    if (Date.now() >= untilMs)
      throw new HoldfastError(
        'no_answer',
        `${workflowId} does not show the tranche yet. Look with holdfast show before sending it again, or send it with the same request id: ${requestId}.`,
      );
    await delay(askEveryMs);
  }
}

/** It may have been merged by itself before anybody looked. */
const isOf =
  (wanted: string) =>
  ({ requestId, mergedRequestIds }: TrancheView): boolean =>
    requestId === wanted || mergedRequestIds?.includes(wanted) === true;

/** A position that refuses what its account granted says so among its findings, by the request's id. */
const refusalOf = ({ findings }: PositionView, requestId: string): string | undefined =>
  findings.findLast(({ code, text }) => code === 'tranche_refused' && text.includes(requestId))?.text;
