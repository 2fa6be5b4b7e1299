/** `config check`: every mistake with its place, or what the file means; nothing is started or read besides. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdfast } from './fake-context.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(text: string, options: { json?: boolean; width?: number } = {}) {
  const file = join(folder, 'holdfast.yaml');
  writeFileSync(file, text);
  const line = ['config', 'check', file, ...(options.json ? ['--json'] : [])];
  return holdfast(line, { width: options.width ?? 80 });
}

describe('config check', () => {
  it('of a good file says what it comes to', async () => {
    const { code, out, err } = await check(`
symbols:
  default: { stop_loss_pct: 1.5 }
  btc:
    stop_loss_atr: 2
    take_profit_levels: [{ pct: 1, share: 40 }, { pct: 2, share: 30 }]
    trailing_stop_pct: 1
    trailing_activation_pct: 2
    break_even_after_tp: 1
    break_even_offset_pct: 0.1
accounts: { paper: {}, two: { exchange: bybit, positionMode: hedge } }`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replace(folder, 'FOLDER')).toBe(`ok FOLDER/holdfast.yaml

ACCOUNT  EXCHANGE  MONEY  POSITIONS  MOST  KEYS
paper    BingX     paper  one-way      10  made up for paper
two      Bybit     paper  hedge        10  made up for paper

An entry that names no protection of its own gets:
  BTC/USDT:USDT: stop 2 atr; targets 1% (40%), 2% (30%); trailing 1% from 2%; break-even after target 1 plus 0.1%
  all others: stop 1.5%
`);
  });

  it('says so where it is real money, and never what a key is', async () => {
    const { out } = await check(
      'accounts: { main: { mode: live, live: true, apiKeyEnv: MY_KEY, secretEnv: MY_SECRET } }',
    );
    expect(out).toContain('LIVE: real money');
    expect(out).toContain('$MY_KEY and $MY_SECRET');
    expect(out).toContain('every symbol: nothing');
  });

  it('tells accounts apart that are protected otherwise', async () => {
    const { out } = await check(
      'symbols: { default: { stop_loss_pct: 1 } }\naccounts: { a: {}, b: {}, c: { symbols: { default: { stop_loss_pct: 2 } } } }',
    );
    expect(out).toContain('on a, b\n  every symbol: stop 1%\non c\n  every symbol: stop 2%\n');
  });

  it('of a bad file tells all mistakes at once, with line and suggestion, and ends with 2', async () => {
    const { code, out, err } = await check(
      'dataDri: x\nsymbols:\n  btc:\n    stop_los_pct: 1\naccounts: { a: {}, b: { mode: live, live: true } }',
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.replaceAll(`${folder}/`, '').split('\n')).toEqual([
      'error holdfast.yaml:4: symbols.btc.stop_los_pct: there is no such setting. Did you mean stop_loss_pct?',
      'error holdfast.yaml:1: dataDri: there is no such setting. Did you mean dataDir?',
      'error holdfast.yaml:5: accounts.b.apiKeyEnv: a live account needs keys. Name apiKeyEnv and secretEnv, or keysFile.',
      '3 mistakes.',
      '',
    ]);
  });

  it('gives both as JSON', async () => {
    expect(JSON.parse((await check('{}', { json: true })).out)).toMatchObject({
      ok: true,
      problems: [],
      accounts: [{ name: 'paper', exchange: 'bingx', mode: 'paper', protection: { '*': {} } }],
    });
    const bad = await check('ports: none', { json: true });
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.out)).toMatchObject({ ok: false, problems: [{ line: 1, path: 'ports' }] });
  });

  it('of a file that is not there says so', async () => {
    const { code, err } = await holdfast(['config', 'check', join(folder, 'none.yaml')]);
    expect(code).toBe(2);
    expect(err).toContain('none.yaml: there is no such file.');
  });
});
