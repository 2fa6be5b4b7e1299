/** What a configuration file comes to, without starting or touching anything: for `holdfast config check`. */
import type { ConfigProblem } from './errors.ts';
import { ConfigError } from './errors.ts';
import type { HoldfastConfig } from './config.ts';
import { loadConfig, type LoadOptions } from './load.ts';

export type CheckedFile =
  | { config: HoldfastConfig; problems: [] }
  /** Every mistake at once. */
  | { config: null; problems: readonly ConfigProblem[] };

export function checkFile(options: LoadOptions): CheckedFile {
  try {
    return { config: loadConfig({ ...options, tolerant: false }), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { config: null, problems: error.problems };
    throw error;
  }
}
