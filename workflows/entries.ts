/**
 * Entries of an account: checked against the market, the limits and the exchange's truth, reserved,
 * then started as positions. Between the last check and the reservation nothing is awaited, so two
 * entries can't both take the last free place.
 */
import {
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { positionWorkflowId, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { areYouThere, type OpenPositionAnswer } from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import {
  defaultsFor,
  MAX_REQUESTS,
  settingsFor,
  type AccountState,
  type EntryFacts,
} from '../domain/account/account.ts';
import { checkMarket, checkRequest } from '../domain/account/open-request.ts';
import type { OpenPositionRequest, ProtectionWish } from '../domain/commands.ts';
import { summary } from '../domain/position/describe.ts';
import { mul, type Decimal } from '../domain/decimal.ts';
import { entryWish, positionStart } from '../domain/position/entry.ts';
import type { TakenLeg } from '../domain/account/exposure.ts';
import { clientOrderId, epochAt } from '../domain/ids.ts';
import type { PositionStart } from '../domain/position/position.ts';
import { checkLimits, isFinal, needsOf } from '../domain/account/risk.ts';
import { needsVolatility } from '../domain/position/wishes.ts';
import type { Outside } from './proxies.ts';
import { questioned } from './questions.ts';
import { readAverageRange } from './volatility.ts';
import type { position } from './position.ts';

export type AccountBook = {
  state(): AccountState;
  change(next: Partial<AccountState>): void;
  /** Forgets legs whose workflow is gone without having said so. */
  dropGhosts(): Promise<void>;
};

type LegKey = Pick<TakenLeg, 'symbol' | 'leg' | 'epoch'>;

export const legsWithout = (state: AccountState, { symbol, leg, epoch }: LegKey): TakenLeg[] =>
  state.legs.filter((each) => each.symbol !== symbol || each.leg !== leg || each.epoch !== epoch);

/** The body of `openPosition`. Throws a refusal as `ApplicationFailure`. */
export function createEntries(
  book: AccountBook,
  calls: Outside,
): (request: OpenPositionRequest) => Promise<OpenPositionAnswer> {
  const underWay = new Map<string, Promise<OpenPositionAnswer>>();
  return async (request) => {
    const { requestId } = request;
    if (requestId === undefined) return open(book, calls, request);
    const known = book.state().requests.find((each) => each.requestId === requestId);
    if (known) return answerOf(known);
    const running = underWay.get(requestId) ?? open(book, calls, request);
    underWay.set(requestId, running);
    try {
      return await running;
    } finally {
      underWay.delete(requestId);
    }
  };
}

async function open(
  book: AccountBook,
  calls: Outside,
  request: OpenPositionRequest,
): Promise<OpenPositionAnswer> {
  const defaults = defaultsFor(book.state(), request.symbol);
  let facts = await readFacts(book.state(), calls, request, false);
  const unfit = checkRequest(book.state(), request, Date.now()) ?? checkMarket(request, facts, defaults);
  if (unfit) throw refusal(unfit);
  const targets = entryWish(request, defaults).takeProfitLevels?.length;
  const first = checkLimits(book.state(), request, facts, targets);
  if (first && isFinal(first)) throw refusal(first);
  if (first) {
    // The reading may be older than a close, and a workflow may have been terminated by hand.
    await book.dropGhosts();
    facts = await readFacts(book.state(), calls, request, true);
  }
  const refused =
    checkRequest(book.state(), request, Date.now()) ?? checkLimits(book.state(), request, facts, targets);
  if (refused) throw refusal(refused);
  const begin = positionStart(book.state(), request, facts, freshEpoch(book.state()));
  const notional = mul(begin.quantity, begin.limitPrice ?? facts.price);
  return startReserved(book, begin, notional, request.requestId);
}

/** Takes the leg and starts its position, in this order; the leg is free again where that fails. */
export async function startReserved(
  book: AccountBook,
  begin: PositionStart,
  notional: Decimal,
  requestId: string | undefined,
): Promise<OpenPositionAnswer> {
  const { symbol, leg, side, epoch } = begin;
  const workflowId = positionWorkflowId(begin);
  const entryRests = begin.limitPrice !== null;
  const reserved: TakenLeg = {
    symbol,
    leg,
    side,
    notional,
    entryRests,
    ...(begin.targets && { targets: begin.targets.length }),
    epoch,
    workflowId,
    state: 'reserved',
  };
  book.change({ legs: [...book.state().legs, reserved] });
  try {
    const { firstExecutionRunId: runId } = await startPosition(begin, workflowId);
    const answer = { workflowId, runId, epoch, entryClientOrderId: clientOrderId(begin, epoch, 'entry', 1) };
    const { legs, requests } = book.state();
    book.change({
      legs: legs.map((each) =>
        each.epoch === epoch && each.workflowId === workflowId ? { ...each, state: 'running' } : each,
      ),
      requests: [...requests, { requestId: requestId ?? epoch, ...answer }].slice(-MAX_REQUESTS),
    });
    return answer;
  } catch (error) {
    book.change({ legs: legsWithout(book.state(), begin) });
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw refusal({ code: 'leg_busy', text: `${workflowId} runs already: one position per leg` });
  }
}

/** Entries refused at the same moment wait for one check: each asks every position, which has to record it. */
export function createGhostCheck(book: Pick<AccountBook, 'state' | 'change'>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () => {
    if (!patched('one-ghost-check')) return askAll(book);
    underWay ??= askAll(book).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function askAll(book: Pick<AccountBook, 'state' | 'change'>): Promise<void> {
  const running = book.state().legs.filter((leg) => leg.state === 'running');
  await Promise.all(
    running.map(async (leg) => {
      try {
        await getExternalWorkflowHandle(leg.workflowId).signal(areYouThere);
      } catch (error) {
        if (isCancellation(error)) throw error;
        book.change({ legs: legsWithout(book.state(), leg) });
      }
    }),
  );
}

/** What is checked against. Throws a refusal where the exchange cannot be asked, saying what was not done. */
export async function readFacts(
  state: AccountState,
  calls: Outside,
  request: ProtectionWish & Pick<OpenPositionRequest, 'symbol' | 'side'>,
  fresh: boolean,
  otherwise = 'nothing was opened',
): Promise<EntryFacts> {
  const { account, limits } = state;
  const { symbol, side } = request;
  const asked = questioned(() => {
    const options = { summary: `read rules, price and positions for an entry on ${symbol}` };
    const input = { account, symbol, side, fresh, needs: needsOf(limits) };
    return calls.questions.readEntryFacts.executeWithOptions(options, [input]);
  }, otherwise);
  if (!needsVolatility(entryWish(request, defaultsFor(state, symbol)))) return asked;
  const market = { account, symbol, settings: settingsFor(state, symbol) };
  const [facts, atr] = await Promise.all([asked, readAverageRange(calls, market, otherwise)]);
  return { ...facts, atr };
}

/** Epochs differ even when two entries fall into one millisecond. */
export function freshEpoch({ legs, requests }: AccountState): string {
  let nowMs = Date.now();
  while ([...legs, ...requests].some(({ epoch }) => epoch === epochAt(nowMs))) nowMs += 1;
  return epochAt(nowMs);
}

async function startPosition(begin: PositionStart, workflowId: string) {
  const { account, exchange, symbol, side, stage, covered, drift } = searchAttributes;
  return startChild<typeof position>('position', {
    workflowId,
    args: [{ version: 3, start: begin }],
    taskQueue: WORKFLOW_TASK_QUEUE,
    // The position outlives whatever becomes of the account's workflow.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: summary(begin),
    typedSearchAttributes: [
      { key: account, value: begin.account },
      { key: exchange, value: begin.exchange },
      { key: symbol, value: begin.symbol },
      { key: side, value: begin.side },
      { key: stage, value: 'entering' },
      { key: covered, value: false },
      { key: drift, value: false },
    ],
  });
}

const answerOf = ({
  workflowId,
  runId,
  epoch,
  entryClientOrderId,
}: AccountState['requests'][number]): OpenPositionAnswer => ({
  workflowId,
  runId,
  epoch,
  entryClientOrderId,
});
