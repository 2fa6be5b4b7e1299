/** What people and programs ask about single orders of a position: to take back what rests, to look at an entry. */
import { condition, setHandler } from '@temporalio/workflow';
import * as messages from '../contract/messages.ts';
import type { Intent } from '../domain/position/position.ts';
import type { PositionView } from '../domain/view.ts';
import type { Book } from './book.ts';
import type { InTurn } from './in-turn.ts';
import { ANSWER_WITHIN, asSignal, eventsOf, take } from './taking.ts';

const CANCEL_EXAMPLE = '{"roles": ["close"]}';
const FILL_EXAMPLE = '{"orderId": "123"}';

/** Answers to these messages from now on. `show` gives the position as it stands. */
export function handleOrderRequests(book: Book, show: () => PositionView, inTurn: InTurn): void {
  const { cancelOrders, entryFill } = orderRequests(book, show);
  setHandler(messages.cancelOrders, inTurn(cancelOrders), {
    validator: (request?: messages.CancelOrdersRequest) =>
      void eventsOf(book, { type: 'cancelOrders', request: request ?? {} }),
    description: `Take back what rests of the entry, and closes at a limit, answered: no input for both, or ${CANCEL_EXAMPLE}`,
  });
  setHandler(
    messages.requestCancelOrders,
    (request) => asSignal(book, 'requestCancelOrders', () => cancelOrders(request)),
    {
      description: `Take back what rests of the entry, and closes at a limit, a refusal shows in the card: no input for both, or ${CANCEL_EXAMPLE}`,
    },
  );
  setHandler(messages.handleEntryFill, inTurn(entryFill), {
    validator: (request?: messages.EntryFillRequest) =>
      void eventsOf(book, { type: 'entryFill', request: request ?? {} }),
    description: `Look at the entry's orders now, answered: no input, or ${FILL_EXAMPLE}`,
  });
  setHandler(messages.entryFilled, (request) => asSignal(book, 'entryFilled', () => entryFill(request)), {
    description: `Look at the entry's orders now: no input, or ${FILL_EXAMPLE}`,
  });
}

function orderRequests(book: Book, show: () => PositionView) {
  return {
    cancelOrders: async (request: messages.CancelOrdersRequest = {}): Promise<PositionView> => {
      const numbers = take(book, { type: 'cancelOrders', request }).flatMap((event) =>
        event.type === 'CancelWanted' ? [event.number] : [],
      );
      const meant = () => book.state().intents.filter(({ number }) => numbers.includes(number));
      await condition(() => meant().every(({ status }) => status.name === 'done'), ANSWER_WITHIN);
      return show();
    },
    entryFill: async (request: messages.EntryFillRequest = {}): Promise<PositionView> => {
      const asked = book.state().intents;
      const looked = take(book, { type: 'entryFill', request }).flatMap((event) =>
        event.type === 'LookWanted' ? [event.number] : [],
      );
      const unseen = (before: Intent): boolean => {
        const now = book.state().intents.find(({ number }) => number === before.number);
        return now !== undefined && looked.includes(now.number) && asksOf(now) === asksOf(before);
      };
      await condition(() => !asked.some(unseen), ANSWER_WITHIN);
      return show();
    },
  };
}

/** How often it was looked at since it rests; null: it does not, or not for certain. */
const asksOf = ({ status }: Intent): number | null => (status.name === 'live' ? status.asks : null);
