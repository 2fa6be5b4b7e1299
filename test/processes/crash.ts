/** Brings the activities of some cells to one boundary, kills the worker there, and starts it again. */
import { setTimeout as delay } from 'node:timers/promises';
import { journalFile } from '../../config/data-files.ts';
import type { FaultPlan, RequestMatch, RequestRecord } from '../../venue/control/types.ts';
import { eventually } from '../support/eventually.ts';
import { activityCompleted, activityStarted, recordedSoFar, signalled } from '../support/history.ts';
import { lockJournal } from '../support/journal-lock.ts';
import { nextReading, open, type Scene, type Tried } from './scenes.ts';
import type { TriedExchange } from './wire-of.ts';

export const BOUNDARIES = ['before', 'accepted', 'unreported', 'reported'] as const;
/** Where in an activity: before it has any effect, before its answer, before its report, after it. */
export type Boundary = (typeof BOUNDARIES)[number];

/**
 * Exchanges differ in what becomes of a request that was not sent, and of one that was carried out without
 * an answer. What comes after the answer is Temporal's and ours: one exchange stands for all.
 */
export const boundariesOn = (exchange: TriedExchange): readonly Boundary[] =>
  exchange === 'bingx' ? BOUNDARIES : ['before', 'accepted'];

export type Placed = Tried & { scene: Scene };

/** The worker gives up on a request after 4 s: a kill later than this would be at another boundary. */
const CALL_LASTS_MS = 4_000;
/** How late the exchange answers where the answer shall arrive and its report shall not. */
const ANSWER_LATE_MS = 2_500;
/** From the answer's arrival until the activity is over: placing an order looks at it once more. */
const OVER_AFTER_MS = 700;
/** The answer to what comes before the awaited request. */
const LATE = { kind: 'latency', params: { ms: 1_000 } } as const;
const WITHIN_MS = 25_000;
const AGAIN_WITHIN_MS = 45_000;

const FAULTS: Record<Exclude<Boundary, 'reported'>, Pick<FaultPlan, 'kind' | 'params'>> = {
  before: { kind: 'timeout-before' },
  accepted: { kind: 'timeout-after' },
  unreported: { kind: 'latency', params: { ms: ANSWER_LATE_MS } },
};

/** @returns what the callers got who asked again, as a caller does whose worker died while it waited. */
export async function crash(boundary: Boundary, group: readonly Placed[]): Promise<Promise<unknown>[]> {
  if (boundary === 'reported') {
    const asked: Promise<unknown>[] = [];
    for (const each of group) asked.push(...(await crashOnce([each], onceReported)));
    return asked;
  }
  return crashOnce(group, (placed) =>
    placed.cell.touches.what === 'journal' ? inJournal(boundary, placed) : inCall(boundary, placed),
  );
}

/** Something that is set up; `reached` resolves at the boundary, `undo` clears what the kill left. */
type Trap = { reached: Promise<number>; undo?: () => void };

async function crashOnce(
  group: readonly Placed[],
  set: (placed: Placed) => Promise<Trap>,
): Promise<Promise<unknown>[]> {
  const [first] = group;
  if (!first) return [];
  const { worker, link, venue } = first.scene.processes;
  await Promise.all(
    group.filter(({ cell }) => cell.watched).map(({ scene }) => nextReading(scene, WITHIN_MS)),
  );
  const traps = await Promise.all(group.map(set));
  // What they answer is lost with the worker, or not: the outcome is what counts.
  for (const { cell, scene } of group) void cell.trigger(scene).catch(() => {});
  try {
    const untilMs = Math.max(
      ...(await Promise.all(traps.map(({ reached }, index) => told(reached, group[index])))),
    );
    if (untilMs > 0) {
      link.hold();
      await delay(untilMs - Date.now());
    }
    await worker.kill();
  } finally {
    for (const { undo } of traps) undo?.();
  }
  await venue.control.clearFaults();
  link.release();
  await worker.start();
  return group
    .filter(({ cell }) => cell.begins === 'flat')
    .map(({ scene }) => eventually(() => open(scene), AGAIN_WITHIN_MS));
}

/** A trap that nothing falls into says whose it is. */
async function told(reached: Promise<number>, placed: Placed | undefined): Promise<number> {
  try {
    return await reached;
  } catch (error) {
    throw new Error(`${placed?.exchange}, ${placed?.cell.name}: the boundary was not reached`, {
      cause: error,
    });
  }
}

