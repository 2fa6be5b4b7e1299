/** Where provisioning keeps its tools; `scripts/provision/toolbox.mjs` decides the same way. */
import { resolve } from 'node:path';
import type { Environment } from './layers.ts';
import { PROJECT_DIR } from './project.ts';

export const toolsDir = (env: Environment = process.env): string =>
  resolve(env['HOLDFAST_TOOLS_DIR'] || resolve(PROJECT_DIR, '.holdfast/tools'));
