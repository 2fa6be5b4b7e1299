/**
 * The embedded Temporal server: the development server of the `temporal` CLI on a SQLite file, with
 * the settings that make it fast and durable enough to keep positions. It can be killed at any moment
 * and started again on the same file.
 */
import { join, resolve } from 'node:path';
import { startChild, type RunningProcess } from './child.ts';
import { searchAttributeList } from '../contract/search-attributes.ts';
import { embeddedServerArguments } from './embedded-arguments.ts';
import { markServed, prepareServerFolder, recordServerProcess } from './embedded-files.ts';
import { freePorts, whyPortIsTaken } from './ports.ts';
import type { SearchAttributeSpec } from './search-attributes.ts';
import { setUpTemporal, whileAlive } from './set-up.ts';
import { supervise, type Backoff, type Supervised, type SupervisedState } from './supervise.ts';

export type EmbeddedServerOptions = {
  /** The `temporal` program; see `tools.ts`. */
  executable: string;
  /** Folder of the server's own files; made if missing. The state is `temporal.db` in it. */
  dataDir: string;
  /** Address to bind, `127.0.0.1` unless there is a reason. */
  host: string;
  /** gRPC port; 0 takes a free one. */
  port: number;
  /** Web UI port; 0 takes a free one. */
  uiPort: number;
  /** Prometheus endpoint of the server; a free port by default. */
  metricsPort?: number;
  namespace: string;
  searchAttributes?: readonly SearchAttributeSpec[];
  /** Settings of the server beside the tuned ones, or in their place. */
  dynamicConfig?: Readonly<Record<string, number | boolean>>;
  /** How long closed workflows stay visible; default 30 days. */
  retentionDays?: number;
  /** Default: `temporal.log` in the data folder. */
  logFile?: string;
};

export type EmbeddedServer = RunningProcess & {
  /** `host:port` for clients and workers. */
  address: string;
  namespace: string;
  uiUrl: string;
};

const START_TIMEOUT_MS = 60_000;
const DEFAULT_RETENTION_DAYS = 30;

/**
 * Starts the server and waits until it serves the namespace with its search attributes.
 * @throws if a port is taken, the program does not start, or it is not healthy within a minute
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const fixed = await withFixedPorts(options);
  const server = await spawnEmbeddedServer(fixed);
  await whileAlive(server, fixed.logFile, (signal) => prepare(fixed, server, signal));
  return server;
}

export type SuperviseEmbeddedServerOptions = EmbeddedServerOptions & {
  backoff?: Backoff;
  onStateChange?: (state: SupervisedState) => void;
};

/** As `startEmbeddedServer`, and brings the server back on the same file and ports whenever it ends. */
export async function superviseEmbeddedServer(
  options: SuperviseEmbeddedServerOptions,
): Promise<Supervised<EmbeddedServer>> {
  const fixed = await withFixedPorts(options);
  return supervise({
    name: 'Temporal server',
    spawn: () => spawnEmbeddedServer(fixed),
    ready: (server, signal) => prepare(fixed, server, signal),
    ...(options.backoff !== undefined && { backoff: options.backoff }),
    ...(options.onStateChange !== undefined && { onStateChange: options.onStateChange }),
  });
}

type FixedOptions = Required<EmbeddedServerOptions>;

/** Ports are chosen once, so that a restarted server is found where the old one was. */
async function withFixedPorts(options: EmbeddedServerOptions): Promise<FixedOptions> {
  const [port = 0, uiPort = 0, metricsPort = 0] = await freePorts(options.host, 3);
  return {
    searchAttributes: searchAttributeList,
    dynamicConfig: {},
    retentionDays: DEFAULT_RETENTION_DAYS,
    logFile: join(resolve(options.dataDir), 'temporal.log'),
    ...options,
    dataDir: resolve(options.dataDir),
    port: options.port === 0 ? port : options.port,
    uiPort: options.uiPort === 0 ? uiPort : options.uiPort,
    metricsPort: options.metricsPort ?? metricsPort,
  };
}

async function spawnEmbeddedServer(options: FixedOptions): Promise<EmbeddedServer> {
  await prepareServerFolder(options.dataDir);
  await refuseTakenPorts(options);
  const child = await startChild({
    command: options.executable,
    args: embeddedServerArguments(options),
    logFile: options.logFile,
  });
  recordServerProcess(options.dataDir, child.pid);
  return {
    ...child,
    address: `${options.host}:${options.port}`,
    namespace: options.namespace,
    uiUrl: `http://${options.host}:${options.uiPort}`,
  };
}

/** The server would only say so in its log, after a while. */
async function refuseTakenPorts({ host, port, uiPort, metricsPort }: FixedOptions): Promise<void> {
  const uses = { Temporal: port, 'the Web UI': uiPort, 'the metrics': metricsPort };
  for (const [use, wanted] of Object.entries(uses)) {
    const reason = await whyPortIsTaken(host, wanted);
    if (reason === undefined) continue;
    throw new Error(
      `Port ${wanted} on ${host}, wanted for ${use}, cannot be used (${reason}); choose another.`,
    );
  }
}

async function prepare(options: FixedOptions, server: EmbeddedServer, signal: AbortSignal): Promise<void> {
  const { namespace, retentionDays, searchAttributes } = options;
  const timeoutMs = START_TIMEOUT_MS;
  await setUpTemporal({
    address: server.address,
    namespace,
    retentionDays,
    searchAttributes,
    timeoutMs,
    signal,
  });
  markServed(options.dataDir);
}
