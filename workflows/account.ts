/**
 * The account workflow: which legs are taken, what the limits allow, and the one long-running
 * observation of the exchange. It has no timers and no loop: it answers, and it keeps watch.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { REFUSED } from '../contract/failures.ts';
import { positionWorkflowId, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import {
  accountView,
  checkLimits,
  checkMarket,
  checkRequest,
  initialAccount,
  MAX_REQUESTS,
  type AccountConfiguration,
  type AccountState,
  type EntryFacts,
  type TakenLeg,
} from '../domain/account.ts';
import { accountCard } from '../domain/account-card.ts';
import type { OpenPositionRequest } from '../domain/commands.ts';
import { HOW_TO, summary } from '../domain/describe.ts';
import { mul } from '../domain/decimal.ts';
import { clientOrderId, epochAt } from '../domain/ids.ts';
import type { PositionStart } from '../domain/position.ts';
import { positionStart } from '../domain/entry.ts';
import { legFor } from '../domain/terms.ts';
import { outside } from './proxies.ts';
import type { position } from './position.ts';

export type AccountInput =
  | { version: 1; account: string; configuration: AccountConfiguration }
  | { version: 1; state: AccountState };

export async function account(input: AccountInput): Promise<void> {
  let state = 'state' in input ? input.state : initialAccount(input.account, input.configuration);
  const calls = outside(state.account);
  const change = (next: Partial<AccountState>): void => {
    state = { ...state, ...next };
    setCurrentDetails(accountCard(state));
  };
  const legsWithout = ({ symbol, leg, epoch }: Pick<TakenLeg, 'symbol' | 'leg' | 'epoch'>): TakenLeg[] =>
    state.legs.filter((each) => each.symbol !== symbol || each.leg !== leg || each.epoch !== epoch);

  async function open(request: OpenPositionRequest): Promise<messages.OpenPositionAnswer> {
    const known = state.requests.find(({ requestId }) => requestId === request.requestId);
    if (known) return answerOf(known);
    const facts = await entryFacts(request);
    const refused = checkRequest(state, request) ?? checkMarket(request, facts) ?? checkLimits(state, request, facts);
    if (refused) throw refusal(refused);
    // From here to the reservation nothing is awaited: two entries can't both see the last free place.
    const start = positionStart(state, request, facts, freshEpoch());
    const leg = { symbol: start.symbol, leg: start.leg, side: start.side, epoch: start.epoch };
    const notional = mul(start.quantity, start.limitPrice ?? facts.price);
    const workflowId = positionWorkflowId(start);
    change({ legs: [...state.legs, { ...leg, notional, workflowId, state: 'reserved' }] });
    try {
      const handle = await startPosition(start, workflowId);
      const answer = {
        workflowId,
        runId: handle.firstExecutionRunId,
        epoch: start.epoch,
        entryClientOrderId: clientOrderId(start, start.epoch, 'entry', 1),
      };
      change({
        legs: state.legs.map((each) => (each.epoch === start.epoch && each.workflowId === workflowId ? { ...each, state: 'running' } : each)),
        requests: [...state.requests, { requestId: request.requestId ?? start.epoch, ...answer }].slice(-MAX_REQUESTS),
      });
      return answer;
    } catch (error) {
      change({ legs: legsWithout(leg) });
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw refusal({ code: 'leg_busy', text: `${workflowId} runs already: one position per leg` });
    }
  }

  /** Read twice where the first, cached reading shows the leg taken: it may have just been closed. */
  async function entryFacts(request: OpenPositionRequest): Promise<EntryFacts> {
    const facts = await readFacts(request, false);
    const leg = legFor(facts.positionMode, request.side);
    const shown = facts.positions.some((each) => each.symbol === request.symbol && each.leg === leg);
    const held = state.legs.some((each) => each.symbol === request.symbol && each.leg === leg);
    return shown && !held ? readFacts(request, true) : facts;
  }

  async function readFacts({ symbol, side }: OpenPositionRequest, fresh: boolean): Promise<EntryFacts> {
    try {
      const options = { summary: `read rules, price and positions for an entry on ${symbol}` };
      return await calls.questions.readEntryFacts.executeWithOptions(options, [{ account: state.account, symbol, side, fresh }]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const cause = error instanceof ActivityFailure ? error.cause : error;
      if (cause instanceof ApplicationFailure && cause.type === REFUSED) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw refusal({ code: 'exchange_unreachable', text: `nothing was opened: the exchange could not be asked (${why})` });
    }
  }

  /** Epochs of one leg differ even when two entries fall into one millisecond. */
  function freshEpoch(): string {
    let nowMs = Date.now();
    while (state.legs.some(({ epoch }) => epoch === epochAt(nowMs)) || state.requests.some(({ epoch }) => epoch === epochAt(nowMs))) nowMs += 1;
    return epochAt(nowMs);
  }

  setHandler(messages.accountStatus, () => accountView(state));
  setHandler(messages.openPosition, open, {
    validator(request) {
      const refused = state.requests.some(({ requestId }) => requestId === request?.requestId) ? null : checkRequest(state, request);
      if (refused) throw refusal(refused);
    },
  });
  setHandler(messages.pause, (request?: { reason?: string }) => {
    change({ paused: true, pausedReason: request?.reason ?? null });
    return accountView(state);
  });
  setHandler(messages.resume, () => {
    change({ paused: false, pausedReason: null });
    return accountView(state);
  });
  setHandler(messages.configure, (configuration) => change(configuration));
  setHandler(messages.legEnded, (ended) => change({ legs: legsWithout(ended) }));

  setCurrentDetails(accountCard(state));
  const watch = new CancellationScope();
  const watching = watch.run(() => keepWatch(calls, state.account));
  await Promise.race([condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished()), watching]);
  watch.cancel();
  await watching;
  // What arrived while the watch was called off is handled before the state is carried over.
  await condition(allHandlersFinished);
  await continueAsNew<typeof account>({ version: 1, state });
}

async function keepWatch({ observe }: ReturnType<typeof outside>, name: string): Promise<void> {
  try {
    await observe.observe.executeWithOptions({ summary: `watch ${name}: positions, orders, prices` }, [{ account: name }]);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    log.info('the watch was called off', { account: name });
  }
}

async function startPosition(start: PositionStart, workflowId: string) {
  const { account: name, exchange, symbol, side, stage, covered, drift } = searchAttributes;
  return startChild<typeof position>('position', {
    workflowId,
    args: [{ version: 1, start }],
    taskQueue: WORKFLOW_TASK_QUEUE,
    // The position outlives whatever becomes of this workflow.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: summary(start),
    staticDetails: HOW_TO,
    typedSearchAttributes: [
      { key: name, value: start.account },
      { key: exchange, value: start.exchange },
      { key: symbol, value: start.symbol },
      { key: side, value: start.side },
      { key: stage, value: 'entering' },
      { key: covered, value: false },
      { key: drift, value: false },
    ],
  });
}

const answerOf = ({ workflowId, runId, epoch, entryClientOrderId }: AccountState['requests'][number]): messages.OpenPositionAnswer => ({
  workflowId,
  runId,
  epoch,
  entryClientOrderId,
});
