/** How the development server is told to keep positions fast and safe. Each setting was measured. */
import { join } from 'node:path';
import type { SearchAttributeSpec } from './search-attributes.ts';

/**
 * The stock development server polls its queues 20 times a second on one shard, so every hop of a
 * workflow costs 50 ms; and it spreads task queues over four partitions that one worker must all poll.
 * A production server on PostgreSQL profits from the same values.
 */
export const TUNED_DYNAMIC_CONFIG: Readonly<Record<string, number | boolean>> = {
  'history.transferProcessorMaxPollRPS': 2_000,
  'history.timerProcessorMaxPollRPS': 2_000,
  'history.visibilityProcessorMaxPollRPS': 200,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // A call may begin where it was decided, with the answer to the decision (`workflows/nearest.ts`).
  'system.enableActivityEagerExecution': true,
  // A new search attribute can be used at once instead of after a minute.
  'system.forceSearchAttributesCacheRefreshOnRead': true,
};

/** FULL: an acknowledged event survives a power cut; NORMAL may lose the last commits. */
const SQLITE_PRAGMAS = { journal_mode: 'WAL', synchronous: 'FULL' };

export type EmbeddedArguments = {
  dataDir: string;
  host: string;
  port: number;
  uiPort: number;
  metricsPort: number;
  namespace: string;
  searchAttributes: readonly SearchAttributeSpec[];
  /** Beside the tuned settings, or in their place. */
  dynamicConfig: Readonly<Record<string, number | boolean>>;
};

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'temporal.db');
}

/** The command line of `temporal server start-dev`. */
export function embeddedServerArguments(options: EmbeddedArguments): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', options.host, '--port', String(options.port)],
    ...['--ui-ip', options.host, '--ui-port', String(options.uiPort)],
    ...['--metrics-port', String(options.metricsPort)],
    ...['--namespace', options.namespace],
    // Without a file the server forgets every position when it ends.
    ...['--db-filename', databaseFile(options.dataDir)],
    ...['--log-level', 'warn', '--log-format', 'json'],
    ...Object.entries(SQLITE_PRAGMAS).flatMap(([name, value]) => ['--sqlite-pragma', `${name}=${value}`]),
    ...Object.entries({ ...TUNED_DYNAMIC_CONFIG, ...options.dynamicConfig }).flatMap(([name, value]) => [
      '--dynamic-config-value',
      `${name}=${value}`,
    ]),
    ...options.searchAttributes.flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
  ];
}
