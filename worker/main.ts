/**
 * The worker process: `node worker/main.ts [--config FILE] [--data DIR] [--temporal HOST:PORT]
 * [--namespace NAME] [--venue-port N] [--metrics HOST:PORT]`. Says `{"event":"ready"}` on stdout when it
 * takes work. SIGTERM or SIGINT stop it cleanly; SIGKILL at any moment costs nothing but time.
 */
import { parseArgs } from 'node:util';
import { loadRunningConfig } from '../config/running-config.ts';
import { createLogger, installRuntime } from './logger.ts';
import { runWorker } from './run.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    data: { type: 'string' },
    temporal: { type: 'string' },
    namespace: { type: 'string' },
    'venue-port': { type: 'string' },
    metrics: { type: 'string' },
  },
});

const log = createLogger();
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());

try {
  const { config, data, temporal, namespace, metrics } = values;
  const flags = { data, temporal, namespace, venuePort: values['venue-port'] };
  const loaded = loadRunningConfig({ ...(config === undefined ? {} : { file: config }), flags });
  installRuntime(log, metrics);
  const onReady = (): void =>
    void process.stdout.write(`${JSON.stringify({ event: 'ready', pid: process.pid })}\n`);
  await runWorker({ config: loaded.config, log, stop: stopping.signal, onReady });
  process.exit(0);
} catch (error) {
  log.fatal({ error: error instanceof Error ? error.message : String(error) }, 'the worker stopped');
  process.exit(1);
}
