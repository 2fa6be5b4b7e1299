/**
 * What Temporal's histories call the code that decided. The SDK's own name is a hash of 64 digits, twice in
 * every workflow task: a tenth of a history.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_DIR } from '../config/project.ts';

const { version } = createRequire(import.meta.url)(join(PROJECT_DIR, 'package.json')) as { version: string };

/** `holdfast@0.1.0` */
export const BUILD_ID = `holdfast@${version}`;
