/**
 * A private PostgreSQL in a folder of its own: made by Debian's programs, bound to loopback, with a
 * generated password. It never touches a PostgreSQL that the machine runs already.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { startChild, type RunningProcess } from './child.ts';
import { pollUntil } from './poll.ts';
import { freePorts } from './ports.ts';
import { runProgram } from './run-program.ts';

export type PostgresOptions = {
  /** The `postgres` program; `initdb` lies beside it. */
  executable: string;
  /** Made if missing. The cluster is `cluster` in it. */
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
};

export type Postgres = RunningProcess & { host: string; port: number; user: string; password: string };

/** A user other than root; PostgreSQL refuses to run as root. */
type SystemUser = { uid: number; gid: number };

const SUPERUSER = 'holdfast';
const INITDB_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;

/** Makes the cluster if there is none, starts it and waits until it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { executable, dataDir, host } = options;
  mkdirSync(dataDir, { recursive: true });
  const user = await unprivilegedUser();
  const password = await ensureCluster(options, user);
  const port = options.port === 0 ? ((await freePorts(host, 1))[0] ?? 0) : options.port;
  const child = await startChild({
    command: executable,
    args: serverArguments(clusterOf(dataDir), host, port),
    logFile: join(dataDir, 'postgres.log'),
    // SIGINT ends sessions and writes a checkpoint; SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    ...(user !== undefined && { user }),
  });
  try {
    await pollUntil(() => probe(executable, host, port), {
      what: 'an answer of PostgreSQL',
      timeoutMs: START_TIMEOUT_MS,
    });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { ...child, host, port, user: SUPERUSER, password };
}

function serverArguments(cluster: string, host: string, port: number): string[] {
  const settings = { listen_addresses: host, port: String(port), unix_socket_directories: '' };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function probe(executable: string, host: string, port: number): Promise<void> {
  const program = join(dirname(executable), 'pg_isready');
  await runProgram(program, ['-q', '-h', host, '-p', String(port)], { timeoutMs: PROBE_TIMEOUT_MS });
}

/** @returns the password of the cluster, which is generated when the cluster is made */
async function ensureCluster({ executable, dataDir }: PostgresOptions, user?: SystemUser): Promise<string> {
  const passwordFile = join(dataDir, 'postgres-password');
  const cluster = clusterOf(dataDir);
  if (existsSync(join(cluster, 'PG_VERSION')) && existsSync(passwordFile)) {
    return readFileSync(passwordFile, 'utf8').trim();
  }
  const password = randomBytes(24).toString('hex');
  // Built aside and moved when whole, so an interrupted start leaves nothing that looks like a cluster.
  const draft = `${cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  const forInitdb = join(dataDir, 'initdb-password');
  writeFileSync(forInitdb, password, { mode: 0o600 });
  mkdirSync(draft, { mode: 0o700 });
  if (user !== undefined) {
    chownSync(draft, user.uid, user.gid);
    chownSync(forInitdb, user.uid, user.gid);
    await letThrough(user, dataDir);
  }
  const args = [
    '-D',
    draft,
    '-U',
    SUPERUSER,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    `--pwfile=${forInitdb}`,
  ];
  try {
    const initdb = join(dirname(executable), 'initdb');
    await runProgram(initdb, args, {
      timeoutMs: INITDB_TIMEOUT_MS,
      cwd: dataDir,
      ...(user !== undefined && { user }),
    });
  } finally {
    rmSync(forInitdb, { force: true });
  }
  writeFileSync(passwordFile, password, { mode: 0o600 });
  renameSync(draft, cluster);
  return password;
}

/** The other user must get through to its own folder, and may see nothing else. */
async function letThrough(user: SystemUser, dataDir: string): Promise<void> {
  chmodSync(dataDir, 0o711);
  try {
    await runProgram('test', ['-x', dataDir], { timeoutMs: PROBE_TIMEOUT_MS, cwd: '/', user });
  } catch {
    throw new Error(
      `PostgreSQL does not run as root, and its user ${user.uid} cannot reach ${dataDir}: ` +
        `open the folders above it with chmod o+x, or choose another data folder.`,
    );
  }
}

/** `undefined` when this process is not root and can run PostgreSQL as itself. */
async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map((flag) => runProgram('id', [flag, name], { timeoutMs: PROBE_TIMEOUT_MS })),
      );
      return { uid: Number(uid), gid: Number(gid) };
    } catch {
      // Not on this system; the next name may be.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody.');
}

function clusterOf(dataDir: string): string {
  return join(dataDir, 'cluster');
}
