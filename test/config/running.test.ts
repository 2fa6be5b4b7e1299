import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../config/child-environment.ts';
import { loadConfig } from '../../config/load.ts';
import { loadRunningConfig } from '../../config/running-config.ts';
import { endRunning, readRunning, wasCutOff, writeRunning, type Running } from '../../config/running.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-running-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** No process can have this id. */
const NO_PID = 2 ** 30;

const running = (change: Partial<Running> = {}): Running => ({
  pid: process.pid,
  temporal: '127.0.0.1:9100',
  namespace: 'n',
  ui: null,
  venuePort: 9102,
  controlPort: 9103,
  startedAt: '',
  endedAt: null,
  ...change,
});

describe('what runs on a data folder', () => {
  it('is found by the folder alone, and goes before the defaults', () => {
    writeRunning(data, running());
    const { config } = loadRunningConfig({ flags: { data }, env: {} });
    expect(config).toMatchObject({
      temporal: { address: '127.0.0.1:9100', namespace: 'n' },
      venue: { port: 9102, controlPort: 9103 },
    });
    expect(config.accounts['paper']?.endpoint).toBe('http://127.0.0.1:9102');
  });

  it('gives way to flags and variables', () => {
    writeRunning(data, running());
    const { config } = loadRunningConfig({
      flags: { data, temporal: 'other:1' },
      env: { HOLDFAST_VENUE_PORT: '5' },
    });
    expect([config.temporal.address, config.venue.port]).toEqual(['other:1', 5]);
  });

  it('counts as nothing once its process is gone, and that is known', () => {
    expect(wasCutOff(data)).toBe(false);
    writeRunning(data, running({ pid: NO_PID }));
    expect(readRunning(data)).toBeUndefined();
    expect(wasCutOff(data)).toBe(true);
    endRunning(data, '2026-01-01T00:00:00.000Z');
    expect(wasCutOff(data)).toBe(false);
  });
});

describe('what ran on a data folder last', () => {
  it('is where commands still go, so that none reaches another copy on the usual ports', () => {
    writeRunning(data, running({ ui: 'http://127.0.0.1:9101', endedAt: '2026-01-01T00:00:00.000Z' }));
    const { config, running: now } = loadRunningConfig({ flags: { data }, env: {} });
    expect(now).toBeUndefined();
    expect(config).toMatchObject({
      temporal: { address: '127.0.0.1:9100', embedded: true },
      venue: { port: 9102 },
    });
  });

  it('gives way to a server that is named', () => {
    writeRunning(data, running({ endedAt: '2026-01-01T00:00:00.000Z' }));
    const { config } = loadRunningConfig({ flags: { data, temporal: 'other:1' }, env: {} });
    expect(config.temporal.address).toBe('other:1');
  });
});

describe('a process that up starts', () => {
  it('ends up with the same places', () => {
    const config = loadConfig({ flags: { data, ports: '9200' }, env: {} });
    const child = loadConfig({ env: childEnvironment(config, {}) });
    expect(child).toMatchObject({
      dataDir: data,
      temporal: { address: config.temporal.address },
      venue: config.venue,
      accounts: config.accounts,
    });
  });
});
