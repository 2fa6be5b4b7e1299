/**
 * A whole Holdfast in real processes, as `holdfast up` runs it: the embedded Temporal server, the
 * venue and the worker, each on its own files and ports, so that each can be killed and started again.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createHoldfast, type Holdfast } from '../../client/index.ts';
import { childEnvironment } from '../../config/child-environment.ts';
import { accountConfig } from '../../config/account.ts';
import { connection } from '../../config/connection.ts';
import { journalFile, logFile, temporalDir, venueDir } from '../../config/data-files.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import type { JournalReader } from '../../journal/journal.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { startChild, type RunningProcess } from '../../server/child.ts';
import { startEmbeddedServer } from '../../server/embedded.ts';
import { pollUntil } from '../../server/poll.ts';
import { freePorts } from '../../server/ports.ts';
import { createVenueControl, type VenueControl } from '../../venue/control/client.ts';
import { eventInLog, lastLines, sizeOf } from '../../client/cli/up/log-watch.ts';
import type { ExchangeName, PositionMode } from '../../domain/terms.ts';
import { createLink, type Link } from './link.ts';
import { pathOf, temporalCli } from './tools.ts';

const PROJECT = join(import.meta.dirname, '../..');
const NODE = join(PROJECT, 'node_modules/.bin/node');
const READY_WITHIN_MS = 45_000;

/** One process that may be down. */
export type Part = {
  /** Starts it and waits until it serves. Throws with its last words. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it is gone. Nothing is cleaned up. */
  kill(): Promise<void>;
  /** Asks it to end; for the end of a test. */
  stop(): Promise<void>;
  /** False too when it ended by itself. */
  running(): boolean;
  /** Undefined while it does not run. */
  pid(): number | undefined;
  /** Why it ended by itself, its last words included; undefined unless it did since its last start. */
  lost(): string | undefined;
};

export type Processes = {
  config: HoldfastConfig;
  /** The configuration file, for commands that take `--config`. */
  configFile: string;
  temporal: Part & { address: string };
  venue: Part & { control: VenueControl };
  worker: Part;
  /** Another worker of the same configuration, not started yet. */
  secondWorker: Part;
  /** Between the first worker and the Temporal server. */
  link: Link;
  client: Client;
  holdfast: Holdfast;
  journal: JournalReader;
  /** What a test that failed half-way left behind is undone: nothing is held, all run that should. */
  restore(): Promise<void>;
  /** Parts that ended although nobody killed them, with their last words. */
  lost(): string[];
  close(): Promise<void>;
};

/** A paper account, with books of its own on the venue; a name alone is one of BingX, one-way. */
export type AccountSetup =
  | string
  | ({ name: string; exchange?: ExchangeName; positionMode?: PositionMode } & Record<string, unknown>);

export type ProcessesOptions = {
  folder: string;
  accounts: readonly AccountSetup[];
  /** Merged into every account of the configuration file. */
  account?: Record<string, unknown>;
  /** Accounts besides, as the file has them; the venue is not told of them. */
  others?: (at: { venueUrl: string }) => Record<string, Record<string, unknown>>;
  venueArguments?: readonly string[];
  /** Settings of the Temporal server, beside the tuned ones. */
  dynamicConfig?: Record<string, number>;
};

