/**
 * `npm run bench [-- latency burst life recovery] [--samples N] [--positions N]`: measures on real
 * processes on this machine, prints a table and writes JSON to `bench/results/`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { burst } from './burst.ts';
import { latency } from './latency.ts';
import { life } from './life.ts';
import { recovery } from './recovery.ts';
import { print, save, type Report } from './report.ts';
import { startSetting } from './setting.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { samples: { type: 'string', default: '20' }, positions: { type: 'string', default: '100' } },
});
const samples = Number(values.samples);
const positions = Number(values.positions);
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

// Only the table and what is under way belong on the screen.
Runtime.install({ logger: new DefaultLogger('ERROR') });
const startedAt = new Date().toISOString();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
say('starting Temporal, venue and worker ...');
// Markets: two per latency sample, then one life, then the burst.
const lifeIndex = 2 * samples;
const burstIndex = lifeIndex + 1;
const setting = await startSetting(folder, burstIndex + positions);
const reports: Report[] = [];
try {
  if (wanted('life')) reports.push(await told('one life', () => life(setting, lifeIndex)));
  if (wanted('latency')) reports.push(await told('tick to close', () => latency(setting, samples)));
  if (wanted('burst') || wanted('recovery')) {
    reports.push(await told(`${positions} entries at once`, () => burst(setting, positions, burstIndex)));
  }
  if (wanted('recovery')) reports.push(await told('recovery', () => recovery(setting, burstIndex)));
} finally {
  await setting.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
print(reports);
say(`written to ${save(join(import.meta.dirname, 'results'), reports, startedAt)}`);
process.exit(0);

async function told(what: string, run: () => Promise<Report>): Promise<Report> {
  say(`${what} ...`);
  return run();
}
