/**
 * The workflow code as one file for the sandbox. Bundling takes seconds and its input rarely changes,
 * so the bundle is kept under the hash of everything that goes into it.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
/** The folders that workflows may import. */
const SOURCES = ['domain', 'contract', 'workflows', 'activities', 'journal'];

/** @returns the path of the bundle, made if it is not there. `fileOf` names it by its hash. */
export async function workflowBundle(fileOf: (hash: string) => string): Promise<string> {
  const file = fileOf(hashOfSources());
  if (existsSync(file)) return file;
  const { code } = await bundleWorkflowCode({ workflowsPath: join(PROJECT, 'workflows', 'index.ts') });
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, file);
  return file;
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(createRequire(import.meta.url)('@temporalio/workflow/package.json').version);
  const files = SOURCES.flatMap((folder) => globSync(join(PROJECT, folder, '**/*.ts'))).toSorted();
  for (const file of files) hash.update(file.slice(PROJECT.length)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
