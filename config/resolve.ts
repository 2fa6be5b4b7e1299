/** From what was written to what holds: defaults filled in, paths absolute, the whole frozen. */
import { dirname, resolve } from 'node:path';
import type { HoldfastConfig, UnusableAccount } from './config.ts';
import { DEFAULT_DEMO, demoAccounts } from './demo.ts';
import { resolveAccount } from './resolve-account.ts';
import { DEFAULT_BASE_PORT, PORT_OFFSETS, type PortName } from './ports.ts';
import { DEFAULT_DATA_DIR } from './project.ts';
import type { FileConfig } from './schema.ts';

/** After the day has changed at the exchanges, and their figures with it. */
const DEFAULT_DAILY_SYNC_AT = '00:05';

/**
 * @param from tells the folder that a relative path of a setting counts from: the file's folder, or
 * the working folder for flags and variables.
 */
export function resolveConfig(
  raw: FileConfig,
  unusable: readonly UnusableAccount[],
  file: string | null,
  from: (path: string) => string,
): HoldfastConfig {
  const portOf = (name: PortName, own: number | undefined): number =>
    own ?? (raw.ports ?? DEFAULT_BASE_PORT) + PORT_OFFSETS[name];
  const port = portOf('temporal', raw.temporal?.port);
  const dataDir = raw.dataDir === undefined ? DEFAULT_DATA_DIR : resolve(from('dataDir'), raw.dataDir);
  const venue = {
    port: portOf('venue', raw.venue?.port),
    controlPort: portOf('control', raw.venue?.controlPort),
    seed: raw.venue?.seed ?? null,
    candles: absolute(raw.venue?.candles, from('venue.candles')),
    trades: absolute(raw.venue?.trades, from('venue.trades')),
    speed: raw.venue?.speed ?? null,
  };
  const place = {
    venueUrl: `http://127.0.0.1:${venue.port}`,
    dataDir,
    folder: file === null ? process.cwd() : dirname(file),
  };
  const demo = raw.accounts === undefined ? (raw.demo ?? DEFAULT_DEMO) : null;
  const accounts = Object.entries(raw.accounts ?? demoAccounts(raw.demo ?? DEFAULT_DEMO)).map(
    ([name, account]) => [name, resolveAccount(name, account, raw, place)] as const,
  );
  return deepFreeze({
    file,
    demo,
    dataDir,
    temporal: {
      address: raw.temporal?.address ?? `127.0.0.1:${port}`,
      namespace: raw.temporal?.namespace ?? 'default',
      embedded: raw.temporal?.address === undefined,
      port,
      uiPort: portOf('ui', raw.temporal?.uiPort),
    },
    venue,
    health: {
      enabled: raw.health?.enabled ?? true,
      host: raw.health?.host ?? '127.0.0.1',
      port: portOf('health', raw.health?.port),
    },
    dailySync: {
      enabled: raw.daily_sync?.enabled ?? true,
      at: raw.daily_sync?.at ?? DEFAULT_DAILY_SYNC_AT,
      execute: raw.daily_sync?.execute ?? false,
    },
    accounts: Object.fromEntries(accounts),
    unusable: Object.fromEntries(unusable.map((account) => [account.name, account])),
  });
}

const absolute = (path: string | undefined, folder: string): string | null =>
  path === undefined ? null : resolve(folder, path);

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
