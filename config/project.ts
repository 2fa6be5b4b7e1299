/** Where this copy of Holdfast lives: what is not told otherwise is kept inside its folder. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Ignored by git; provisioning keeps its tools in `.holdfast/tools` beside it. */
export const DEFAULT_DATA_DIR = resolve(PROJECT_DIR, '.holdfast/data');

/** Looked for in the working folder, then in the project. */
export const CONFIG_FILE_NAMES = ['holdfast.yaml', 'holdfast.yml', 'holdfast.json'] as const;

/** What can be made again; shared by all data folders of this checkout. */
export const CACHE_DIR = resolve(PROJECT_DIR, '.holdfast/cache');
