/**
 * Positions on the exchange that no workflow keeps: taken up by the account's policy when the watcher
 * has seen them twice, or when somebody asks for it.
 *
 * - A leg that is taken or being opened is never taken up: its own position explains what the exchange shows.
 * - The leg is read anew before its workflow starts, so that what is handed over is true now.
 * - Own-style orders that this installation never placed, newer than its watch, mean a second writer.
 */
import { ActivityFailure, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import { positionWorkflowId } from '../contract/ids.ts';
import type { AdoptAnswer, SecondWriterSignal, UnmanagedSignal } from '../contract/messages.ts';
import { refusal } from '../contract/refusal.ts';
import type { AccountState, UnmanagedLeg } from '../domain/account/account.ts';
import { adoptionFor } from '../domain/account/account.ts';
import type { AdoptionFacts, KeptPolicy } from '../domain/position/adoption.ts';
import { checkAdoption } from '../domain/position/adoption-request.ts';
import type { AdoptRequest } from '../domain/commands.ts';
import { mul } from '../domain/decimal.ts';
import type { ExchangePosition } from '../domain/exchange-truth.ts';
import { adoptionStart } from '../domain/position/entry.ts';
import { isLegSnapshot } from '../domain/reconcile/snapshot-shape.ts';
import { strangeEpochs, strangersOf } from '../domain/reconcile/strangers.ts';
import { freshEpoch, startReserved, type AccountBook } from './entries.ts';
import { questioned } from './questions.ts';
import type { Outside } from './proxies.ts';

type Told = UnmanagedSignal['legs'][number];
type LegId = Pick<Told, 'symbol' | 'leg'>;

export type Adoptions = {
  /** The body of `unmanaged`. */
  told(signal: UnmanagedSignal): Promise<void>;
  /** A position ended and saw another one in its place: that was the first sighting. */
  left(leg: LegId): Promise<void>;
  /** The body of `adopt`. Throws a refusal as `ApplicationFailure`. */
  adopt(request: AdoptRequest): Promise<AdoptAnswer>;
};

export function createAdoptions(
  book: AccountBook,
  calls: Outside,
  halt: (told: SecondWriterSignal) => void,
): Adoptions {
  const underWay = new Set<string>();
  const alone = async (leg: LegId, work: () => Promise<void>): Promise<void> => {
    const key = positionWorkflowId({ account: book.state().account, ...leg });
    if (underWay.has(key)) return;
    underWay.add(key);
    try {
      await work();
    } finally {
      underWay.delete(key);
    }
  };
  const takeUp = (leg: Told): Promise<void> =>
    alone(leg, async () => {
      await findStrangers(book.state(), calls, leg, halt);
      if (leg.snapshot.position) await adoptSighted(book, calls, leg);
    });
  return {
    told: async ({ legs: sent }) => {
      const legs = sent.filter(isTold);
      book.change({ unmanaged: legs.flatMap((leg) => shown(book.state(), leg)) });
      await Promise.all(legs.map(takeUp));
    },
    left: async (ended) => {
      if (isLegId(ended)) await alone(ended, () => adoptSighted(book, calls, ended));
    },
    adopt: (request) => adoptAsked(book, calls, request),
  };
}

/** Signals can come from people, by hand. */
const isTold = (sent: Partial<Told> | null): sent is Told => isLegSnapshot(sent?.snapshot) && isLegId(sent);

const isLegId = (sent: Partial<LegId> | null): sent is LegId =>
  typeof sent?.symbol === 'string' && sent.symbol !== '' && typeof sent.leg === 'string';

function shown(state: AccountState, { symbol, leg, snapshot: { position } }: Told): UnmanagedLeg[] {
  if (!position) return [];
  const ignored = adoptionFor(state, symbol).policy === 'ignore';
  const { side, quantity } = position;
  return [{ symbol, leg, side, quantity, state: ignored ? 'ignored' : 'pending' }];
}

/** Never throws: a failing handler would end the account's workflow. The reason shows instead. */
async function adoptSighted(book: AccountBook, calls: Outside, told: LegId): Promise<void> {
  try {
    await takeUpNow(book, calls, told);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    log.warn('a position was not taken up', { ...told, reason });
    const isIt = ({ symbol, leg }: UnmanagedLeg) => symbol === told.symbol && leg === told.leg;
    const unmanaged = (book.state().unmanaged ?? []).map((each): UnmanagedLeg =>
      isIt(each) ? { ...each, state: 'refused', reason } : each,
    );
    book.change({ unmanaged });
  }
}

async function takeUpNow(book: AccountBook, calls: Outside, { symbol, leg }: LegId): Promise<void> {
  const { policy } = adoptionFor(book.state(), symbol);
  if (policy === 'ignore') return;
  const { account } = book.state();
  const summary = `read ${symbol} ${leg}, which no workflow keeps`;
  const facts = await calls.reads.readAdoptionFacts.executeWithOptions({ summary }, [
    { account, symbol, leg, sighted: true },
  ]);
  // A workflow may have been terminated by force: then its leg only looks taken.
  if (isTaken(book.state(), symbol, leg)) await book.dropGhosts();
  const { position } = facts.snapshot;
  if (!position || isTaken(book.state(), symbol, leg)) return;
  await start(book, { symbol, leg, policy }, position, facts);
}

async function adoptAsked(book: AccountBook, calls: Outside, request: AdoptRequest): Promise<AdoptAnswer> {
  const known = book
    .state()
    .requests.find(({ requestId }) => request.requestId !== undefined && requestId === request.requestId);
  if (known) return { workflowId: known.workflowId, runId: known.runId, epoch: known.epoch };
  const { account } = book.state();
  const { symbol, leg } = request;
  const configured = adoptionFor(book.state(), symbol).policy;
  const policy = request.policy ?? (configured === 'ignore' ? 'protect' : configured);
  const summary = `read ${symbol} ${leg} twice, to take it up`;
  const facts = await questioned(() =>
    calls.questions.readAdoptionFacts.executeWithOptions({ summary }, [
      { account, symbol, leg, sighted: false },
    ]),
  );
  if (isTaken(book.state(), symbol, leg)) await book.dropGhosts();
  if (isTaken(book.state(), symbol, leg))
    throw refusal({ code: 'leg_busy', text: `${symbol} ${leg} is kept already, or being opened` });
  const checked = checkAdoption(request, facts);
  if ('refused' in checked) throw refusal(checked.refused);
  return start(book, { ...request, policy }, checked.position, facts);
}

async function start(
  book: AccountBook,
  request: AdoptRequest & { policy: KeptPolicy },
  position: ExchangePosition,
  facts: AdoptionFacts,
): Promise<AdoptAnswer> {
  const begin = adoptionStart(book.state(), request, position, facts, freshEpoch(book.state()));
  const notional = mul(begin.quantity, position.entryPrice ?? facts.price);
  const { workflowId, runId, epoch } = await startReserved(book, begin, notional, request.requestId);
  const isLeft = (each: UnmanagedLeg) => each.symbol !== request.symbol || each.leg !== request.leg;
  book.change({ unmanaged: (book.state().unmanaged ?? []).filter(isLeft) });
  return { workflowId, runId, epoch };
}

const isTaken = (state: AccountState, symbol: string, leg: string): boolean =>
  state.legs.some((each) => each.symbol === symbol && each.leg === leg);

/** Orders in our dialect on a leg that no workflow keeps: placed here once, or left by an earlier life, or a second writer's. */
async function findStrangers(
  state: AccountState,
  { journal }: Outside,
  { symbol, leg, snapshot }: Told,
  halt: (told: SecondWriterSignal) => void,
): Promise<void> {
  const sinceMs = state.watchedSinceMs ?? workflowInfo().startTime.getTime();
  const strangers = strangersOf({ account: state.account, symbol, leg }, snapshot.orders, sinceMs);
  if (strangers.length === 0) return;
  const epochs = strangeEpochs(strangers);
  const summary = `look in the journal for ${strangers.length} orders in our own dialect`;
  const known = await journal.knownEpochs.executeWithOptions({ summary }, [
    { account: state.account, symbol, leg, epochs },
  ]);
  const foreign = strangers.filter(({ epoch, ours }) => !ours || !known.includes(epoch));
  if (foreign.length > 0) halt({ symbol, leg, orderIds: foreign.map(({ orderId }) => orderId) });
}
