/** What a benchmark found: rows for people, JSON for programs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';

/** One figure. `bound`: what keeps it from being better. */
export type Row = { what: string; value: string; unit: string; bound: string; data: Record<string, number> };

export type Report = { name: string; rows: Row[] };

export function print(reports: readonly Report[]): void {
  const table = new Table({
    head: ['what', 'value', 'unit', 'bounded by'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [52, 18, 12, 44],
  });
  for (const { name, rows } of reports) {
    table.push([{ colSpan: 4, content: name }]);
    for (const row of rows) table.push([row.what, row.value, row.unit, row.bound]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

/** @returns the file that was written */
export function save(folder: string, reports: readonly Report[], startedAt: string): string {
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.version,
  };
  const file = join(folder, `${startedAt.replaceAll(/[:.]/g, '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, machine, reports }, null, 2)}\n`);
  return file;
}
