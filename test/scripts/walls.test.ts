/** The lint rules that hold the import walls, each proven by a breach of it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const PROJECT_DIR = join(import.meta.dirname, '../..');

/** Each file, its only line, and the rule that must object; all in one run of the linter. */
const BREACHES = {
  'domain/a.ts': ["import '../contract/ids.ts';", 'no-restricted-imports'],
  'domain/b.ts': ["import 'node:fs';", 'no-restricted-imports'],
  'domain/c.ts': ["import '@temporalio/common';", 'no-restricted-imports'],
  'domain/d.ts': ['export const now = Date.now();', 'no-restricted-properties'],
  'domain/e.ts': ['export const die = Math.random();', 'no-restricted-properties'],
  'contract/a.ts': ["import '../workflows/position.ts';", 'no-restricted-imports'],
  'workflows/a.ts': ["import { place } from '../activities/exchange.ts'; place();", 'no-restricted-imports'],
  'workflows/b.ts': ["import '../exchanges/exchange.ts';", 'no-restricted-imports'],
  'workflows/c.ts': ["import { readFileSync } from 'node:fs'; readFileSync('x');", 'no-restricted-imports'],
  'exchanges/a.ts': ["import '../contract/ids.ts';", 'no-restricted-imports'],
  'exchanges/bingx/a.ts': ["import '../../activities/exchange.ts';", 'no-restricted-imports'],
  'journal/a.ts': ["import '../exchanges/exchange.ts';", 'no-restricted-imports'],
  'activities/a.ts': ["import '../workflows/position.ts';", 'no-restricted-imports'],
  'activities/b.ts': ["import '../worker/main.ts';", 'no-restricted-imports'],
  'client/a.ts': ["import '../worker/main.ts';", 'no-restricted-imports'],
  'client/b.ts': ["import '../exchanges/exchange.ts';", 'no-restricted-imports'],
  'client/cli/a.ts': ["import '../../worker/main.ts';", 'no-restricted-imports'],
  'client/cli/b.ts': ["import '../../venue/book/book.ts';", 'no-restricted-imports'],
  'venue/a.ts': ["import '../domain/position.ts';", 'no-restricted-imports'],
  'venue/book/a.ts': ["import '../../domain/ids.ts';", 'no-restricted-imports'],
  'venue/b.ts': ["import '../exchanges/exchange.ts';", 'no-restricted-imports'],
  'server/a.ts': ["import '../config/load.ts';", 'no-restricted-imports'],
  'worker/a.ts': ["import '../test/support/tools.ts';", 'no-restricted-imports'],
  'worker/b.ts': ["import '../client/cli/main.ts';", 'no-restricted-imports'],
  'config/a.ts': ["import '../client/connect.ts';", 'no-restricted-imports'],
  'journal/b.ts': ["export const home = process.env['HOME'];", 'no-process-env'],
  'journal/c.ts': ['export default 1;', 'no-default-export'],
  'journal/d.ts': ['export const x: any = 1;', 'no-explicit-any'],
} as const;

const ALLOWED = {
  'domain/ok.ts': "export { a } from './a.ts';",
  'contract/ok.ts': "export { x } from '../domain/decimal.ts';",
  'workflows/ok.ts':
    "import type { place } from '../activities/exchange.ts'; export type Place = typeof place;",
  'activities/ok.ts': "export { x } from '../exchanges/exchange.ts';",
  'venue/book/ok.ts': "export { x } from '../../domain/decimal.ts';",
  'client/cli/ok.ts': "export { x } from '../../venue/control/client.ts';",
  'worker/ok.ts': "export { x } from '../workflows/index.ts';",
  'worker/fine.ts': "export { x } from '../client/holdfast.ts';",
  'config/ok.ts': "export const home = process.env['HOME'];",
} as const;

const findings = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), filename: z.string() })),
});

let folder = '';
let found: z.infer<typeof findings>['diagnostics'] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-walls-'));
  copyFileSync(join(PROJECT_DIR, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  for (const [file, [line]] of Object.entries(BREACHES)) plant(file, line);
  for (const [file, line] of Object.entries(ALLOWED)) plant(file, line);
  found = lint();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a breach of a wall is found', () => {
  test.each(Object.entries(BREACHES))('%s', (file, [, rule]) => {
    const codes = found.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => code ?? '');
    expect(codes.join(' ')).toContain(rule);
  });
});

describe('what the walls allow is left alone', () => {
  test.each(Object.keys(ALLOWED))('%s', (file) => {
    expect(found.filter(({ filename }) => filename.endsWith(file))).toEqual([]);
  });
});

function plant(file: string, line: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${line}\n`);
}

/** The linter ends with code 1 as soon as it finds something. */
function lint(): z.infer<typeof findings>['diagnostics'] {
  const linter = join(PROJECT_DIR, 'node_modules/oxlint/bin/oxlint');
  const args = [linter, '--format', 'json', '--disable-nested-config'];
  try {
    // It looks for its type-aware half in node_modules above the code, then on PATH.
    const PATH = `${join(PROJECT_DIR, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, PATH };
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', env });
    return [];
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    return findings.parse(JSON.parse(output)).diagnostics;
  }
}
