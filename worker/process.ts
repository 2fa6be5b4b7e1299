/** What the worker process does: `main.ts` starts it. */
import { parseArgs } from 'node:util';
import { keepCompiled } from '../config/compile-cache.ts';
import { loadRunningConfig } from '../config/running-config.ts';
import { openHealth } from './health/desk.ts';
import { createLogger } from './logger.ts';
import { openMetrics } from './metrics/open.ts';
import { runWorker } from './run.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    data: { type: 'string' },
    temporal: { type: 'string' },
    namespace: { type: 'string' },
    'venue-port': { type: 'string' },
    'health-port': { type: 'string' },
    'health-host': { type: 'string' },
  },
});

/** The first time it takes a moment, and what has just started has more urgent things to do. */
const KEEP_COMPILED_AFTER_MS = 5_000;

const log = createLogger();
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());

try {
  const { config: file, data, temporal, namespace } = values;
  const flags = {
    ...{ data, temporal, namespace, venuePort: values['venue-port'] },
    ...{ healthPort: values['health-port'], healthHost: values['health-host'] },
  };
  const { config } = loadRunningConfig({ ...(file === undefined ? {} : { file }), flags });
  const { meters, readEvents } = await openMetrics(log, config.health.enabled);
  const health = openHealth({ config, log: log.child({ part: 'health' }), readEvents });
  const onReady = (): void => {
    process.stdout.write(`${JSON.stringify({ event: 'ready', pid: process.pid })}\n`);
    setTimeout(keepCompiled, KEEP_COMPILED_AFTER_MS).unref();
  };
  await runWorker({ config, log, stop: stopping.signal, onReady, health, meters });
  process.exit(0);
} catch (error) {
  log.fatal({ error: error instanceof Error ? error.message : String(error) }, 'the worker stopped');
  process.exit(1);
}
