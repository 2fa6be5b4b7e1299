/** Keys of a paper account: made up once per data folder, known to its venue only. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createPrivateFile } from './private-file.ts';
import { readKeysFile, type Credentials } from './keys-file.ts';

const KEY_BYTES = 24;

/** The keys kept at `path`, made first where there are none. */
export function paperKeys(path: string): Credentials {
  if (!existsSync(path)) {
    const made = { apiKey: `paper-${token()}`, secret: token() };
    createPrivateFile(path, `${JSON.stringify(made, null, 2)}\n`);
  }
  return readKeysFile(path);
}

const token = (): string => randomBytes(KEY_BYTES).toString('base64url');
