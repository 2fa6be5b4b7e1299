/**
 * The position workflow: one leg from flat to flat, for as long as that takes. A thin shell around
 * `domain/`: messages and answers become events, effects become activities, nothing is decided here.
 *
 * It ends only when the leg is flat, every own order is proven terminal, and the journal row is
 * written. A restart, a dead worker, a lost answer or a cancellation changes nothing of that.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  workflowInfo,
} from '@temporalio/workflow';
import { accountWorkflowId } from '../contract/ids.ts';
import { legEnded } from '../contract/messages.ts';
import { view } from '../domain/position/describe.ts';
import { nextWakeAtMs } from '../domain/position/effects.ts';
import type { PositionStart, PositionState } from '../domain/position/position.ts';
import { tradeRow, type TradeRow } from '../domain/position/trade.ts';
import type { JournalEvent } from '../domain/publication.ts';
import type { PositionView } from '../domain/view.ts';
import { createAlarmClock } from './alarm-clock.ts';
import { createBook, openBook } from './book.ts';
import { createEngine } from './engine.ts';
import { asItComes, inTurn } from './in-turn.ts';
import { outside } from './proxies.ts';
import { createPublisher } from './publish.ts';
import { handleRequests } from './requests.ts';
import { warn } from './taking.ts';

/**
 * A fresh start, or what an earlier run of the same position carried over. Version 2 makes fewer calls of
 * the same things (`engine.ts`), version 3 answers updates in turn (`in-turn.ts`); runs of an older version end,
 * or are carried over, as they began.
 */
export type PositionInput =
  | { version: 1 | 2 | 3; start: PositionStart }
  | { version: 1 | 2 | 3; state: PositionState; unwritten: JournalEvent[] };

/** What became of it; everything else is in the journal, and in the query `status` also after the end. */
export type PositionEnd = Pick<
  TradeRow,
  'epoch' | 'side' | 'quantity' | 'entryPrice' | 'closePrice' | 'netPnl' | 'exitReason' | 'exitAt'
>;

export async function position(input: PositionInput): Promise<PositionEnd> {
  const { cancelRequested } = CancellationScope.current();
  // Cancelling must not leave an open position and its orders to themselves.
  return CancellationScope.nonCancellable(() => keep(input, cancelRequested));
}

async function keep(input: PositionInput, cancelRequested: Promise<never>): Promise<PositionEnd> {
  const { workflowId } = workflowInfo();
  const book =
    'start' in input ? openBook(input.start, Date.now()) : createBook(input.state, input.unwritten);
  const calls = outside(book.state().account);
  const brief = input.version >= 2;
  const publisher = createPublisher(workflowId, brief);
  const engine = createEngine(book, calls, publisher, brief);
  const clock = createAlarmClock();
  const show = (): PositionView => view(engine.shown(), workflowId, Date.now());
  /** The history has grown long, and nothing is under way that a new run would not know of. */
  const mayCarryOver = (): boolean =>
    engine.idle() && workflowInfo().continueAsNewSuggested && allHandlersFinished();
  /** How far the loop has come; null: it is over. */
  let dealtWith: number | null = -1;
  const happened = (): number => book.version() + engine.finished();
  const answering = inTurn(() => dealtWith === null || dealtWith === happened());
  handleRequests(book, calls, show, {
    crossings: answering,
    updates: input.version >= 3 ? answering : asItComes,
  });
  cancelRequested.catch(() =>
    warn(
      book,
      'cancel_ignored',
      'a cancellation was ignored: close ends a position; one that is terminated is taken up anew by the adoption policy',
    ),
  );

  for (;;) {
    book.apply([], Date.now());
    if (!brief) publisher.show(engine.shown(), Date.now());
    engine.start(Date.now());
    if (brief) publisher.show(engine.shown(), Date.now());
    if (engine.idle() && book.state().stage.name === 'closed') break;
    if (mayCarryOver()) {
      await continueAsNew<typeof position>({ version: 3, state: book.state(), unwritten: book.takeEvents() });
    }
    dealtWith = happened();
    // A timer that is left at the end ends with the run; that it rang meanwhile says nothing any more.
    const leaves = brief && book.state().stage.name === 'closed';
    if (!leaves) clock.set(nextWakeAtMs(book.state(), Date.now()), Date.now());
    const woken = (): boolean => !leaves && clock.rang();
    await condition(() => happened() !== dealtWith || woken() || mayCarryOver());
  }

  dealtWith = null;
  if (!brief) clock.set(null, Date.now());
  await condition(allHandlersFinished);
  if (!engine.accountTold()) await tellAccount(book.state());
  return endOf(book.state());
}

function endOf(state: PositionState): PositionEnd {
  const { epoch, side, quantity, entryPrice, closePrice, netPnl, exitReason, exitAt } = tradeRow(state);
  return { epoch, side, quantity, entryPrice, closePrice, netPnl, exitReason, exitAt };
}

async function tellAccount({ account, symbol, leg, epoch, settlement }: PositionState): Promise<void> {
  const ended = { symbol, leg, epoch, ...(settlement.left && { left: true }) };
  try {
    await getExternalWorkflowHandle(accountWorkflowId(account)).signal(legEnded, ended);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the account workflow does not run, so it was not told that the leg is free', {
      account,
      symbol,
      leg,
    });
  }
}
