/**
 * A vitest reporter: prints the conformance table of what was run and holds it against `docs/conformance.md`.
 * The run fails when they disagree; with `-u` the file is written instead, if every exchange was run and holds.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { differences, markdownOf } from './markdown.ts';
import { screenOf } from './screen.ts';
import { columnsOf, defectsOf, nameOf, SUBJECTS, type CardResult, type Column } from './table.ts';

export type TableOptions = {
  /** Where the table is kept. */
  file?: string;
  say?: (text: string) => void;
  /** Makes the run fail. */
  fail?: () => void;
};

/** What it reads of a run; the rest of vitest is of no account here. */
type Run = Pick<Vitest, 'config'>;
type RunModule = { children: Pick<TestModule['children'], 'allTests'> };

const KEPT = join(import.meta.dirname, '../../../docs/conformance.md');

export class ConformanceTable implements Reporter {
  readonly #file: string;
  readonly #say: (text: string) => void;
  readonly #fail: () => void;
  #run: Run | undefined;

  constructor({ file = KEPT, say = console.log, fail = failRun }: TableOptions = {}) {
    this.#file = file;
    this.#say = say;
    this.#fail = fail;
  }

  onInit(run: Run): void {
    this.#run = run;
  }

  onTestRunEnd(modules: readonly RunModule[]): void {
    // Picked tests prove no card.
    if (this.#run?.config.testNamePattern) return;
    const results = modules.flatMap((module) => [...module.children.allTests()].flatMap(resultOf));
    if (results.length === 0) return;
    const columns = columnsOf(results);
    this.#say(`\n${screenOf(columns)}`);
    const write = this.#run?.config.snapshotOptions.updateSnapshot === 'all';
    const problems = [...defectsOf(results, columns), ...(write ? this.#write(results, columns) : [])];
    if (!write) problems.push(...this.#compare(columns));
    if (problems.length === 0) return;
    this.#say(
      `The conformance table does not hold, or not as docs/conformance.md has it:\n${problems.map((one) => `  ${one}\n`).join('')}`,
    );
    this.#fail();
  }

  #compare(columns: readonly Column[]): string[] {
    const kept = existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : '';
    const found = differences(kept, columns).map((difference) => `it ${difference}`);
    if (found.length > 0) return found;
    // What else stands in it is compared when there is everything to compare it with.
    return missingOf(columns).length > 0 || kept === markdownOf(columns) ? [] : ['its text is another one'];
  }

  #write(results: readonly CardResult[], columns: readonly Column[]): string[] {
    const missing = missingOf(columns).map((name) => `not written: ${name} was not run`);
    if (missing.length === 0 && defectsOf(results, columns).length === 0) {
      writeFileSync(this.#file, markdownOf(columns));
      this.#say('docs/conformance.md is written');
    }
    return missing;
  }
}

function failRun(): void {
  process.exitCode = 1;
}

const missingOf = (columns: readonly Column[]): string[] => {
  const run = new Set(columns.map(nameOf));
  return SUBJECTS.map(nameOf).filter((name) => !run.has(name));
};

/** Nothing of a test that is not of the suite. */
function resultOf(test: TestCase): CardResult[] {
  const { subject, card } = test.meta();
  if (!subject) return [];
  const result = test.result();
  const reason = result.state === 'skipped' ? result.note : undefined;
  return [
    {
      ...subject,
      ...(card && { card }),
      state: result.state,
      ...(reason && { reason }),
      test: test.fullName,
    },
  ];
}
