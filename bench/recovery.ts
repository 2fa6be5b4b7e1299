/** SIGKILL of the worker with positions open: until it watches their levels, and until it acts on one. */
import { readFileSync } from 'node:fs';
import { logFile } from '../config/data-files.ts';
import { positionWorkflowId } from '../contract/ids.ts';
import { eventually } from '../test/support/eventually.ts';
import { CROSSING_PRICE, targetsOf, vanish } from './crossing.ts';
import type { Report, Row } from './report.ts';
import { ACCOUNT, closeOn, marketOf, symbolOf, type Setting } from './setting.ts';
import { seconds } from './statistics.ts';
import { atMost, type Target } from './target.ts';

/** Levels that are crossed from the start on, of positions all over the account: when the last is noticed, all are watched. */
const CROSSED = 10;
const MOVE_EVERY_MS = 100;
const WITHIN_MS = 60_000;

/** @param open more than ten positions, of which ten are used up */
export async function recovery(setting: Setting, open: readonly number[]): Promise<Report> {
  const { control } = setting.venue;
  const chosen = open
    .filter((_, nth) => nth % Math.max(1, Math.floor(open.length / CROSSED)) === 0)
    .slice(0, CROSSED);
  const targets = await targetsOf(setting);
  await setting.worker.kill();
  for (const index of chosen) await vanish(setting, targets, index);
  const [latest] = await control.requests({ limit: 1 });
  const startedMs = Date.now();
  const moving = setInterval(() => void moveAll(setting, chosen), MOVE_EVERY_MS);
  const firstClose = Promise.any(
    chosen.map((index) =>
      control.waitForRequest({
        ...closeOn(setting, index),
        sinceSeq: latest?.seq ?? 0,
        timeoutMs: WITHIN_MS,
      }),
    ),
  );
  try {
    await setting.worker.start();
    const readyMs = Date.now() - startedMs;
    const actedMs = (await firstClose).atMs - startedMs;
    const watchedMs = (await allNoticed(setting, chosen, startedMs)) - startedMs;
    return report(open.length, { readyMs, watchedMs, actedMs });
  } finally {
    clearInterval(moving);
  }
}

/** The venue may still be busy with the last move. */
const moveAll = ({ venue: { control } }: Setting, indexes: readonly number[]): Promise<unknown> =>
  Promise.allSettled(
    indexes.map((index) => control.setPrice({ symbol: marketOf(index), last: CROSSING_PRICE })),
  );

/** @returns when the worker noticed the last of these crossings, by its own log */
function allNoticed({ config }: Setting, indexes: readonly number[], sinceMs: number): Promise<number> {
  const file = logFile(config, 'worker');
  return eventually(async () => {
    const lines = readFileSync(file, 'utf8').split('\n');
    const times = indexes.map((index) => noticedAtMs(lines, index, sinceMs));
    return Promise.resolve(Math.max(...times));
  }, WITHIN_MS);
}

function noticedAtMs(lines: readonly string[], index: number, sinceMs: number): number {
  const workflowId = positionWorkflowId({ account: ACCOUNT, symbol: symbolOf(index), leg: 'net' });
  for (const line of lines) {
    if (!line.includes('a price level was crossed') || !line.includes(workflowId)) continue;
    // Lines of the worker's own log carry the time, as a number or in ISO 8601.
    const { time } = JSON.parse(line) as { time: number | string };
    const atMs = new Date(time).getTime();
    if (atMs >= sinceMs) return atMs;
  }
  throw new Error(`the crossing of ${workflowId} was not noticed`);
}

function report(count: number, ms: { readyMs: number; watchedMs: number; actedMs: number }): Report {
  const row = (what: string, tookMs: number, bound: string, target?: Target): Row => ({
    what,
    value: seconds(tookMs),
    unit: 's',
    bound,
    data: { ms: tookMs },
    ...(target && { target }),
  });
  return {
    name: `SIGKILL of the worker with ${count} positions open, from its next start`,
    rows: [
      row('taking work', ms.readyMs, 'loading Node, SDK and ccxt'),
      row(
        'all levels watched',
        ms.watchedMs,
        'loading, then the watcher handed on to the new process',
        atMost(ms.watchedMs / 1_000, 3, 's'),
      ),
      row(
        'the first close order',
        ms.actedMs,
        'the same, and the replay of a history',
        atMost(ms.actedMs / 1_000, 3.5, 's'),
      ),
    ],
  };
}
