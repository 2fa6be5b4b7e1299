/** One logger for everything in the worker process: JSON lines on stderr, stdout stays for `ready`. */
import { DefaultLogger, Runtime, type LogLevel, type MetricsExporterConfig } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { HISTOGRAM_BUCKETS } from './metrics/catalogue.ts';

/** Field names that may carry a secret, wherever they are nested. */
const REDACTED = ['secret', 'apiKey', 'signature', '*.secret', '*.apiKey', '*.signature'];

const PINO_LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

export function createLogger(): Logger {
  return pino(
    { level: 'info', redact: REDACTED, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Routes the SDK's own messages to the same log. Once per process, before the first connection. */
/** @param bindAddress of the SDK's Prometheus endpoint; throws when it cannot be bound, and may be called again */
export function installRuntime(log: Logger, bindAddress: string | undefined): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) =>
    log[PINO_LEVELS[level]](inWords(meta ?? {}), message),
  );
  Runtime.install({
    logger,
    // `up` and the operating system decide when to stop: see `main.ts`.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      ...(bindAddress !== undefined && { metrics: exporter(bindAddress) }),
    },
  });
}

/** Named as Prometheus has it: durations in seconds, units and `_total` at the end. */
const exporter = (bindAddress: string): MetricsExporterConfig => ({
  attachServiceName: false,
  prometheus: {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: HISTOGRAM_BUCKETS,
  },
});

/** The SDK hands errors over as they are, and JSON would show them empty. */
function inWords({ error, ...meta }: Record<string, unknown>): Record<string, unknown> {
  if (error === undefined) return meta;
  return { ...meta, error: error instanceof Error ? (error.stack ?? error.message) : error };
}
