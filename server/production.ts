/**
 * A production Temporal server on a private PostgreSQL, without Docker: what docker-compose.yml runs,
 * from the same pinned versions, for tests and for a machine of one's own.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { startChild, type RunningProcess } from './child.ts';
import { freePorts, whyPortIsTaken } from './ports.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import {
  DATABASES,
  PORTS_NEEDED,
  SERVER_CONFIG_DIR,
  serverEnvironment,
  SQL_PLUGIN,
} from './production-settings.ts';
import { runProgram } from './run-program.ts';
import { setUpTemporal, whileAlive } from './set-up.ts';
import { requireTool } from './tools.ts';

export type ProductionServerOptions = {
  /** Where `npm run provision -- --production --postgres` put the programs. */
  toolsDir: string;
  /** Everything is kept here; a second start goes on with it. */
  dataDir: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** gRPC port, under 32,768; a free one by default. */
  port?: number;
  /** Default `holdfast`. */
  namespace?: string;
  /** How long closed workflows stay visible; default 30 days. */
  retentionDays?: number;
};

export type ProductionServer = RunningProcess & {
  address: string;
  namespace: string;
  postgres: Postgres;
};

const portList = z.array(z.int());
const SCHEMA_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 120_000;
const DEFAULTS = { host: '127.0.0.1', port: 0, namespace: 'holdfast', retentionDays: 30 };

/**
 * Starts PostgreSQL, brings its schemas up to date, starts the server and sets up the namespace and
 * its search attributes. `stop()` ends the server, then PostgreSQL; the data stay.
 * @throws if a program is missing (with the command that gets it) or a step fails
 */
export async function startProductionServer(given: ProductionServerOptions): Promise<ProductionServer> {
  const options = { ...DEFAULTS, ...given, dataDir: resolve(given.dataDir) };
  mkdirSync(options.dataDir, { recursive: true });
  // PostgreSQL's own user has to get through; everything secret in here has a mode of its own.
  chmodSync(options.dataDir, 0o711);
  const postgres = await startPostgres({
    executable: requireTool(options.toolsDir, 'postgres'),
    dataDir: join(options.dataDir, 'postgres'),
    host: options.host,
    port: 0,
  });
  try {
    await setUpSchemas(options, postgres);
    const server = await startServer(options, postgres);
    return {
      ...server,
      postgres,
      stop: async () => {
        await server.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

type Options = Required<ProductionServerOptions>;

/** Creating is done once; updating brings an older database up to this server's schema. */
async function setUpSchemas({ toolsDir, dataDir }: Options, postgres: Postgres): Promise<void> {
  const program = requireTool(toolsDir, 'temporalSqlTool');
  for (const { name, schema } of DATABASES) {
    const tool = (...args: string[]): Promise<string> =>
      runProgram(program, ['--plugin', SQL_PLUGIN, '--database', name, ...args], {
        timeoutMs: SCHEMA_TIMEOUT_MS,
        env: sqlEnvironment(postgres),
      });
    const created = join(dataDir, `created-${name}`);
    if (!existsSync(created)) {
      await tool('create-database');
      await tool('setup-schema', '-v', '0.0');
      writeFileSync(created, '');
    }
    await tool('update-schema', '--schema-name', schema);
  }
}

/** In the environment, because arguments can be read by everybody on the machine. */
function sqlEnvironment({ host, port, user, password }: Postgres): Record<string, string> {
  return { SQL_HOST: host, SQL_PORT: String(port), SQL_USER: user, SQL_PASSWORD: password };
}

async function startServer(
  options: Options,
  postgres: Postgres,
): Promise<RunningProcess & { address: string; namespace: string }> {
  const { host, dataDir, namespace, retentionDays } = options;
  const logFile = join(dataDir, 'temporal.log');
  const ports = await portsOf(options);
  const child = await startChild({
    command: requireTool(options.toolsDir, 'temporalServer'),
    args: ['--root', SERVER_CONFIG_DIR, '--config', '.', '--env', 'server', '--allow-no-auth', 'start'],
    env: serverEnvironment({ host, ports, postgres }),
    logFile,
  });
  const address = `${host}:${ports[0]}`;
  await whileAlive(child, logFile, (signal) =>
    setUpTemporal({ address, namespace, retentionDays, timeoutMs: START_TIMEOUT_MS, signal }),
  );
  return { ...child, address, namespace };
}

/**
 * The same ports as last time if they are still free: a server remembers its members by address for
 * a minute, and would look for those of its former life.
 */
async function portsOf({ host, dataDir, port }: Options): Promise<number[]> {
  const file = join(dataDir, 'ports.json');
  const earlier = existsSync(file) ? portList.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  const reasons = await Promise.all(earlier.map((one) => whyPortIsTaken(host, one)));
  const isUsable = earlier.length === PORTS_NEEDED && reasons.every((reason) => reason === undefined);
  const ports = isUsable ? earlier : await freePorts(host, PORTS_NEEDED);
  if (port !== 0) ports[0] = port;
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
