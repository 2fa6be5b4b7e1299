import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountLimits, positionSettings, protectionDefaults } from '../../config/account.ts';
import { ConfigError } from '../../config/errors.ts';
import type { ConfigFlags, Environment } from '../../config/layers.ts';
import { loadConfig } from '../../config/load.ts';
import { EXCHANGE_NAMES } from '../../domain/exchanges.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  file = join(folder, 'holdfast.yaml');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string, { flags = {}, env = {} }: { flags?: ConfigFlags; env?: Environment } = {}) {
  writeFileSync(file, text);
  return loadConfig({ file, flags, env });
}

/** The error's lines, with the file's path and line written as FILE. */
function mistakes(text: string, options: { flags?: ConfigFlags; env?: Environment } = {}): string[] {
  try {
    load(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return withoutLines(error.message).split('\n');
    throw error;
  }
  return [];
}

const withoutLines = (text: string): string => text.replaceAll(file, 'FILE').replaceAll(/FILE:\d+/g, 'FILE');

describe('a configuration with mistakes', () => {
  it.each([
    ['an unknown setting', 'dataDri: x', 'FILE: dataDri: there is no such setting. Did you mean dataDir?'],
    [
      'an unknown setting like no other',
      'temporal: { colour: red }',
      'FILE: temporal.colour: there is no such setting. Remove it; known here: address, namespace, port, uiPort.',
    ],
    [
      'a mistyped limit',
      'accounts: { a: { limits: { max_open_position: 3 } } }',
      'FILE: accounts.a.limits.max_open_position: there is no such setting. Did you mean max_open_positions?',
    ],
    [
      'text for a number',
      'temporal: { port: "abc" }',
      'FILE: temporal.port: "abc" is not a number. Write a number.',
    ],
    [
      'a time of day that is none',
      'daily_sync: { at: "24:05" }',
      'FILE: daily_sync.at: this is not a time of day. Write hours and minutes in quotes, e.g. "00:05", UTC.',
    ],
    [
      'a port out of range',
      'venue: { port: 70000 }',
      'FILE: venue.port: 70000 is too large. The largest allowed is 65535.',
    ],
    [
      'a mistyped exchange',
      'accounts: { a: { exchange: bingz } }',
      `FILE: accounts.a.exchange: "bingz" is not one of ${EXCHANGE_NAMES.join(', ')}. Did you mean bingx?`,
    ],
    [
      'an account name that cannot be part of an id',
      'accounts: { "My Account": {} }',
      'FILE: accounts["My Account"]: this cannot be an account name. Use 1 to 32 lower-case letters, digits and dashes, beginning with a letter or digit.',
    ],
    [
      'a symbol that is none',
      'symbols: { "BTC@": {} }',
      'FILE: symbols["BTC@"]: this is not a symbol. Write it like BTC/USDT:USDT, or default for all others.',
    ],
    [
      'a working type in lower case',
      'symbols: { BTCUSDT: { working_type: mark_price } }',
      'FILE: symbols.BTCUSDT.working_type: "mark_price" is not one of CONTRACT_PRICE, MARK_PRICE. Did you mean MARK_PRICE?',
    ],
    [
      'a negative percentage',
      'symbols: { btc: { stop_loss_pct: -1 } }',
      'FILE: symbols.btc.stop_loss_pct: -1 is not a number above 0. Write a number, e.g. 1.5.',
    ],
    [
      'an account that is no group',
      'accounts: { a: 3 }',
      'FILE: accounts.a: 3 is not a group of settings. Write a group of settings.',
    ],
    [
      'live mode without the second word',
      'accounts: { a: { mode: live, keysFile: keys } }',
      'FILE: accounts.a.live: mode live trades with real money and needs a second word. Write live: true beside it, or mode: paper.',
    ],
    [
      'the second word without live mode',
      'accounts: { a: { live: true } }',
      'FILE: accounts.a.live: live: true contradicts mode: paper. Remove it, or write mode: live.',
    ],
    [
      'a paper account at a real exchange',
      'accounts: { a: { endpoint: "https://open-api.bingx.com" } }',
      'FILE: accounts.a.endpoint: a paper account must not point at a real exchange. Write mode: demo or mode: live, or another endpoint.',
    ],
    [
      'a paper account at a real exchange that has no demo',
      'accounts: { a: { exchange: bybitid, endpoint: "https://api.bybit.id" } }',
      'FILE: accounts.a.endpoint: a paper account must not point at a real exchange. Write mode: live, or another endpoint.',
    ],
    [
      'demo money where there is none',
      'accounts: { a: { exchange: bybitid, mode: demo, keysFile: k } }',
      'FILE: accounts.a.mode: Bybit Indonesia has no demo. Write mode: paper to trade on the venue, or mode: live.',
    ],
    [
      'a demo account without keys',
      'accounts: { a: { mode: demo } }',
      'FILE: accounts.a.apiKeyEnv: a demo account needs keys. Name apiKeyEnv and secretEnv, or keysFile.',
    ],
    [
      'half of the keys',
      'accounts: { a: { apiKeyEnv: KEY } }',
      'FILE: accounts.a.secretEnv: it is missing beside its other half. Name both apiKeyEnv and secretEnv.',
    ],
    [
      'two price files',
      'venue: { candles: a.csv, trades: b.csv }',
      'FILE: venue.trades: candles and trades cannot both drive the venue. Keep one of the two.',
    ],
  ])('%s is refused with what to do', (_, text, message) => {
    expect(mistakes(text)).toEqual([message]);
  });

  it('names the flag or variable that a wrong value came from', () => {
    expect(mistakes('', { flags: { venuePort: '0' }, env: { HOLDFAST_SPEED: 'fast' } })).toEqual([
      '--venue-port: venue.port: 0 is too small. The smallest allowed is 1.',
      'HOLDFAST_SPEED: venue.speed: this is not a speed. Write how many times real time, e.g. 60, or max.',
    ]);
  });

  it.each([
    ['a wrong value', 'dataDir: d\n\nsymbols:\n  btc:\n    stop_loss_pct: 1\n    stop_loss_atr: 2\n', 6],
    ['an unknown setting', '# mine\ndataDri: x', 2],
    [
      'what is missing, by what it is missing from',
      'accounts:\n  b: {}\n  a:\n    mode: live\n    keysFile: k\n',
      3,
    ],
    [
      'an item of a list',
      'symbols:\n  btc:\n    take_profit_levels:\n      - { pct: 1, share: 5 }\n      - { share: 5 }',
      5,
    ],
    ['a key that is a number', 'symbols:\n  1: {}\n  "BTC@": {}', 3],
  ])('names the line of %s', (_, text, line) => {
    writeFileSync(file, text);
    expect(() => loadConfig({ file, env: {} })).toThrow(`${file}:${line}: `);
  });

  it('finds what does not fit together beside what is mistyped', () => {
    const text = 'dataDri: x\naccounts: { a: { mode: live }, b: { leverge: 3, mode: live } }';
    expect(mistakes(text).map((line) => line.split(': ')[1])).toEqual([
      'accounts.b.leverge',
      'dataDri',
      'accounts.a.live',
      'accounts.a.apiKeyEnv',
    ]);
  });

  it('lists every mistake at once', () => {
    expect(mistakes('dataDri: x\ntemporal: { prot: 1 }')).toHaveLength(2);
  });

  it('points at the line that is no YAML without quoting it', () => {
    const [message] = mistakes('accounts:\n  a: { secret: "hunter2"\n  b: }');
    expect(message).toMatch(/^FILE: line \d+ is not valid YAML/);
    expect(message).not.toContain('hunter2');
  });

  it('a file that is not there says so', () => {
    expect(() => loadConfig({ file: join(folder, 'none.yaml'), env: {} })).toThrow(/there is no such file/);
  });

  it.each(['secret', 'apiKey', 'key', 'password'])('never repeats an inline %s', (name) => {
    const [message] = mistakes(`accounts: { a: { ${name}: hunter2 } }`);
    expect(message).toContain('keys and secrets are never written in this file');
    expect(message).not.toContain('hunter2');
  });

  it('never repeats a key that stands where a name belongs', () => {
    const text = mistakes(
      'accounts: { a: { mode: demo, apiKeyEnv: "sk-hunter2", secretEnv: "x y hunter2" } }',
    ).join();
    expect(text).toContain('not the name of an environment variable');
    expect(text).not.toContain('hunter2');
  });
});

describe('a configuration', () => {
  it('without a file is one paper account on the local venue', () => {
    const config = load('');
    expect(Object.keys(config.accounts)).toEqual(['paper']);
    expect(config.accounts['paper']).toMatchObject({
      exchange: 'bingx',
      mode: 'paper',
      endpoint: `http://127.0.0.1:${config.venue.port}`,
      onLocalVenue: true,
    });
    expect(config.temporal).toMatchObject({
      address: `127.0.0.1:${config.temporal.port}`,
      embedded: true,
      namespace: 'default',
    });
  });

  it('cannot be changed afterwards', () => {
    const config = load('');
    expect(() => Object.assign(config.accounts['paper']!.limits, { maxOpenPositions: 99 })).toThrow(
      TypeError,
    );
  });

  it('moves all ports together, and one by itself', () => {
    const { temporal, venue, health } = load('ports: 9000\nvenue: { port: 9999 }');
    expect([temporal.port, temporal.uiPort, venue.port, venue.controlPort, health.port]).toEqual([
      9000, 9001, 9999, 9003, 9004,
    ]);
  });

  it('tells health on loopback only, unless told otherwise', () => {
    expect(load('').health).toEqual({ enabled: true, host: '127.0.0.1', port: 7837 });
    expect(load('health: { enabled: false, host: "::1", port: 0 }').health).toEqual({
      enabled: false,
      host: '::1',
      port: 0,
    });
  });

  it('lets a flag win over a variable, and a variable over the file', () => {
    const options = {
      flags: { temporalPort: '3' },
      env: { HOLDFAST_TEMPORAL_PORT: '2', HOLDFAST_UI_PORT: '2' },
    };
    const { temporal } = load('temporal: { port: 1, uiPort: 1 }', options);
    expect([temporal.port, temporal.uiPort]).toEqual([3, 2]);
  });

  it('counts relative paths from the file, and those of flags from the working folder', () => {
    expect(load('dataDir: data').dataDir).toBe(join(folder, 'data'));
    expect(load('dataDir: data', { flags: { data: 'other' } }).dataDir).toBe(resolve('other'));
  });

  it('knows a Temporal server that runs elsewhere', () => {
    expect(load('temporal: { address: "temporal.example:7233" }').temporal).toMatchObject({
      address: 'temporal.example:7233',
      embedded: false,
    });
  });

  it('takes the position settings by their given names, an account before the top', () => {
    const config = load(`
use_position_monitor: true
instant_tp_enabled: false
price_monitor_reconnect_delay: 2.5
tp_sl_batch_enabled: false
symbols:
  default: { stop_loss_enabled: true }
  BTCUSDT: { take_profit_enabled: true, take_profit_pct: 1.50, working_type: MARK_PRICE }
accounts:
  a: { instant_tp_enabled: true, symbols: { ETH-USDT: { stop_loss_enabled: false, take_profit_pct: "0.7" } } }
`);
    expect(config.accounts['a']!.monitor).toEqual({
      enabled: true,
      reconnectDelayMs: 2500,
    });
    expect(positionSettings(config, 'a', 'BTC/USDT:USDT')).toMatchObject({
      workingType: 'MARK_PRICE',
      instantTpEnabled: true,
      batchProtection: false,
    });
    expect(protectionDefaults(config, 'a', 'BTC/USDT:USDT')).toEqual({
      stopLoss: { percent: '1' },
      takeProfit: { percent: '1.5' },
    });
    expect(protectionDefaults(config, 'a', 'ETH/USDT:USDT')).toEqual({ takeProfit: { percent: '0.7' } });
    expect(protectionDefaults(config, 'a', 'SOL/USDT:USDT')).toEqual({ stopLoss: { percent: '1' } });
  });

  it('takes advanced settings and limits', () => {
    const config = load(`
advanced: { emergencyCloseMs: null, crossingGraceMs: 500 }
accounts: { a: { limits: { max_open_positions: 3, max_notional_total: 1e5 } } }`);
    expect(positionSettings(config, 'a', 'X/USDT:USDT')).toMatchObject({
      emergencyCloseMs: null,
      crossingGraceMs: 500,
      entryValidMs: 120_000,
    });
    expect(accountLimits(config, 'a')).toEqual({ maxOpenPositions: 3, maxNotionalTotal: '100000' });
  });

  it('compares with the exchanges daily, after midnight, without being told to', () => {
    expect(load('{}').dailySync).toEqual({ enabled: true, at: '00:05', execute: false });
    expect(load('daily_sync: { enabled: false, at: "23:59", execute: true }').dailySync).toEqual({
      enabled: false,
      at: '23:59',
      execute: true,
    });
  });

  it('takes when reconciliations count as frequent, each part from where it is set', () => {
    const config = load(`
reconciliation_alert: { count: 3, window_minutes: 30 }
accounts: { a: {}, b: { reconciliation_alert: { count: 7 } } }`);
    expect(config.accounts['a']?.reconciliationAlert).toEqual({ count: 3, windowMs: 1_800_000 });
    expect(config.accounts['b']?.reconciliationAlert).toEqual({ count: 7, windowMs: 1_800_000 });
    expect(load('').accounts['paper']?.reconciliationAlert).toEqual({ count: 10, windowMs: 3_600_000 });
    expect(() => load('reconciliation_alert: { window_minute: 3 }')).toThrow(/Did you mean window_minutes/);
  });

  it('takes every limit, and what nobody set is absent', () => {
    const config = load(`
accounts:
  a:
    limits:
      max_notional_per_position: 5000
      max_orders: 12
      equity_floor: 500
      daily_loss: "99.50"
      daily_loss_pct: 5
      allowed_symbols: [btc, ETH-USDT, SOL/USDT:USDT]
  b: {}`);
    expect(accountLimits(config, 'a')).toEqual({
      maxOpenPositions: 10,
      maxNotionalPerPosition: '5000',
      maxOrders: 12,
      equityFloor: '500',
      dailyLoss: '99.5',
      dailyLossPercent: '5',
      allowedSymbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'SOL/USDT:USDT'],
    });
    expect(accountLimits(config, 'b')).toStrictEqual({ maxOpenPositions: 10 });
  });

  it.each([
    ['max_orders: 2', 'max_orders: 2 is too small. The smallest allowed is 3'],
    ['daily_loss: -5', 'daily_loss: -5 is not a number above 0. Write a number, e.g. 1.5'],
    ['daily_loss_pct: 101', 'daily_loss_pct: a day cannot lose more than all. Write percent, e.g. 5'],
    [
      'allowed_symbols: []',
      'allowed_symbols: nothing could be opened. Name symbols, or leave it out to allow all',
    ],
    ['allowed_symbols: ["!"]', 'allowed_symbols.0: this is not a symbol. Write it like BTC/USDT:USDT'],
    ['equity_flor: 5', 'equity_flor: there is no such setting. Did you mean equity_floor?'],
  ])('limits with %s are refused with what to write', (line, text) => {
    expect(mistakes(`accounts: { a: { limits: { ${line} } } }`)).toEqual([
      `FILE: accounts.a.limits.${text}.`.replace('?.', '?'),
    ]);
  });

  it('tells which accounts there are when asked for another', () => {
    expect(() => accountLimits(load(''), 'papre')).toThrow(
      'There is no account papre; did you mean paper? Configured: paper.',
    );
  });
});
