/** Whether each worker tells its health over HTTP, and what it says of what all its accounts need. */
import { z } from 'zod';
import type { HoldfastConfig } from '../../../config/config.ts';
import { readWorkerReports } from '../../../config/serving.ts';
import { attempt, type Finding } from './finding.ts';

const ANSWERS_WITHIN_MS = 5_000;

const probed = z.object({ ok: z.boolean(), problem: z.string().optional() });
const readiness = z.object({ ready: z.boolean(), temporal: probed, journal: probed });

/** One finding for each worker of the data folder that says where; accounts have rows of their own. */
export const examineHealth = ({ dataDir }: HoldfastConfig): Promise<Finding[]> =>
  Promise.all(
    readWorkerReports(dataDir, Date.now()).flatMap(({ pid, healthAt }) =>
      healthAt ? [examineWorker(pid, healthAt)] : [],
    ),
  );

function examineWorker(pid: number, healthAt: string): Promise<Finding> {
  const what = `health of ${pid}`;
  const url = `${healthAt}/health/ready`;
  const remedy = 'Look into the log of the worker; when it has just started, ask again';
  return attempt(what, remedy, async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const { ready, temporal, journal } = readiness.parse(await answer.json());
    if (ready) return { what, state: 'ok', text: `${url} says ready` };
    const problems = Object.entries({ temporal, journal }).flatMap(([name, { problem }]) =>
      problem === undefined ? [] : [`${name}: ${problem}`],
    );
    return { what, state: 'wrong', text: [`${url} says not ready`, ...problems].join(', '), remedy };
  });
}
