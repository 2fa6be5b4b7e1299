import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountConfig } from '../../config/account.ts';
import { connection } from '../../config/connection.ts';
import { loadConfig } from '../../config/load.ts';
import { paperKeys } from '../../config/paper-keys.ts';
import { redact } from '../../config/redact.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function demoAccount(text: string) {
  const file = join(folder, 'holdfast.yaml');
  writeFileSync(file, `accounts: { a: { mode: demo, ${text} } }`);
  return accountConfig(loadConfig({ file, env: {} }), 'a');
}

function keysFile(text: string, mode: number): void {
  writeFileSync(join(folder, 'keys'), text);
  chmodSync(join(folder, 'keys'), mode);
}

describe('keys', () => {
  it('come from a private file', () => {
    keysFile('apiKey: one\nsecret: two\n', 0o600);
    expect(connection(demoAccount('keysFile: keys'))).toMatchObject({ apiKey: 'one', secret: 'two' });
  });

  it.each([0o644, 0o640, 0o602])('are refused from a file of mode %o', (mode) => {
    keysFile('apiKey: one\nsecret: two\n', mode);
    expect(() => connection(demoAccount('keysFile: keys'))).toThrow(
      /others on this machine can open this file.*chmod 600/,
    );
  });

  it('are not repeated when their file is not understood', () => {
    keysFile('hunter2: [', 0o600);
    expect(() => connection(demoAccount('keysFile: keys'))).toThrow(
      /^(?!.*hunter2).*does not hold apiKey and secret/,
    );
  });

  it('come from the variables that the account names', () => {
    const account = demoAccount('apiKeyEnv: K, secretEnv: S');
    expect(connection(account, { K: 'one', S: 'two' })).toMatchObject({ apiKey: 'one', secret: 'two' });
    expect(() => connection(account, { K: 'one' })).toThrow(
      'S: account a takes a key from this variable, and it is not set. Set it where Holdfast starts.',
    );
  });

  it('of a paper account are made once per data folder, for their owner only', () => {
    const path = join(folder, 'data/paper-keys/paper.json');
    const made = paperKeys(path);
    expect(made.secret.length).toBeGreaterThanOrEqual(32);
    expect(paperKeys(path)).toEqual(made);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('never show in a configuration, printed as it is or redacted', () => {
    keysFile('apiKey: hunter1\nsecret: hunter2\n', 0o600);
    const file = join(folder, 'holdfast.yaml');
    writeFileSync(file, 'accounts: { a: { mode: demo, keysFile: keys }, b: {} }');
    const config = loadConfig({ file, env: {} });
    connection(accountConfig(config, 'a'));
    expect(inspect(config, { depth: 9 })).not.toMatch(/hunter/);
    expect(redact(config)).toMatchObject({
      accounts: { a: { credentials: 'a private file' }, b: { credentials: 'made up for paper' } },
    });
  });
});
