/** What people and programs ask of a position: the handlers' bodies, and the handlers themselves. */
import { condition, setHandler } from '@temporalio/workflow';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import type { PositionState } from '../domain/position/position.ts';
import { reconcile } from '../domain/reconcile/reconcile.ts';
import { protectionOutcome } from '../domain/position/settled.ts';
import { isLegSnapshot, onLeg } from '../domain/reconcile/snapshot-shape.ts';
import { needsVolatility } from '../domain/position/wishes.ts';
import type { PositionView } from '../domain/view.ts';
import type { Book } from './book.ts';
import type { InTurn } from './in-turn.ts';
import { latestPrice } from './latest-price.ts';
import { handleOrderRequests } from './order-requests.ts';
import type { Outside } from './proxies.ts';
import { ANSWER_WITHIN, asSignal, eventsOf, exchangeRefusal, take, warn } from './taking.ts';
import { handleTrancheRequests } from './tranche-requests.ts';
import { readAverageRange } from './volatility.ts';

const PROTECTION_EXAMPLE =
  '{"stopLoss": {"price": "64000"}, "takeProfit": {"percent": "2"}}; null takes one away';
const CLOSE_EXAMPLE = '{"quantity": "0.01"}, with {"limitPrice": "66000"} at that price or better';

/** Answers to messages from now on. `show` gives the position as it stands; `turns`: when updates are answered. */
export function handleRequests(
  book: Book,
  calls: Outside,
  show: () => PositionView,
  turns: { updates: InTurn; crossings: InTurn },
): void {
  const { protect, closeNow } = requests(book, calls, show);
  setHandler(messages.status, show, { description: 'Everything known of the position' });
  setHandler(messages.setProtection, turns.updates(protect), {
    validator: (request) => void eventsOf(book, { type: 'setProtection', request }),
    description: `Move or remove stop and target, answered: ${PROTECTION_EXAMPLE}`,
  });
  const close = (request?: messages.ClosePositionRequest) => closeNow(request ?? {});
  setHandler(messages.close, turns.updates(close), {
    validator: (request?: messages.ClosePositionRequest) =>
      void eventsOf(book, { type: 'close', request: request ?? {} }),
    description: `Close at market or at a limit, answered: no input for all, or ${CLOSE_EXAMPLE}`,
  });
  setHandler(
    messages.adjustProtection,
    (request) => asSignal(book, 'adjustProtection', () => protect(request)),
    {
      description: `Move or remove stop and target, a refusal shows in the card: ${PROTECTION_EXAMPLE}`,
    },
  );
  setHandler(
    messages.requestClose,
    (request) => asSignal(book, 'requestClose', () => closeNow(request ?? {})),
    {
      description: `Close at market or at a limit, a refusal shows in the card: no input for all, or ${CLOSE_EXAMPLE}`,
    },
  );
  handleOrderRequests(book, show, turns.updates);
  handleTrancheRequests(book, calls, show, turns.updates);
  setHandler(messages.areYouThere, () => {}); // that it was delivered is the answer
  setHandler(messages.reconcile, (told?: messages.ReconcileSignal) => {
    if (isLegSnapshot(told?.snapshot))
      book.apply(reconcile(book.state(), onLeg(told.snapshot, book.state()), Date.now()), Date.now());
    else
      warn(
        book,
        'refused_signal',
        'reconcile was refused: it takes {"snapshot": ...}, a reading of this leg',
      );
  });
  const cross = (crossing?: messages.PriceCrossing): void => {
    if (crossing) take(book, { type: 'priceCrossed', crossing });
    else
      warn(
        book,
        'refused_signal',
        'priceCrossed was refused: it takes the crossing of one of the price levels',
      );
  };
  setHandler(messages.takeCrossing, turns.crossings(cross), { description: 'Sent by the price watcher' });
  setHandler(messages.priceCrossed, cross, { description: 'Sent by the price watcher' });
}

function requests(book: Book, calls: Outside, show: () => PositionView) {
  return {
    protect: async (request: messages.SetProtectionRequest): Promise<PositionView> => {
      const price = await latestPrice(book.state(), calls);
      const atr = needsVolatility(request)
        ? await readAverageRange(calls, book.state(), 'nothing was changed')
        : undefined;
      take(book, {
        type: 'setProtection',
        request,
        ...(price !== undefined && { price }),
        ...(atr !== undefined && { atr }),
      });
      const asked = book.state().tranches;
      const parts = partsNamed(request);
      const outcome = () => protectionOutcome(book.state(), asked, parts);
      await condition(() => outcome() !== 'pending', ANSWER_WITHIN);
      if (outcome() === 'refused') throw refusal(exchangeRefusal(book.state()));
      return show();
    },
    closeNow: async (request: messages.ClosePositionRequest): Promise<PositionView> => {
      const before = book.state().intents.at(-1)?.number ?? 0;
      const events = take(book, { type: 'close', request });
      // Of a tranche that nothing of has filled, its entry is taken back, and nothing closed.
      const closes = events.some(({ type }) => type === 'IntentPlanned' || type === 'CloseRequested');
      if (closes) await condition(() => isClosed(book.state(), before), ANSWER_WITHIN);
      if (request.limitPrice !== undefined && isRefused(book.state(), before))
        throw refusal(exchangeRefusal(book.state()));
      return show();
    },
  };
}

/** What of a wish the exchange may refuse, after which what was before is put back. */
const partsNamed = ({ stopLoss, takeProfit, takeProfitLevels }: messages.SetProtectionRequest) => [
  ...(stopLoss === undefined ? [] : ['stopLoss' as const]),
  ...(takeProfit === undefined ? [] : ['takeProfit' as const]),
  ...(takeProfitLevels === undefined ? [] : ['targets' as const]),
];

/** The whole is closed, or the parts that were asked for after the order of number `before` are, or rest. */
function isClosed({ stage, intents }: PositionState, before: number): boolean {
  if (stage.name === 'settling' || stage.name === 'closed') return true;
  if (stage.name === 'closing') return false;
  const asked = intents.filter(({ number, role }) => number > before && role === 'close');
  return (
    asked.length > 0 &&
    asked.every(
      ({ status, request }) => status.name === 'done' || (status.name === 'live' && request.kind === 'limit'),
    )
  );
}

const isRefused = ({ intents }: PositionState, before: number): boolean =>
  intents.some(
    ({ number, role, status }) =>
      number > before && role === 'close' && status.name === 'done' && status.how === 'refused',
  );
