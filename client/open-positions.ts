/** Which positions are open, and how each stands: from the journal where there is one, else from the workflows. */
import { setTimeout as delay } from 'node:timers/promises';
import { parsePositionWorkflowId, positionWorkflowId } from '../contract/ids.ts';
import { status } from '../contract/messages.ts';
import type { PositionView } from '../domain/view.ts';
import type { JournalReader } from '../journal/journal.ts';
import type { Shown } from './api.ts';
import { HoldfastError } from './errors.ts';
import { mapBounded } from './map-bounded.ts';
import { choose, statedWorkflowId, type PositionRef } from './position-ref.ts';
import { MAX_LISTED, runningPositions } from './running-positions.ts';
import type { Wire } from './wire.ts';

export type Readers = { wire: Wire; journal?: JournalReader };

/** How many workflows are asked at once where no journal is at hand. */
const QUERY_CONCURRENCY = 8;
/** How long the server may take to say what runs, where the journal has an answer already. */
const LISTED_WITHIN_MS = 10_000;

/** Throws `no_such_position` or `ambiguous`. */
export async function workflowIdOf(readers: Readers, ref: PositionRef): Promise<string> {
  const stated = statedWorkflowId(ref);
  if (stated !== undefined) return stated;
  if ('workflowId' in ref) return ref.workflowId;
  try {
    return positionWorkflowId(choose(ref, await openPositions(readers, ref.account)));
  } catch (error) {
    // One that has just been opened runs before it is written down.
    const isUnknown = error instanceof HoldfastError && error.code === 'no_such_position';
    const running = isUnknown
      ? await runningPositions(readers.wire, ref.account, MAX_LISTED).catch(() => [])
      : [];
    const legs = running.flatMap(({ workflowId }) => parsePositionWorkflowId(workflowId) ?? []);
    if (!legs.some(({ symbol, leg }) => symbol === ref.symbol && leg === (ref.leg ?? leg))) throw error;
    return positionWorkflowId(choose(ref, legs));
  }
}

/** Asked from its workflow, else as last written down. */
export async function showPosition({ wire, journal }: Readers, workflowId: string): Promise<Shown> {
  try {
    return { position: await wire.query<PositionView>(workflowId, status), answeredBy: 'workflow' };
  } catch (error) {
    if (
      !(error instanceof HoldfastError) ||
      !['no_worker', 'no_answer', 'server_unreachable'].includes(error.code)
    )
      throw error;
    const written = await journal?.positions();
    const position = written?.find((view) => view.workflowId === workflowId);
    if (position === undefined) throw error;
    return { position, answeredBy: 'projection', because: error.code };
  }
}

/** With those that run and are not written down yet, as far as the server answers: for what must miss none. */
export async function everyPosition(
  readers: Readers,
  account: string | undefined,
  withinMs = LISTED_WITHIN_MS,
): Promise<PositionView[]> {
  const [written, running] = await Promise.all([
    openPositions(readers, account),
    Promise.race([
      runningPositions(readers.wire, account, MAX_LISTED).catch(() => []),
      nobodyAfter(withinMs),
    ]),
  ]);
  const known = new Set(written.map(({ workflowId }) => workflowId));
  const unwritten = running.filter(({ workflowId }) => !known.has(workflowId));
  const views = await mapBounded(unwritten, QUERY_CONCURRENCY, ({ workflowId }) =>
    readers.wire.query<PositionView>(workflowId, status).catch(() => null),
  );
  const unwrittenOpen = views.flatMap((view) => (view === null || view.stage === 'closed' ? [] : [view]));
  return [...written, ...unwrittenOpen].sort(byWorkflowId);
}

const nobodyAfter = (ms: number): Promise<[]> => delay(ms, [] as [], { ref: false });

const byWorkflowId = (a: PositionView, b: PositionView): number => (a.workflowId < b.workflowId ? -1 : 1);

export async function openPositions(
  { wire, journal }: Readers,
  account: string | undefined,
): Promise<PositionView[]> {
  if (journal) return journal.positions(account);
  const running = await runningPositions(wire, account, MAX_LISTED);
  const views = await mapBounded(running, QUERY_CONCURRENCY, ({ workflowId }) =>
    wire.query<PositionView>(workflowId, status),
  );
  return views.sort(byWorkflowId);
}
