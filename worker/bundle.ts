/**
 * The workflow code as one file for the sandbox. Bundling takes seconds and its input rarely changes,
 * so the bundle is kept under the hash of everything that goes into it, for all copies of the project.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { CACHE_DIR, PROJECT_DIR } from '../config/project.ts';

/** The folders that workflows may import. */
const SOURCES = ['domain', 'contract', 'workflows', 'activities'];
/** Bundles kept: those of a few checkouts of the last days. */
const KEPT = 3;

export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const file = join(CACHE_DIR, `workflows-${hashOfSources()}.js`);
  if (existsSync(file)) return { codePath: file };
  const workflowsPath = join(PROJECT_DIR, 'workflows', 'index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [join(PROJECT_DIR, 'workflows', 'spoiled-run.ts')],
    logger: new DefaultLogger('WARN'),
  });
  return keep(file, code) ? { codePath: file } : { code };
}

/** False where the project's folder cannot be written, as in an image: then the bundle is made at every start. */
function keep(file: string, code: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch {
    return false;
  }
  dropOldest(dirname(file));
  return true;
}

function dropOldest(folder: string): void {
  const bundles = globSync(join(folder, 'workflows-*.js')).map((path) => ({
    path,
    mtimeMs: statSync(path).mtimeMs,
  }));
  const old = bundles.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(KEPT);
  for (const { path } of old) rmSync(path, { force: true });
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(
    createRequire(import.meta.url)('@temporalio/workflow/package.json').version,
  );
  const files = SOURCES.flatMap((folder) => globSync(join(PROJECT_DIR, folder, '**/*.ts'))).toSorted();
  for (const file of files) hash.update(file.slice(PROJECT_DIR.length)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
