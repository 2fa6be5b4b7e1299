/** Whether each worker tells its health over HTTP, and what it says of what all its accounts need. */
import { z } from 'zod';
import type { HoldfastConfig } from '../../../config/config.ts';
import { readWorkerReports, WRITE_EVERY_MS } from '../../../config/serving.ts';
import { attempt, type Finding } from './finding.ts';

const ANSWERS_WITHIN_MS = 5_000;

const probed = z.object({ ok: z.boolean(), problem: z.string().optional() });
const readiness = z.object({ ready: z.boolean(), temporal: probed, journal: probed });

/** Writes missed by a worker that was killed; the next one often has its address. */
const MISSED_WRITES = 3;

/** One finding for each address that a worker of the data folder names; accounts have rows of their own. */
export function examineHealth({ dataDir }: HoldfastConfig, nowMs = Date.now()): Promise<Finding[]> {
  const written = readWorkerReports(dataDir, nowMs).filter(
    ({ writtenAt }) => nowMs - Date.parse(writtenAt) <= MISSED_WRITES * WRITE_EVERY_MS,
  );
  const addresses = new Set(written.flatMap(({ healthAt }) => healthAt ?? []));
  return Promise.all([...addresses].map(examineAddress));
}

function examineAddress(healthAt: string): Promise<Finding> {
  const what = 'worker health';
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
