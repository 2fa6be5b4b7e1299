/** The environment of a process that `up` starts: it must end up with exactly the same configuration. */
import { COMPILE_CACHE_VARIABLE, COMPILED_DIR } from './compile-cache.ts';
import type { HoldfastConfig } from './config.ts';
import type { Environment } from './layers.ts';

/** This process's own environment, with every place of the configuration fixed. */
export function childEnvironment(
  config: HoldfastConfig,
  env: Environment = process.env,
): Record<string, string> {
  const inherited = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    [COMPILE_CACHE_VARIABLE]: COMPILED_DIR,
    ...Object.fromEntries(inherited),
    ...(config.file !== null && { HOLDFAST_CONFIG: config.file }),
    ...(config.demo !== null && { HOLDFAST_DEMO: config.demo }),
    HOLDFAST_DATA: config.dataDir,
    HOLDFAST_TEMPORAL: config.temporal.address,
    HOLDFAST_NAMESPACE: config.temporal.namespace,
    HOLDFAST_VENUE_PORT: String(config.venue.port),
    HOLDFAST_CONTROL_PORT: String(config.venue.controlPort),
    HOLDFAST_HEALTH_PORT: String(config.health.port),
    HOLDFAST_HEALTH_HOST: config.health.host,
  };
}
