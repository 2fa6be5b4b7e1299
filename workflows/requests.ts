/** What people and programs ask of a position: the handlers' bodies, and the handlers themselves. */
import { ApplicationFailure, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { REFUSED } from '../contract/failures.ts';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import type { Refusal } from '../domain/commands.ts';
import { decide, type Command } from '../domain/position/decide.ts';
import { raised } from '../domain/position/findings.ts';
import type { PositionState } from '../domain/position/position.ts';
import { reconcile } from '../domain/reconcile/reconcile.ts';
import { protectionOutcome } from '../domain/position/settled.ts';
import { isLegSnapshot } from '../domain/reconcile/snapshot-shape.ts';
import type { PositionView } from '../domain/view.ts';
import type { Book } from './book.ts';
import type { Outside } from './proxies.ts';

/** How long an update waits for the exchange before it answers with the state as it is. */
const ANSWER_WITHIN = '10 seconds';

const PROTECTION_EXAMPLE =
  '{"stopLoss": {"price": "64000"}, "takeProfit": {"percent": "2"}}; null takes one away';
const CLOSE_EXAMPLE = '{"quantity": "0.01"}';

/** Answers to messages from now on. `show` gives the position as it stands. */
export function handleRequests(book: Book, calls: Outside, show: () => PositionView): void {
  const { protect, closeNow } = requests(book, calls, show);
  setHandler(messages.status, show, { description: 'Everything known of the position' });
  setHandler(messages.setProtection, protect, {
    validator: (request) => void eventsOf(book, { type: 'setProtection', request }),
    description: `Move or remove stop and target, answered: ${PROTECTION_EXAMPLE}`,
  });
  setHandler(messages.close, (request?: messages.ClosePositionRequest) => closeNow(request ?? {}), {
    validator: (request?: messages.ClosePositionRequest) =>
      void eventsOf(book, { type: 'close', request: request ?? {} }),
    description: `Close at market, answered: no input for all, or ${CLOSE_EXAMPLE}`,
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
      description: `Close at market, a refusal shows in the card: no input for all, or ${CLOSE_EXAMPLE}`,
    },
  );
  setHandler(messages.areYouThere, () => {}); // that it was delivered is the answer
  setHandler(messages.reconcile, (told?: messages.ReconcileSignal) => {
    if (isLegSnapshot(told?.snapshot))
      book.apply(reconcile(book.state(), told.snapshot, Date.now()), Date.now());
    else
      warn(
        book,
        'refused_signal',
        'reconcile was refused: it takes {"snapshot": ...}, a reading of this leg',
      );
  });
  setHandler(messages.priceCrossed, (crossing?: messages.PriceCrossing) => {
    if (crossing) take(book, { type: 'priceCrossed', crossing });
    else
      warn(
        book,
        'refused_signal',
        'priceCrossed was refused: it takes the crossing of one of the price levels',
      );
  });
}

/** Shows a warning on the card. */
export const warn = (book: Book, code: string, text: string): void =>
  book.apply([raised('warning', code, text, Date.now())], Date.now());

function requests(book: Book, calls: Outside, show: () => PositionView) {
  return {
    protect: async (request: messages.SetProtectionRequest): Promise<PositionView> => {
      const price = await latestPrice(book.state(), calls);
      take(book, { type: 'setProtection', request, ...(price === undefined ? {} : { price }) });
      const asked = book.state().tranches;
      const parts = (['stopLoss', 'takeProfit'] as const).filter((part) => request[part] !== undefined);
      const outcome = () => protectionOutcome(book.state(), asked, parts);
      await condition(() => outcome() !== 'pending', ANSWER_WITHIN);
      if (outcome() === 'refused') throw refusal(exchangeRefusal(book.state()));
      return show();
    },
    closeNow: async (request: messages.ClosePositionRequest): Promise<PositionView> => {
      const before = book.state().intents.at(-1)?.number ?? 0;
      take(book, { type: 'close', request });
      await condition(() => isClosed(book.state(), before), ANSWER_WITHIN);
      return show();
    },
  };
}

/** What the command leads to; throws its refusal. */
function eventsOf(book: Book, command: Command) {
  const decision = decide(book.state(), command, Date.now());
  if ('refused' in decision) throw refusal(decision.refused);
  return decision.events;
}

const take = (book: Book, command: Command): void => book.apply(eventsOf(book, command), Date.now());

/** A level on the wrong side of it would act at once; without it, the exchange has the last word. */
async function latestPrice(
  { account, symbol }: PositionState,
  { questions }: Outside,
): Promise<string | undefined> {
  try {
    const summary = 'read the price that the new levels must fit';
    return (await questions.readPrice.executeWithOptions({ summary }, [{ account, symbol }])).price;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}

/** The whole is closed, or the part that was asked for after the order of number `before`. */
function isClosed({ stage, intents }: PositionState, before: number): boolean {
  if (stage.name === 'settling' || stage.name === 'closed') return true;
  if (stage.name === 'closing') return false;
  return intents.some(
    ({ number, role, status }) => number > before && role === 'close' && status.name === 'done',
  );
}

/** The plain signals of the same meaning: nobody waits for the answer, so a refusal goes on the card. */
async function asSignal(book: Book, name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== REFUSED) throw error;
    warn(book, 'refused_signal', `${name} was refused: ${error.message}`);
  }
}

function exchangeRefusal(state: PositionState): Refusal {
  const finding = state.findings.findLast(({ code }) => code.endsWith('_refused'));
  return { code: 'exchange_refused', text: finding?.text ?? 'the exchange refused the new protection' };
}
