/**
 * Tranches that are added to running positions: checked like an entry, reserved on their leg, then granted
 * to the position, which sends them. Between the last check and the reservation nothing is awaited, so that
 * entries and additions of the same moment can't exceed a limit together.
 */
import { getExternalWorkflowHandle, isCancellation, uuid4 } from '@temporalio/workflow';
import {
  trancheGranted,
  type AddTrancheAnswer,
  type TrancheGranted,
  type TrancheRefused,
} from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import { defaultsFor, MAX_REQUESTS, type EntryFacts } from '../domain/account/account.ts';
import { checkAddMarket, checkAddRequest, runningLeg } from '../domain/account/add-request.ts';
import { isOn, type AddedTranche, type TakenLeg } from '../domain/account/exposure.ts';
import { checkAddition, isFinal } from '../domain/account/risk.ts';
import type { AddTrancheRequest } from '../domain/commands.ts';
import { mul } from '../domain/decimal.ts';
import { entryWish } from '../domain/position/entry.ts';
import { readFacts, type AccountBook } from './entries.ts';
import type { Outside } from './proxies.ts';

/** The body of `addTranche`. Throws a refusal as `ApplicationFailure`. */
export function createAdditions(
  book: AccountBook,
  calls: Outside,
): (request: AddTrancheRequest) => Promise<AddTrancheAnswer> {
  const underWay = new Map<string, Promise<AddTrancheAnswer>>();
  return async (request) => {
    const requestId = request.requestId ?? uuid4();
    const known = book.state().additions?.find((each) => each.requestId === requestId);
    if (known) return known;
    const running = underWay.get(requestId) ?? add(book, calls, { ...request, requestId });
    underWay.set(requestId, running);
    try {
      return await running;
    } finally {
      underWay.delete(requestId);
    }
  };
}

type Asked = AddTrancheRequest & { requestId: string };

async function add(book: AccountBook, calls: Outside, request: Asked): Promise<AddTrancheAnswer> {
  let facts = await factsFor(book, calls, request, false);
  const first = refusalOf(book, request, facts);
  if (first && (isFinal(first) || 'code' in runningLeg(book.state(), request))) throw refusal(first);
  if (first) {
    // The reading may be older than a close, and a workflow may have been terminated by hand.
    await book.dropGhosts();
    facts = await factsFor(book, calls, request, true);
    const second = refusalOf(book, request, facts);
    if (second) throw refusal(second);
  }
  const leg = legOf(book, request);
  const wish = entryWish(request, defaultsFor(book.state(), request.symbol));
  const { symbol: _symbol, leg: _leg, ...order } = request;
  const granted: TrancheGranted = {
    ...order,
    ...wish,
    epoch: leg.epoch,
    ...(facts.atr !== undefined && { atr: facts.atr }),
  };
  return grant(book, leg, granted, takes(request, wish.takeProfitLevels?.length, facts));
}

function refusalOf(book: AccountBook, request: Asked, facts: EntryFacts) {
  const state = book.state();
  const unfit = checkAddRequest(state, request);
  if (unfit) return unfit;
  const leg = legOf(book, request);
  const defaults = defaultsFor(state, request.symbol);
  const targets = entryWish(request, defaults).takeProfitLevels?.length;
  return (
    checkAddMarket(request, leg, facts, defaults) ??
    checkAddition(state, leg, takes(request, targets, facts), facts)
  );
}

const takes = (
  { requestId, quantity, limitPrice }: Asked,
  targets: number | undefined,
  { price }: EntryFacts,
): AddedTranche => ({
  requestId,
  notional: mul(quantity, limitPrice ?? price),
  entryRests: limitPrice !== undefined,
  targets: targets ?? 1,
});

/** Throws a refusal where none runs. */
function legOf(book: AccountBook, request: AddTrancheRequest): TakenLeg {
  const leg = runningLeg(book.state(), request);
  if ('code' in leg) throw refusal(leg);
  return leg;
}

async function factsFor(
  book: AccountBook,
  calls: Outside,
  request: Asked,
  fresh: boolean,
): Promise<EntryFacts> {
  const { side } = legOf(book, request);
  return readFacts(book.state(), calls, { ...request, side }, fresh, 'nothing was added');
}

/** Reserves, then tells the position; nothing stays reserved where it is gone. */
async function grant(
  book: AccountBook,
  leg: TakenLeg,
  granted: TrancheGranted,
  tranche: AddedTranche,
): Promise<AddTrancheAnswer> {
  const { requestId } = granted;
  const answer = { workflowId: leg.workflowId, requestId };
  const { legs, additions = [] } = book.state();
  book.change({
    legs: legs.map((each) =>
      isSame(each, leg) ? { ...each, added: [...(each.added ?? []), tranche] } : each,
    ),
    additions: [...additions, answer].slice(-MAX_REQUESTS),
  });
  try {
    await getExternalWorkflowHandle(leg.workflowId).signal(trancheGranted, granted);
    return answer;
  } catch (error) {
    if (isCancellation(error)) throw error;
    freeTranche(book, { ...leg, requestId });
    book.change({ additions: book.state().additions?.filter((each) => each.requestId !== requestId) ?? [] });
    throw refusal({ code: 'no_position', text: `${leg.workflowId} has ended: there is nothing to add to` });
  }
}

/** What was reserved for a tranche is free. */
export function freeTranche(
  book: Pick<AccountBook, 'state' | 'change'>,
  refused: Pick<TrancheRefused, 'symbol' | 'leg' | 'epoch' | 'requestId'>,
): void {
  const legs = book.state().legs.map((each) => {
    if (!isSame(each, refused) || !each.added) return each;
    return { ...each, added: each.added.filter(({ requestId }) => requestId !== refused.requestId) };
  });
  book.change({ legs });
}

const isSame = (each: TakenLeg, leg: Pick<TakenLeg, 'symbol' | 'leg' | 'epoch'>): boolean =>
  isOn(leg)(each) && each.epoch === leg.epoch;
