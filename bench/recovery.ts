/** SIGKILL of the worker with positions open: until it takes work, and until it acts on a crossing. */
import { vanishTarget } from './open.ts';
import type { Report } from './report.ts';
import { ACCOUNT, closeOn, marketOf, type Setting } from './setting.ts';

/** @param index an open position with a target below 1100 */
export async function recovery(setting: Setting, index: number): Promise<Report> {
  const open = (await setting.journal.positions(ACCOUNT)).length;
  const { control } = setting.venue;
  await setting.worker.kill();
  await vanishTarget(setting, index);
  const before = await control.requests({});
  const startedMs = Date.now();
  await setting.worker.start();
  const readyMs = Date.now() - startedMs;
  const waiting = control.waitForRequest({
    ...closeOn(setting, index),
    sinceSeq: before.at(-1)?.seq ?? 0,
    timeoutMs: 60_000,
  });
  const moved = setInterval(
    () => void control.setPrice({ symbol: marketOf(index), last: '1150' }).catch(() => {}),
    100,
  );
  const actedMs = (await waiting.finally(() => clearInterval(moved))).atMs - startedMs;
  return {
    name: `SIGKILL of the worker with ${open} positions open`,
    rows: [
      {
        what: 'start to taking work',
        value: (readyMs / 1000).toFixed(2),
        unit: 's',
        bound: 'loading Node, SDK and ccxt',
        data: { readyMs },
      },
      {
        what: 'start to the close order of a crossed level',
        value: (actedMs / 1000).toFixed(2),
        unit: 's',
        bound: 'the heartbeat timeout of the watcher that died',
        data: { actedMs },
      },
    ],
  };
}
