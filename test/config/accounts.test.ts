/** Several accounts in one file: a mistake in one is that one's, and demo accounts are there on demand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountConfig } from '../../config/account.ts';
import { childEnvironment } from '../../config/child-environment.ts';
import { loadConfig, type LoadOptions } from '../../config/load.ts';
import { loadOwnConfig, loadRunningConfig } from '../../config/running-config.ts';
import { endRunning, writeRunning } from '../../config/running.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-accounts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, options: LoadOptions = { tolerant: true }) => {
  const file = join(folder, 'holdfast.yaml');
  writeFileSync(file, text);
  return loadConfig({ file, env: {}, ...options });
};

const TWO = `
accounts:
  good: { mode: paper }
  bad: { mode: paper, endpoint: not a url }
`;

describe('a mistake inside one account', () => {
  it('makes only that account unusable, and says what is wrong', () => {
    const config = load(TWO);
    expect(Object.keys(config.accounts)).toEqual(['good']);
    expect(config.unusable['bad']?.problems).toMatchObject([
      { path: 'accounts.bad.endpoint', problem: expect.stringContaining('base URL') },
    ]);
    expect(() => accountConfig(config, 'bad')).toThrow(/accounts.bad.endpoint/);
  });

  it.each([
    ['an unknown setting', 'leverge: 5', /leverge/],
    ['a broken rule', 'mode: live', /accounts.bad.live/],
    ['a mode that is none', 'mode: papper', /papper/],
  ])('of any kind: %s', (_, setting, text) => {
    const config = load(`accounts: { good: {}, bad: { ${setting} } }`);
    expect(Object.keys(config.accounts)).toEqual(['good']);
    expect(JSON.stringify(config.unusable['bad'])).toMatch(text);
  });

  it('of one kind hides no mistake of another kind in another account', () => {
    const config = load('accounts: { good: {}, bad: { leverge: 5 }, worse: { mode: live } }');
    expect(Object.keys(config.unusable).sort()).toEqual(['bad', 'worse']);
  });

  it('is an error where nobody asked for tolerance, with all mistakes at once', () => {
    expect(() => load(TWO, {})).toThrow(/accounts.bad.endpoint/);
  });

  it.each([
    ['it is the only account', 'accounts: { bad: { leverge: 5 } }'],
    ['something is wrong outside of it too', 'acounts: 1\naccounts: { good: {}, bad: { leverge: 5 } }'],
  ])('is an error all the same when %s', (_, text) => {
    expect(() => load(text)).toThrow(/leverge/);
  });
});

describe('a key of unknown permissions', () => {
  it('is served in live mode only where the account says so', () => {
    const live = 'mode: live, live: true, apiKeyEnv: K, secretEnv: S';
    const { accounts } = load(
      `accounts: { a: { ${live} }, b: { ${live}, allow_unknown_key_permissions: true } }`,
    );
    expect([accounts['a'], accounts['b']].map((one) => one?.allowUnknownKeyPermissions)).toEqual([
      false,
      true,
    ]);
  });
});

describe('demo accounts', () => {
  const flags = () => ({ data: folder });

  it('are one of BingX unless others are asked for', () => {
    expect(Object.keys(loadConfig({ flags: flags(), env: {} }).accounts)).toEqual(['paper']);
  });

  it('are the three exchanges side by side, one in hedge mode, all on the own venue', () => {
    const { accounts } = loadConfig({ flags: { ...flags(), demo: 'all' }, env: {} });
    expect(
      Object.values(accounts).map(({ name, exchange, positionMode, mode, onLocalVenue }) => [
        name,
        exchange,
        positionMode,
        mode,
        onLocalVenue,
      ]),
    ).toEqual([
      ['bingx', 'bingx', 'one-way', 'paper', true],
      ['bybit', 'bybit', 'hedge', 'paper', true],
      ['binance', 'binance', 'one-way', 'paper', true],
    ]);
  });

  it('of one exchange alone are one', () => {
    const { accounts } = loadConfig({ flags: { ...flags(), demo: 'bybit' }, env: {} });
    expect(Object.keys(accounts)).toEqual(['bybit']);
  });

  it('are the same in the processes that up starts', () => {
    const config = loadConfig({ flags: { ...flags(), demo: 'all' }, env: {} });
    expect(loadConfig({ env: childEnvironment(config, {}) }).accounts).toEqual(config.accounts);
  });

  it('never stand beside accounts of a file', () => {
    expect(() => load('accounts: { main: {} }', { flags: { demo: 'all' } })).toThrow(/--demo/);
  });

  it('that ran last are there again at the next start, and for every command', () => {
    ranLast('all');
    expect(Object.keys(loadOwnConfig({ flags: flags(), env: {} }).accounts)).toHaveLength(3);
    expect(Object.keys(loadRunningConfig({ flags: flags(), env: {} }).config.accounts)).toHaveLength(3);
  });

  it('that ran last give way to others that are asked for', () => {
    ranLast('all');
    const { accounts } = loadOwnConfig({ flags: { ...flags(), demo: 'bingx' }, env: {} });
    expect(Object.keys(accounts)).toEqual(['bingx']);
  });

  it('that ran last give way to a file with accounts', () => {
    ranLast('all');
    const file = join(folder, 'holdfast.yaml');
    writeFileSync(file, 'accounts: { main: {} }');
    expect(Object.keys(loadOwnConfig({ file, flags: flags(), env: {} }).accounts)).toEqual(['main']);
  });
});

function ranLast(demo: 'all'): void {
  writeRunning(folder, {
    pid: process.pid,
    temporal: '127.0.0.1:9100',
    namespace: 'default',
    ui: 'http://127.0.0.1:9101',
    venuePort: 9102,
    controlPort: 9103,
    demo,
    startedAt: '',
    endedAt: null,
  });
  endRunning(folder, '2026-01-01T00:00:00.000Z');
}
