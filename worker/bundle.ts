/**
 * The workflow code as one file for the sandbox. Bundling takes seconds and its input rarely changes,
 * so the bundle is kept under the hash of everything that goes into it, for all copies of the project.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { CACHE_DIR, PROJECT_DIR } from '../config/project.ts';
import { keptOrMade } from './bundle-cache.ts';

/** All that decides what is in a bundle: what workflows may import, the packages, and how it is made. */
const MADE_OF = ['{domain,contract,workflows,activities}/**/*.ts', 'package-lock.json', 'worker/bundle.ts'];

/**
 * Pure functions and definitions: one copy serves all workflows of a process, which takes two thirds of its
 * memory from a position, and lets V8 optimize once for all of them. The SDK freezes what they export. What
 * keeps anything of a workflow must never be among them; `workflows/` may, and has a copy for each.
 */
const SHARED = '{domain,contract}/**/*.ts';
const SHARED_PACKAGES = ['fflate/browser'];

export const workflowBundle = (): Promise<WorkflowBundleOption> =>
  keptOrMade(CACHE_DIR, hashOfSources(), makeBundle);

async function makeBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(PROJECT_DIR, 'workflows', 'index.ts'),
    workflowInterceptorModules: [join(PROJECT_DIR, 'workflows', 'spoiled-run.ts')],
    preloadModules: [...sharedModules(), ...SHARED_PACKAGES],
    logger: new DefaultLogger('WARN'),
    // Stack traces name file and line all the same; the sources would be read and handed on at every start.
    webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
  });
  return code;
}

const sharedModules = (): string[] =>
  globSync(SHARED, { cwd: PROJECT_DIR })
    .toSorted()
    .map((name) => join(PROJECT_DIR, name));

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const name of globSync(MADE_OF, { cwd: PROJECT_DIR }).toSorted())
    hash.update(name).update(readFileSync(join(PROJECT_DIR, name)));
  return hash.digest('hex').slice(0, 16);
}