/** Caught at the exchange: the request is held there, or its answer is. */
async function inCall(boundary: Exclude<Boundary, 'reported'>, placed: Placed): Promise<Trap> {
  const { cell, scene } = placed;
  const { wire } = scene;
  if (cell.touches.what !== 'exchange') throw new Error(`${cell.name} asks nothing of the exchange`);
  const { control } = scene.processes.venue;
  const { of } = cell.touches;
  const request = cell.touches.request(wire);
  const after = cell.touches.after?.(wire);
  const own = (match: RequestMatch): RequestMatch =>
    of === 'all' ? match : { ...match, account: scene.life.account };
  const plan = () => control.planFault({ ...FAULTS[boundary], match: own(request), count: null });
  const wait = (match: RequestMatch, sinceSeq: number) =>
    control.waitForRequest({ ...own(match), sinceSeq, timeoutMs: WITHIN_MS });
  const latest = async (): Promise<number> => (await control.requests({ limit: 1 })).at(-1)?.seq ?? 0;
  const sinceSeq = await latest();
  // Late enough that what follows it can still be caught.
  if (after) await control.planFault({ ...LATE, match: own(after), count: 1 });
  else await plan();
  const caught = async (): Promise<number> => {
    let plannedSeq = sinceSeq;
    if (after) {
      await wait(after, sinceSeq);
      await plan();
      plannedSeq = await latest();
    }
    const isReading = 'activity' in cell.record && cell.record.type === 'readLeg';
    if (isReading) await activityStarted(scene.processes.client, scene.workflowId, ['readLeg'], WITHIN_MS);
    const record: RequestRecord = await wait(request, plannedSeq);
    if (boundary === 'unreported') return record.atMs + ANSWER_LATE_MS + OVER_AFTER_MS;
    if (Date.now() - record.atMs > CALL_LASTS_MS)
      throw new Error(`${cell.name}: the request was no longer held`);
    return 0;
  };
  return { reached: caught() };
}

/** Caught at the journal: a lock lets nothing be written until the kill, or until the report is held. */
async function inJournal(boundary: Exclude<Boundary, 'reported'>, { cell, scene }: Placed): Promise<Trap> {
  const { client, venue, config, link, journal } = scene.processes;
  const { touches, record } = cell;
  if (touches.what !== 'journal' || !('type' in record)) throw new Error(`${cell.name} writes nothing`);
  // A row goes with the last publication, or by itself while a list that lags raises doubts.
  const writers = touches.after ? [record.type, 'writeTrade'] : [record.type];
  let lock: ReturnType<typeof lockJournal> | undefined;
  const take = (): void => {
    lock = lockJournal(journalFile(config));
  };
  const match = touches.after && { ...touches.after(scene.wire), account: scene.life.account };
  if (match) await venue.control.planFault({ ...LATE, match, count: 1 });
  else take();
  const epochBefore = (await journal.positions(scene.life.account))[0]?.updatedAt;
  const caught = async (): Promise<number> => {
    if (match) {
      await venue.control.waitForRequest({ ...match, timeoutMs: WITHIN_MS });
      take();
    }
    await activityStarted(client, scene.workflowId, writers, WITHIN_MS);
    if (boundary === 'before') return 0;
    link.hold();
    lock?.release();
    await eventually(async () => {
      const trades = await journal.trades({ account: scene.life.account, symbol: scene.life.symbol });
      const [shown] = await journal.positions(scene.life.account);
      const written = touches.after ? trades.length > 0 : shown?.updatedAt !== epochBefore;
      if (!written) throw new Error(`${cell.name} has not written yet`);
    }, WITHIN_MS);
    return 0;
  };
  return { reached: caught(), undo: () => lock?.release() };
}

/** Caught in Temporal's history: its completion has just been recorded. */
async function onceReported({ cell: { record }, scene }: Placed): Promise<Trap> {
  const { workflowId } = scene;
  const { client } = scene.processes;
  const after = await recordedSoFar(client, workflowId);
  const reached =
    'signal' in record
      ? signalled(client, workflowId, record.signal, after)
      : activityCompleted(client, workflowId, record.activity, after);
  return { reached: reached.then(() => 0) };
}
