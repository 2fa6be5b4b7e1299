/** What a benchmark found: rows for people, JSON for programs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';

/** One figure. `bound`: what keeps it from being better. */
export type Row = { what: string; value: string; unit: string; bound: string; data: Record<string, number> };

export type Report = { name: string; rows: Row[] };

/** What was found on one exchange; every exchange has the same reports. */
export type Findings = { exchange: string; reports: Report[] };

export function print(findings: readonly Findings[]): void {
  const [first] = findings;
  if (!first) return;
  const table = new Table({
    head: ['what', ...findings.map(({ exchange }) => exchange), 'unit', 'bounded by'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [46, ...findings.map(() => 15), 8, 36],
  });
  first.reports.forEach(({ name, rows }, report) => {
    table.push([{ colSpan: findings.length + 3, content: name }]);
    rows.forEach(({ what, unit, bound }, row) => {
      const values = findings.map(({ reports }) => reports[report]?.rows[row]?.value ?? '');
      table.push([what, ...values, unit, bound]);
    });
  });
  process.stdout.write(`${table.toString()}\n`);
}

/** @returns the file that was written */
export function save(folder: string, findings: readonly Findings[], startedAt: string): string {
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.version,
  };
  const file = join(folder, `${startedAt.replaceAll(/[:.]/g, '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, machine, findings }, null, 2)}\n`);
  return file;
}
