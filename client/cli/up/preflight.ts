/** What would keep the parts from starting, said before anything is started. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { HoldfastConfig } from '../../../config/config.ts';
import { ConfigError, type ConfigProblem } from '../../../config/errors.ts';
import { wasCutOff } from '../../../config/running.ts';
import { whyPortIsTaken } from '../../../server/ports.ts';

/** After a SIGKILL of `up`, its children notice and end within this. */
const ORPHANS_END_WITHIN_MS = 12_000;
const ASK_EVERY_MS = 250;

/** Throws `ConfigError` naming every port that is taken and every file that is not there. */
export async function preflight(config: HoldfastConfig, withVenue: boolean): Promise<void> {
  const untilMs = Date.now() + (wasCutOff(config.dataDir) ? ORPHANS_END_WITHIN_MS : 0);
  let problems = await takenPorts(config, withVenue);
  while (problems.length > 0 && Date.now() < untilMs) {
    await delay(ASK_EVERY_MS);
    problems = await takenPorts(config, withVenue);
  }
  problems.push(...(withVenue ? missingFiles(config) : []));
  if (problems.length > 0) throw new ConfigError(problems);
}

async function takenPorts({ temporal, venue }: HoldfastConfig, withVenue: boolean): Promise<ConfigProblem[]> {
  const wanted = { 'venue.port': venue.port, 'venue.controlPort': venue.controlPort };
  const own = { 'temporal.port': temporal.port, 'temporal.uiPort': temporal.uiPort };
  const uses = Object.entries({ ...(temporal.embedded && own), ...(withVenue && wanted) });
  const found = await Promise.all(
    uses.map(async ([path, port]) => ({ path, port, reason: await whyPortIsTaken('127.0.0.1', port) })),
  );
  return found.flatMap(({ path, port, reason }) => {
    if (reason === undefined) return [];
    const problem = reason === 'EADDRINUSE' ? 'another program uses it' : `it cannot be used (${reason})`;
    return [{ source: `port ${port}`, path, problem, fix: 'Choose others: --ports 7900 moves all together' }];
  });
}

function missingFiles({ venue: { candles, trades } }: HoldfastConfig): ConfigProblem[] {
  const files = Object.entries({ 'venue.candles': candles, 'venue.trades': trades });
  return files.flatMap(([path, file]) =>
    file === null || existsSync(file)
      ? []
      : [{ source: file, path, problem: 'there is no such file', fix: 'Name a .csv or .csv.gz file' }],
  );
}
