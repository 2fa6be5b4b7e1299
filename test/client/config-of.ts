/** A configuration from its text, whatever file the developer of this clone may have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HoldfastConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';

export function configOf(text: string): HoldfastConfig {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  try {
    const file = join(folder, 'holdfast.yaml');
    writeFileSync(file, text);
    return loadConfig({ file, env: {}, tolerant: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
