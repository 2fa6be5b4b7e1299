/** The configuration of the copy that runs on a data folder, wherever its ports are. */
import type { HoldfastConfig } from './config.ts';
import type { Environment } from './layers.ts';
import { loadConfig, type LoadOptions } from './load.ts';
import { readRunning, type Running } from './running.ts';

/**
 * As `loadConfig`, and what runs on that data folder right now goes before the file; flags and
 * variables still go before both.
 */
export function loadRunningConfig(options: LoadOptions = {}): {
  config: HoldfastConfig;
  running: Running | undefined;
} {
  const env = options.env ?? process.env;
  const config = loadConfig({ ...options, env });
  const running = readRunning(config.dataDir);
  if (running === undefined) return { config, running };
  return { config: loadConfig({ ...options, env: { ...asVariables(running), ...env } }), running };
}

function asVariables({ temporal, namespace, venuePort, controlPort }: Running): Environment {
  return {
    HOLDFAST_TEMPORAL: temporal,
    HOLDFAST_NAMESPACE: namespace,
    ...(venuePort !== null && { HOLDFAST_VENUE_PORT: String(venuePort) }),
    ...(controlPort !== null && { HOLDFAST_CONTROL_PORT: String(controlPort) }),
  };
}
