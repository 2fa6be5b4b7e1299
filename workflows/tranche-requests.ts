/** What accounts and people ask about a position's tranches: to take one up, to merge several. */
import { condition, setHandler } from '@temporalio/workflow';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import { decide } from '../domain/position/decide.ts';
import { takeTranche } from '../domain/position/add-tranche.ts';
import { protectionOutcome } from '../domain/position/settled.ts';
import type { PositionView } from '../domain/view.ts';
import type { Book } from './book.ts';
import type { InTurn } from './in-turn.ts';
import { latestPrice } from './latest-price.ts';
import type { Outside } from './proxies.ts';
import { ANSWER_WITHIN, asSignal, eventsOf, exchangeRefusal, take } from './taking.ts';

const MERGE_EXAMPLE = '{"trancheIds": ["t1", "t2"], "into": "t1"}';

/** Answers to these messages from now on. `show` gives the position as it stands. */
export function handleTrancheRequests(
  book: Book,
  calls: Outside,
  show: () => PositionView,
  inTurn: InTurn,
): void {
  /** Orders of it are on their way or may be acting, which takes a moment. */
  const isBusy = (request: messages.MergeTranchesRequest = {}): boolean => {
    const decision = decide(book.state(), { type: 'mergeTranches', request }, Date.now());
    return 'refused' in decision && decision.refused.code === 'leg_busy';
  };
  const merge = async (request: messages.MergeTranchesRequest = {}): Promise<PositionView> => {
    await condition(() => !isBusy(request), ANSWER_WITHIN);
    const price = await latestPrice(book.state(), calls);
    take(book, { type: 'mergeTranches', request, ...(price !== undefined && { price }) });
    const asked = book.state().tranches;
    const outcome = () => protectionOutcome(book.state(), asked);
    await condition(() => outcome() !== 'pending', ANSWER_WITHIN);
    if (outcome() === 'refused') throw refusal(exchangeRefusal(book.state()));
    return show();
  };
  setHandler(messages.trancheGranted, (granted?: messages.TrancheGranted) =>
    book.apply(takeTranche(book.state(), granted, Date.now()), Date.now()),
  );
  setHandler(messages.mergeTranches, inTurn(merge), {
    validator(request?: messages.MergeTranchesRequest) {
      if (!isBusy(request)) eventsOf(book, { type: 'mergeTranches', request: request ?? {} });
    },
    description: `Make several tranches one, answered: no input for all, or ${MERGE_EXAMPLE}`,
  });
  setHandler(
    messages.requestMerge,
    (request?: messages.MergeTranchesRequest) => asSignal(book, 'requestMerge', () => merge(request)),
    {
      description: `Make several tranches one, a refusal shows in the card: no input for all, or ${MERGE_EXAMPLE}`,
    },
  );
}