/**
 * Everything started, every account known to the venue, all prices still. Ports stay the same over
 * restarts, so they come from a range that nobody is given meanwhile.
 */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const [temporalPort = 0, uiPort = 0, venuePort = 0, controlPort = 0, healthPort = 0] = await freePorts(
    '127.0.0.1',
    5,
  );
  const ports = { temporalPort, uiPort, venuePort, controlPort, healthPort };
  const { configFile, config } = writeConfig(options, ports);
  const link = await createLink(config.temporal.address);
  const temporal = temporalPart(config, options);
  const control = createVenueControl(`http://127.0.0.1:${controlPort}`);
  const venue = venuePart(config, control, options);
  const worker = workerPart(config, configFile, link.address, 'worker');
  const secondWorker = workerPart(config, configFile, config.temporal.address, 'second-worker');
  const parts = [worker, secondWorker, venue, temporal];
  const byName = { worker, 'the second worker': secondWorker, venue, Temporal: temporal };
  const lost = (): string[] =>
    Object.entries(byName).flatMap(([name, each]) =>
      each.lost() === undefined ? [] : [`${name}: ${each.lost()}`],
    );
  const restore = async (): Promise<void> => {
    link.release();
    await Promise.all([temporal, venue].filter((each) => !each.running()).map((each) => each.start()));
    await control.clearFaults();
    if (!worker.running()) await worker.start();
  };
  let plain: Connection | undefined;
  let journal: JournalReader | undefined;
  const close = async (): Promise<void> => {
    await journal?.close();
    await plain?.close();
    for (const part of parts) await part.stop();
    await link.close();
  };
  try {
    await Promise.all([temporal.start(), venue.start()]);
    await worker.start();
    plain = await Connection.connect({ address: config.temporal.address });
    const client = new Client({ connection: plain, namespace: config.temporal.namespace });
    journal = openSqliteJournal({ file: journalFile(config), readonly: true });
    const holdfast = createHoldfast({ client, journal });
    return {
      config,
      configFile,
      link,
      client,
      journal,
      holdfast,
      worker,
      secondWorker,
      restore,
      lost,
      close,
      temporal: { ...temporal, address: config.temporal.address },
      venue: { ...venue, control },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const named = (setup: AccountSetup): Exclude<AccountSetup, string> =>
  typeof setup === 'string' ? { name: setup } : setup;

type Ports = {
  temporalPort: number;
  uiPort: number;
  venuePort: number;
  controlPort: number;
  healthPort: number;
};

function writeConfig({ folder, accounts, account, others }: ProcessesOptions, ports: Ports) {
  const configFile = join(folder, 'holdfast.json');
  const file = {
    dataDir: join(folder, 'data'),
    temporal: { address: `127.0.0.1:${ports.temporalPort}`, uiPort: ports.uiPort },
    venue: { port: ports.venuePort, controlPort: ports.controlPort },
    health: { port: ports.healthPort },
    accounts: {
      ...Object.fromEntries(
        accounts.map((setup) => {
          const { name, ...own } = named(setup);
          return [name, { exchange: 'bingx', mode: 'paper', ...own, ...account }];
        }),
      ),
      ...others?.({ venueUrl: `http://127.0.0.1:${ports.venuePort}` }),
    },
  };
  writeFileSync(configFile, JSON.stringify(file));
  return { configFile, config: loadConfig({ file: configFile, env: {}, tolerant: true }) };
}

function temporalPart(config: HoldfastConfig, { dynamicConfig = {} }: ProcessesOptions): Part {
  const [, port] = config.temporal.address.split(':');
  return part(logFile(config, 'temporal'), () =>
    startEmbeddedServer({
      executable: pathOf(temporalCli()),
      dataDir: temporalDir(config),
      host: '127.0.0.1',
      port: Number(port),
      uiPort: config.temporal.uiPort,
      namespace: config.temporal.namespace,
      logFile: logFile(config, 'temporal'),
      dynamicConfig,
    }),
  );
}

function venuePart(
  config: HoldfastConfig,
  control: VenueControl,
  { accounts, venueArguments = [] }: ProcessesOptions,
): Part {
  const args = [
    '--data',
    venueDir(config),
    '--port',
    String(config.venue.port),
    '--control-port',
    String(config.venue.controlPort),
  ];
  const still = ['--feed', 'still', '--slippage-bps', '0', ...venueArguments];
  const log = logFile(config, 'venue');
  return part(log, async () => {
    const child = await script(config, log, 'venue/main.ts', [...args, ...still]);
    await alive(child, log, () =>
      pollUntil(() => control.health(), { what: 'the venue', timeoutMs: READY_WITHIN_MS }),
    );
    for (const { name } of accounts.map(named)) {
      const { apiKey, secret, positionMode } = connection(accountConfig(config, name));
      await control.createAccount({ name, apiKey, secret, hedgeMode: positionMode === 'hedge' });
    }
    return child;
  });
}

function workerPart(config: HoldfastConfig, configFile: string, temporal: string, name: string): Part {
  const log = join(config.dataDir, 'logs', `${name}.log`);
  return part(log, async () => {
    const fromByte = sizeOf(log);
    const args = ['--config', configFile, '--data', config.dataDir, '--temporal', temporal];
    const child = await script(config, log, 'worker/main.ts', args);
    await alive(child, log, () => eventInLog(log, fromByte, 'ready', AbortSignal.timeout(READY_WITHIN_MS)));
    return child;
  });
}

const script = (
  config: HoldfastConfig,
  log: string,
  file: string,
  args: readonly string[],
): Promise<RunningProcess> =>
  startChild({
    command: NODE,
    args: [join(PROJECT, file), ...args],
    logFile: log,
    env: childEnvironment(config),
  });

/** A process that ends instead of getting ready is told with its last words. */
async function alive(child: RunningProcess, log: string, ready: () => Promise<unknown>): Promise<void> {
  const ended = child.exited.then(({ code, signal }) => {
    throw new Error(`the process ended (${signal ?? code}) before it was ready:\n${lastLines(log)}`);
  });
  await Promise.race([ready(), ended]);
}

function part(log: string, spawn: () => Promise<RunningProcess>): Part {
  let child: RunningProcess | undefined;
  let lost: string | undefined;
  return {
    running: () => child !== undefined,
    pid: () => child?.pid,
    lost: () => lost,
    async start() {
      if (child) throw new Error('it runs already');
      const started = await spawn();
      child = started;
      lost = undefined;
      void started.exited.then(({ code, signal }) => {
        if (child !== started) return;
        child = undefined;
        lost = `it ended by itself (${signal ?? code}):\n${lastLines(log)}`;
      });
    },
    async kill() {
      if (!child) throw new Error(lost ?? 'it does not run');
      const killed = child;
      child = undefined;
      process.kill(killed.pid, 'SIGKILL');
      await killed.exited;
    },
    async stop() {
      const stopped = child;
      child = undefined;
      await stopped?.stop();
    },
  };
}
