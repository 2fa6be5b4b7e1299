/**
 * `npm run bench [-- life latency snapshot burst recovery] [--exchange bingx|bybit|binance|all] [--samples N]
 * [--positions N]`: measures on real processes on this machine, one exchange after the other, prints a table
 * and writes JSON to `bench/results/`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { EXCHANGES } from '../domain/exchanges.ts';
import { TRIED, type TriedExchange } from '../test/processes/wire-of.ts';
import { burst } from './burst.ts';
import { latency } from './latency.ts';
import { life } from './life.ts';
import { recovery } from './recovery.ts';
import { print, save, type Findings, type Report } from './report.ts';
import { startSetting } from './setting.ts';
import { snapshot, SNAPSHOT_MARKETS } from './snapshot.ts';

const BENCHMARKS = ['life', 'latency', 'snapshot', 'burst', 'recovery'] as const;
type Benchmark = (typeof BENCHMARKS)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    exchange: { type: 'string', default: 'bingx' },
    samples: { type: 'string', default: '20' },
    positions: { type: 'string', default: '100' },
  },
});
const samples = Number(values.samples);
const positions = Number(values.positions);
const exchanges = TRIED.filter((name) => values.exchange === 'all' || values.exchange === name);
const unknown = positionals.filter((name) => !BENCHMARKS.some((known) => known === name));
const wanted = (name: Benchmark): boolean => positionals.length === 0 || positionals.includes(name);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

if (exchanges.length === 0 || unknown.length > 0) {
  say(`benchmarks: ${BENCHMARKS.join(', ')}; --exchange ${TRIED.join(', ')} or all`);
  process.exit(2);
}
// Only the table and what is under way belong on the screen.
Runtime.install({ logger: new DefaultLogger('ERROR') });
const startedAt = new Date().toISOString();
const findings: Findings[] = [];
for (const exchange of exchanges) findings.push(await measure(exchange));
print(findings);
say(`written to ${save(join(import.meta.dirname, 'results'), findings, startedAt)}`);
process.exit(0);

async function measure(exchange: TriedExchange): Promise<Findings> {
  const { title } = EXCHANGES[exchange];
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  say(`${title}: starting Temporal, venue and worker ...`);
  // Markets: two per latency sample, then one life, then those of the snapshot, then the burst.
  const lifeIndex = 2 * samples;
  const snapshotIndex = lifeIndex + 1;
  const burstIndex = snapshotIndex + SNAPSHOT_MARKETS;
  const setting = await startSetting(folder, exchange, burstIndex + positions);
  const reports: Report[] = [];
  const told = async (what: string, run: () => Promise<Report>): Promise<void> => {
    say(`${title}: ${what} ...`);
    reports.push(await run());
  };
  try {
    if (wanted('life')) await told('one life', () => life(setting, lifeIndex));
    if (wanted('latency')) await told('tick to close', () => latency(setting, samples));
    if (wanted('snapshot')) await told('a reading', () => snapshot(setting, samples, snapshotIndex));
    if (wanted('burst') || wanted('recovery'))
      await told(`${positions} entries at once`, () => burst(setting, positions, burstIndex));
    if (wanted('recovery')) await told('recovery', () => recovery(setting, burstIndex));
    return { exchange: title, reports };
  } finally {
    await setting.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
