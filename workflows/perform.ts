/** Runs one effect: the activity it needs, and the events that its answer means. Decides nothing. */
import { isCancellation } from '@temporalio/workflow';
import type { EndInput, LegInput } from '../activities/api.ts';
import { rowsToAskFor } from '../domain/reconcile/closed-match.ts';
import type { Effect } from '../domain/position/effects.ts';
import {
  endSteps,
  figuresStep,
  isLastOrder,
  othersAtEnd,
  type EndReport,
} from '../domain/position/ending.ts';
import type { PositionEvent } from '../domain/position/events.ts';
import { weigh } from '../domain/reconcile/evidence.ts';
import { found } from '../domain/position/look-ups.ts';
import { whole } from '../domain/position/told-order.ts';
import { cancelled } from '../domain/position/outcomes.ts';
import type { Intent, PositionState } from '../domain/position/position.ts';
import { evidenceLater, figuresRead, legRead } from '../domain/position/readings.ts';
import { tradeRow } from '../domain/position/trade.ts';
import { place } from './placements.ts';
import { refuseTranche, warnAccount } from './account-signals.ts';
import type { Outside } from './proxies.ts';

/** Given the state at the time of the answer, what the answer means. */
export type Answer = (state: PositionState, nowMs: number) => PositionEvent[];

/** `brief`: a call also reads what would be asked next; see `activities/ending.ts`. Answers are taken in turn. */
export async function perform(
  effect: Effect,
  state: PositionState,
  outside: Outside,
  brief: boolean,
): Promise<Answer[]> {
  switch (effect.type) {
    case 'place':
      return place(effect.intent, state, outside);
    case 'drop':
      return [(_, nowMs) => [unsent(effect.intent, nowMs)]];
    case 'cancel':
      return cancel(effect.intent, state, outside, brief && isLastOrder(state, effect.intent));
    case 'find':
      return find(effect.intent, state, outside, brief ? othersAtEnd(state, effect.intent) : null);
    case 'readLeg':
      return readLeg(effect.why, state, outside, brief);
    case 'readEvidence':
      return readEvidence(state, outside);
    case 'readFigures':
      return readFigures(state, outside);
    case 'writeTrade':
      return writeTrade(state, outside);
    case 'warnAccount':
      return warnAccount(effect.orderIds, state);
    case 'refuseTranche':
      return refuseTranche(effect.refused, state);
  }
}

async function cancel(
  intent: Intent,
  state: PositionState,
  { orders }: Outside,
  last: boolean,
): Promise<Answer[]> {
  const { number, orderId, role } = intent;
  if (orderId === null) throw new Error(`order ${number} is live without an id`);
  const { account, symbol } = state;
  try {
    const report = await orders.cancelOrder.executeWithOptions({ summary: `cancel ${role} ${orderId}` }, [
      { account, symbol, orderId, role, ...(last && { ending: endInput(state, []) }) },
    ]);
    return [(now, nowMs) => cancelled(now, number, report, nowMs), ...stepsOf(report)];
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The call was lost: cancelling again is harmless.
    const lost = {
      outcome: 'unknown',
      reason: 'the worker was lost',
      answeredAtMs: 0,
      retryAfterMs: 0,
    } as const;
    return [(now, nowMs) => cancelled(now, number, lost, nowMs)];
  }
}

async function find(
  intent: Intent,
  state: PositionState,
  { reads }: Outside,
  others: string[] | null,
): Promise<Answer[]> {
  const { number, request, orderId, role } = intent;
  // One that is known by its id is no other.
  const alike = orderId === null ? state.intents.filter((other) => other.number !== number) : [];
  const excludeOrderIds = alike.flatMap((other) => (other.orderId === null ? [] : [other.orderId]));
  const report = await reads.findOrder.executeWithOptions(
    { summary: `look up ${role} ${orderId ?? request.clientOrderId}` },
    [
      {
        ...legInput(state),
        orderId,
        request,
        excludeOrderIds,
        sinceMs: sentAtMs(intent) ?? state.firstSentAtMs,
        ...(others && { ending: endInput(state, others) }),
      },
    ],
  );
  const looked = report.found === 'one' ? { ...report, order: whole(report.order, request) } : report;
  return [(now, nowMs) => found(now, number, looked, nowMs), ...stepsOf(report)];
}

const stepsOf = ({ ending }: { ending?: EndReport }): Answer[] => (ending ? endSteps(ending) : []);

/** The gateway's clock when the order was sent, as far as known. */
const sentAtMs = ({ status, acceptedAtMs }: Intent): number | null =>
  status.name === 'unknown' && status.sentAtMs > 0 ? status.sentAtMs : acceptedAtMs;

async function readLeg(
  why: 'identify' | 'flat',
  state: PositionState,
  { reads }: Outside,
  brief: boolean,
): Promise<Answer[]> {
  const summary = why === 'identify' ? 'learn the position id' : 'see that the leg is flat';
  const { sinceMs, exchangePositionId } = figuresInput(state);
  const figures = brief && why === 'flat' && { figures: { sinceMs, exchangePositionId } };
  const read = await reads.readLeg.executeWithOptions({ summary }, [{ ...legInput(state), ...figures }]);
  const seen: Answer = (now, nowMs) => legRead(now, why, read, nowMs);
  return read.figures ? [seen, figuresStep(read.figures)] : [seen];
}

async function readEvidence(state: PositionState, { evidence }: Outside): Promise<Answer[]> {
  const sinceMs = state.firstSentAtMs ?? state.entryAtMs;
  if (sinceMs === null) return [(now, nowMs) => evidenceLater(now, nowMs)];
  const proof = await evidence.readEvidence.executeWithOptions(
    { summary: 'look for the executions that explain the difference' },
    [{ ...legInput(state), sinceMs, exchangePositionId: state.exchangePositionId }],
  );
  return [(now, nowMs) => weigh(now, proof, nowMs)];
}

async function readFigures(state: PositionState, { reads }: Outside): Promise<Answer[]> {
  const report = await reads.readFigures.executeWithOptions(
    { summary: "read the exchange's figures of the closed position" },
    [figuresInput(state)],
  );
  return [(now, nowMs) => figuresRead(now, report, nowMs)];
}

async function writeTrade(state: PositionState, { journal }: Outside): Promise<Answer[]> {
  const row = tradeRow(state);
  await journal.writeTrade.executeWithOptions({ summary: `write the journal row: ${row.exitReason}` }, [row]);
  return [() => [{ type: 'TradeJournalled', figuresSource: row.figuresSource }]];
}

const figuresInput = (state: PositionState) => ({
  ...legInput(state),
  sinceMs: state.entryAtMs ?? state.firstSentAtMs ?? 0,
  exchangePositionId: rowsToAskFor(state),
});

function endInput(state: PositionState, orderIds: string[]): EndInput {
  const { leg, sinceMs, exchangePositionId } = figuresInput(state);
  return { leg, sinceMs, exchangePositionId, orderIds };
}

const legInput = ({ account, symbol, leg }: PositionState): LegInput => ({ account, symbol, leg });

const unsent = (intent: Intent, nowMs: number): PositionEvent => ({
  type: 'IntentEnded',
  number: intent.number,
  how: 'unsent',
  reason: 'no longer wanted before it was sent',
  orderId: null,
  filledQuantity: null,
  averagePrice: null,
  atMs: 0,
  nowMs,
});
