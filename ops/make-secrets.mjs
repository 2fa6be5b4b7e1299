/**
 * `node ops/make-secrets.mjs`: makes what docker-compose.yml needs and git must not have. A password
 * for the database in a file that only its owner can read, and `.env` with that owner's ids, because
 * the containers that read the file run as its owner. Existing files stay as they are: the database
 * keeps the password that it was made with.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_DIR = dirname(dirname(fileURLToPath(import.meta.url)));
const PASSWORD_BYTES = 24;

const [uid, gid] = [process.getuid?.() ?? 1000, process.getgid?.() ?? 1000];
mkdirSync(join(PROJECT_DIR, 'ops/secrets'), { recursive: true, mode: 0o700 });
make('ops/secrets/postgres-password', randomBytes(PASSWORD_BYTES).toString('hex'));
make(
  '.env',
  `# Made by ops/make-secrets.mjs: the owner of the files in ops/secrets.\nHOLDFAST_UID=${uid}\nHOLDFAST_GID=${gid}\n`,
);

function make(path, content) {
  try {
    writeFileSync(join(PROJECT_DIR, path), content, { mode: 0o600, flag: 'wx' });
    console.log(`made ${path}`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    console.log(`kept ${path}`);
  }
}
