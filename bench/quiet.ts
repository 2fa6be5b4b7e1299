/** Positions to which nothing happens: what they cost. */
import { setTimeout as delay } from 'node:timers/promises';
import { positionWorkflowId } from '../contract/ids.ts';
import { usageOf } from './process-usage.ts';
import type { Report } from './report.ts';
import { ACCOUNT, symbolOf, type Setting } from './setting.ts';
import { rounded } from './statistics.ts';
import { atMost } from './target.ts';

/** Until what opening them has left behind is done. */
const SETTLE_MS = 8_000;
/** Four readings of the account. */
const WATCHED_MS = 20_000;
/** Histories that are looked at. */
const ASKED = 50;

/** `coreShare`: of one core, 0.05 is five percent. */
export type Quiet = { coreShare: number; report: Report };

export async function quietness(setting: Setting, indexes: readonly number[]): Promise<Quiet> {
  await delay(SETTLE_MS);
  const asked = indexes.slice(0, ASKED);
  const before = { events: await historyEvents(setting, asked), ...cpuOf(setting), atMs: Date.now() };
  await delay(WATCHED_MS);
  const after = { ...cpuOf(setting), atMs: Date.now() };
  const events = (await historyEvents(setting, asked)) - before.events;
  const elapsedMs = after.atMs - before.atMs;
  const [worker, temporal] = [
    (after.worker - before.worker) / elapsedMs,
    (after.temporal - before.temporal) / elapsedMs,
  ];
  return { coreShare: worker, report: reportOf(indexes.length, asked.length, { events, worker, temporal }) };
}

const cpuOf = ({ worker, temporal }: Setting) => ({
  worker: usageOf(worker).cpuMs,
  temporal: usageOf(temporal).cpuMs,
});

function reportOf(
  count: number,
  asked: number,
  { events, worker, temporal }: { events: number; worker: number; temporal: number },
): Report {
  const percent = (what: string, share: number, bound: string) => ({
    what,
    value: rounded(share * 100),
    unit: '% of a core',
    bound,
    data: { share },
  });
  return {
    name: `${count} quiet positions for ${WATCHED_MS / 1_000} s`,
    rows: [
      {
        what: `history events of ${asked} of them`,
        value: String(events),
        unit: '',
        bound: 'only differences are told',
        data: { events },
        target: atMost(events, 0, 'events'),
      },
      {
        ...percent('worker', worker, 'reading and comparing the account every 5 s'),
        target: atMost(worker * 100, 5, '%'),
      },
      percent('Temporal server, for comparison', temporal, 'its own timers and polls'),
    ],
  };
}

async function historyEvents({ client }: Setting, indexes: readonly number[]): Promise<number> {
  const lengths = await Promise.all(
    indexes.map(async (index) => {
      const id = positionWorkflowId({ account: ACCOUNT, symbol: symbolOf(index), leg: 'net' });
      return (await client.workflow.getHandle(id).describe()).historyLength;
    }),
  );
  return lengths.reduce((sum, length) => sum + length, 0);
}
