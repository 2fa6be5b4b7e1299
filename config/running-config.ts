/** The configuration of the copy that runs on a data folder, wherever its ports are. */
import type { HoldfastConfig } from './config.ts';
import { DEFAULT_DEMO } from './demo.ts';
import type { Environment } from './layers.ts';
import { loadConfig, type LoadOptions } from './load.ts';
import { readLastRun, readRunning, type Running } from './running.ts';

/**
 * As a tolerant `loadConfig`, and what runs on that data folder goes before the file; flags and variables still
 * go before both. Where nothing runs, the last run's places hold unless a server is named.
 */
export function loadRunningConfig(options: LoadOptions = {}): {
  config: HoldfastConfig;
  running: Running | undefined;
} {
  const env = options.env ?? process.env;
  const config = loadConfig({ tolerant: true, ...options, env });
  const running = readRunning(config.dataDir);
  const last = running ?? (config.temporal.embedded ? readLastRun(config.dataDir) : undefined);
  if (last === undefined) return { config, running };
  const known = { ...asVariables(last), ...accountsOf(config, last) };
  return { config: loadConfig({ tolerant: true, ...options, env: { ...known, ...env } }), running };
}

/**
 * The configuration for a start: as written, whatever runs. Paper accounts that ran here last are there
 * again unless others are asked for: their positions go on.
 */
export function loadOwnConfig(options: LoadOptions = {}): HoldfastConfig {
  const env = options.env ?? process.env;
  const config = loadConfig({ tolerant: true, ...options, env });
  const last = readLastRun(config.dataDir);
  if (last === undefined) return config;
  return loadConfig({ tolerant: true, ...options, env: { ...accountsOf(config, last), ...env } });
}

/** What a file or a person names goes before what ran last. */
const accountsOf = ({ demo }: HoldfastConfig, last: Running): Environment =>
  demo === DEFAULT_DEMO && last.demo ? { HOLDFAST_DEMO: last.demo } : {};

function asVariables({ temporal, namespace, ui, venuePort, controlPort }: Running): Environment {
  const isEmbedded = ui !== null;
  return {
    ...(isEmbedded
      ? { HOLDFAST_TEMPORAL_PORT: temporal.split(':').at(-1) }
      : { HOLDFAST_TEMPORAL: temporal }),
    HOLDFAST_NAMESPACE: namespace,
    ...(venuePort !== null && { HOLDFAST_VENUE_PORT: String(venuePort) }),
    ...(controlPort !== null && { HOLDFAST_CONTROL_PORT: String(controlPort) }),
  };
}
