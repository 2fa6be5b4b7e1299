/** What a benchmark found: rows for people, JSON for programs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { rounded, type Figures } from './statistics.ts';
import type { Target } from './target.ts';

/** One figure. `bound`: what keeps it from being better. */
export type Row = {
  what: string;
  value: string;
  unit: string;
  bound: string;
  data: Record<string, number>;
  target?: Target;
};

export type Report = { name: string; rows: Row[] };

/** What was found on one exchange; every exchange has the same reports. */
export type Findings = { exchange: string; reports: Report[] };

/** `load`: of the machine, averaged over a minute; above the number of cores every figure suffers. */
export type Run = {
  startedAt: string;
  findings: readonly Findings[];
  load: { before: number; after: number };
};

export const loadNow = (): number => loadavg()[0] ?? Number.NaN;

/** Median and 99th percentile of milliseconds. */
export const percentiles = (what: string, { p50, p99 }: Figures, bound: string, target?: Target): Row => ({
  what: `${what}, p50 / p99`,
  value: `${rounded(p50)} / ${rounded(p99)}`,
  unit: 'ms',
  bound,
  data: { p50, p99 },
  ...(target && { target }),
});

export const ratioRow = (what: string, ratio: number, bound: string, target?: Target): Row => ({
  what,
  value: ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2),
  unit: 'x',
  bound,
  data: { ratio },
  ...(target && { target }),
});

export function print({ findings, load }: Run): void {
  const [first] = findings;
  if (!first) return;
  const table = new Table({
    head: ['what', ...findings.map(({ exchange }) => exchange), 'target', 'bounded by'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, ...findings.map(() => 18), 18, 34],
  });
  first.reports.forEach(({ name, rows }, report) => {
    table.push([{ colSpan: findings.length + 3, content: name }]);
    rows.forEach(({ what, bound, target }, row) => {
      const values = findings.map(({ reports }) => cell(reports[report]?.rows[row]));
      table.push([what, ...values, target?.text ?? '', bound]);
    });
  });
  process.stdout.write(`${table.toString()}\n`);
  process.stdout.write(
    `load of the machine: ${rounded(load.before)} before, ${rounded(load.after)} after, on ${availableParallelism()} cores\n`,
  );
}

function cell(row: Row | undefined): string {
  if (!row) return '';
  const verdict = row.target === undefined ? '' : row.target.met ? '  met' : '  MISSED';
  return `${row.value} ${row.unit}`.trim() + verdict;
}

/** @returns the file that was written */
export function save(folder: string, { startedAt, findings, load }: Run): string {
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.version,
    load,
  };
  const file = join(folder, `${startedAt.replaceAll(/[:.]/g, '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, machine, findings }, null, 2)}\n`);
  return file;
}
