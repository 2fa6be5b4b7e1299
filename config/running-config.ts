/** The configuration of the copy that runs on a data folder, wherever its ports are. */
import type { HoldfastConfig } from './config.ts';
import type { Environment } from './layers.ts';
import { loadConfig, type LoadOptions } from './load.ts';
import { readLastRun, readRunning, type Running } from './running.ts';

/**
 * As `loadConfig`, and what runs on that data folder goes before the file; flags and variables still
 * go before both. Where nothing runs, the last run's places hold unless a server is named.
 */
export function loadRunningConfig(options: LoadOptions = {}): {
  config: HoldfastConfig;
  running: Running | undefined;
} {
  const env = options.env ?? process.env;
  const config = loadConfig({ ...options, env });
  const running = readRunning(config.dataDir);
  const last = running ?? (config.temporal.embedded ? readLastRun(config.dataDir) : undefined);
  if (last === undefined) return { config, running };
  return { config: loadConfig({ ...options, env: { ...asVariables(last), ...env } }), running };
}

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
