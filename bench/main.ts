/**
 * `npm run bench [-- life latency ...] [--quick] [--exchange bingx|bybit|binance|all] [--samples N]
 * [--positions N] [--open N]`: measures on real processes on this machine, one exchange after the other,
 * prints a table and writes JSON to `bench/results/`. What each figure means is in docs/speed.md.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { TRIED } from '../test/processes/wire-of.ts';
import { loadNow, print, save, type Findings } from './report.ts';
import { BENCHMARKS, FULL, measure, QUICK, type Benchmark, type Sizes } from './suite.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    exchange: { type: 'string', default: 'bingx' },
    quick: { type: 'boolean', default: false },
    samples: { type: 'string' },
    positions: { type: 'string' },
    open: { type: 'string' },
  },
});
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
const before = loadNow();
const findings: Findings[] = [];
for (const exchange of exchanges) findings.push(await measure({ exchange, sizes: sizes(), wanted, say }));
const run = { startedAt, findings, load: { before, after: loadNow() } };
print(run);
say(`written to ${save(join(import.meta.dirname, 'results'), run)}`);
process.exit(0);

function sizes(): Sizes {
  const { samples, positions, steps } = values.quick ? QUICK : FULL;
  return {
    samples: Number(values.samples ?? samples),
    positions: Number(values.positions ?? positions),
    steps: values.open === undefined ? steps : [...steps.slice(0, -1), Number(values.open)],
  };
}
