/**
 * Makes the namespace and its search attributes on the server of HOLDFAST_TEMPORAL, and ends: the
 * last step before the worker in docker-compose.yml, and by hand for any other server:
 * `node ops/set-up-temporal.ts [HOST:PORT [NAMESPACE]]`.
 */
import { loadConfig } from '../config/load.ts';
import { setUpTemporal } from '../server/set-up.ts';

const RETENTION_DAYS = 30;
const TIMEOUT_MS = 120_000;

const [temporal, namespace] = process.argv.slice(2);
const config = loadConfig({ flags: { temporal, namespace } });
await setUpTemporal({
  address: config.temporal.address,
  namespace: config.temporal.namespace,
  retentionDays: RETENTION_DAYS,
  timeoutMs: TIMEOUT_MS,
  signal: new AbortController().signal,
});
console.log(
  `${config.temporal.address} is set up: namespace ${config.temporal.namespace} and its search attributes`,
);
