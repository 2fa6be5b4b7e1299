/**
 * The account workflow: which legs are taken, what the limits allow, and the one long-running
 * observation of the exchange. It has no timers and no loop: it answers, and it keeps watch.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import * as messages from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import {
  accountView,
  initialAccount,
  type AccountConfiguration,
  type AccountState,
} from '../domain/account/account.ts';
import { checkAddRequest } from '../domain/account/add-request.ts';
import { accountCard } from '../domain/account/account-card.ts';
import { checkRequest } from '../domain/account/open-request.ts';
import { haltedBy, resumed } from '../domain/account/halt.ts';
import { checkAdoptShape } from '../domain/position/adoption-request.ts';
import { createAdoptions } from './adoptions.ts';
import { createEntries, createGhostCheck, legsWithout, type AccountBook } from './entries.ts';
import { outside, type Outside } from './proxies.ts';
import { createAdditions, freeTranche } from './tranches.ts';

export type AccountInput =
  | { version: 1; account: string; configuration: AccountConfiguration }
  | { version: 1; state: AccountState };

export async function account(input: AccountInput): Promise<void> {
  const book = createAccountBook(
    'state' in input
      ? input.state
      : { ...initialAccount(input.account, input.configuration), watchedSinceMs: Date.now() },
  );
  const name = book.state().account;
  const calls = outside(name);
  handleMessages(book, calls);

  const watch = new CancellationScope();
  const watching = watch.run(() => keepWatch(calls, name));
  await Promise.race([
    condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished()),
    watching,
  ]);
  watch.cancel();
  await watching;
  // What arrived while the watch was called off is handled before the state is carried over.
  await condition(allHandlersFinished);
  await continueAsNew<typeof account>({ version: 1, state: book.state() });
}

function createAccountBook(initial: AccountState): AccountBook {
  let state = initial;
  setCurrentDetails(accountCard(state));
  const book = {
    state: () => state,
    change(next: Partial<AccountState>) {
      state = { ...state, ...next };
      setCurrentDetails(accountCard(state));
    },
  };
  return { ...book, dropGhosts: createGhostCheck(book) };
}

function handleMessages(book: AccountBook, calls: Outside): void {
  const view = () => accountView(book.state());
  setHandler(messages.accountStatus, view, { description: 'Limits, pause and taken legs' });
  setHandler(messages.openPosition, createEntries(book, calls), {
    validator(request) {
      const known = book.state().requests.some(({ requestId }) => requestId === request?.requestId);
      const refused = known ? null : checkRequest(book.state(), request, Date.now());
      if (refused) throw refusal(refused);
    },
    description:
      'Open a position: {"symbol": "BTC/USDT:USDT", "side": "long", "quantity": "0.05", "stopLoss": {"percent": "1"}}',
  });
  setHandler(messages.addTranche, createAdditions(book, calls), {
    validator(request) {
      const known = book.state().additions?.some(({ requestId }) => requestId === request?.requestId);
      const refused = known ? null : checkAddRequest(book.state(), request);
      if (refused) throw refusal(refused);
    },
    description:
      'Add to a position: {"symbol": "BTC/USDT:USDT", "leg": "net", "quantity": "0.02", "stopLoss": {"percent": "1"}}',
  });
  setHandler(messages.trancheRefused, (refused?: messages.TrancheRefused) => {
    if (refused) freeTranche(book, refused);
  });
  setHandler(
    messages.pause,
    (request?: { reason?: string }) => {
      book.change({ paused: true, pausedReason: request?.reason ?? null });
      return view();
    },
    { description: 'Take no new entries; open positions stay kept and protected' },
  );
  setHandler(
    messages.resume,
    () => {
      book.change({ paused: false, pausedReason: null, ...resumed(book.state()) });
      return view();
    },
    { description: 'Take new entries again: ends a pause and a halt' },
  );
  // Sent by workers and positions; by hand, without what they carry, they change nothing.
  setHandler(messages.configure, (configuration?: AccountConfiguration) => {
    if (configuration?.limits) book.change(configuration);
  });
  const halt = (told?: Partial<messages.SecondWriterSignal>): void =>
    book.change(haltedBy(book.state(), told, Date.now()));
  setHandler(messages.secondWriter, halt);
  const adoptions = createAdoptions(book, calls, halt);
  setHandler(messages.unmanaged, async (told?: messages.UnmanagedSignal) => {
    if (Array.isArray(told?.legs)) await adoptions.told(told);
  });
  setHandler(messages.adopt, adoptions.adopt, {
    validator(request) {
      const refused = checkAdoptShape(request);
      if (refused) throw refusal(refused);
    },
    description:
      'Take up a position that the exchange holds: {"symbol": "BTC/USDT:USDT", "leg": "net", "policy": "protect"}',
  });
  setHandler(messages.legEnded, async (ended?: messages.LegEnded) => {
    if (!ended) return;
    book.change({ legs: legsWithout(book.state(), ended) });
    if (ended.left) await adoptions.left(ended);
  });
}

async function keepWatch({ observe }: Outside, name: string): Promise<void> {
  try {
    await observe.observe.executeWithOptions({ summary: `watch ${name}: positions, orders, prices` }, [
      { account: name },
    ]);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    log.info('the watch was called off', { account: name });
  }
}
