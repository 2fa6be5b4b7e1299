/** Where the worker's health is told: puts together what its parts know at the moment somebody asks. */
import type { Logger } from 'pino';
import type { ObserveHealth } from '../../activities/observe/deps.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import {
  accountReports,
  readWorkerReports,
  type AccountReport,
  type AccountStatus,
} from '../../config/serving.ts';
import { redactPatterns } from '../../exchanges/ccxt/redact.ts';
import type { ReadEvents } from '../metrics/exporter.ts';
import { unusableReports } from '../unusable.ts';
import { accountHealth, type AccountFacts } from './account-health.ts';
import { CONTENT_TYPE, exposition } from './exposition.ts';
import { createProbe, type Probe, type Probed } from './probe.ts';
import { healthReport, type HealthReport } from './report.ts';
import { keepServing, type Answer, type Routes } from './server.ts';

/** What a worker has once it has reached its server. */
export type WorkerParts = {
  servers: readonly TellingServer[];
  /** Rejects when the Temporal server does not answer. */
  askTemporal(): Promise<unknown>;
  /** Rejects when it cannot be read; resolves with why it takes nothing, if it does not. */
  askJournal(): Promise<string | undefined>;
  /** Whether the worker that decides takes work. */
  decides(): boolean;
};

export type TellingServer = {
  name: string;
  report(): AccountReport;
  watcher(): ObserveHealth | undefined;
};

export type HealthDesk = {
  /** From now on these are asked. */
  knows(parts: WorkerParts): void;
  /** `http://host:port`; null while nothing is served there. */
  address(): string | null;
  close(): Promise<void>;
};

type Options = {
  config: HoldfastConfig;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Absent: the SDK's endpoint could not be opened. */
  readEvents: ReadEvents | undefined;
  now?: () => number;
};

const NOT_YET: Probed = { ok: false, problem: 'it was not reached yet' };

export function openHealth({ config, log, readEvents, now = Date.now }: Options): HealthDesk {
  const startedMs = now();
  let parts: WorkerParts | undefined;
  let probes: { temporal: Probe; journal: Probe } | undefined;
  const report = async (): Promise<HealthReport> => {
    const [temporal, journal] = await Promise.all([
      probes?.temporal() ?? NOT_YET,
      probes?.journal() ?? NOT_YET,
    ]);
    const accounts = accountFacts(config, parts, now()).map(accountHealth);
    const decides = parts?.decides() ?? false;
    return healthReport({ pid: process.pid, startedMs, nowMs: now(), decides, temporal, journal, accounts });
  };
  const { enabled, host, port } = config.health;
  const server = enabled ? keepServing({ host, port, log, routes: routesOf(report, readEvents) }) : undefined;
  return {
    knows: (known) => {
      parts = known;
      probes = {
        temporal: createProbe(async () => void (await known.askTemporal())),
        journal: createProbe(() => known.askJournal()),
      };
    },
    address: () => server?.address() ?? null,
    close: async () => server?.close(),
  };
}

function routesOf(report: () => Promise<HealthReport>, readEvents: ReadEvents | undefined): Routes {
  return {
    '/health': async () => {
      const told = await report();
      return json(told.healthy, told);
    },
    '/health/live': () => json(true, { live: true, pid: process.pid }),
    '/health/ready': async () => {
      const { ready, at, temporal, journal, accounts } = await report();
      const states = accounts.map(({ account, state, problems }) => ({ account, state, problems }));
      return json(ready, { ready, at, temporal, journal, accounts: states });
    },
    '/metrics': async () => {
      const [states, events] = await Promise.all([report(), eventsOf(readEvents)]);
      return { status: 200, type: CONTENT_TYPE, body: exposition(states) + events };
    },
  };
}

/** What is remains worth telling where what happened cannot be told. */
async function eventsOf(readEvents: ReadEvents | undefined): Promise<string> {
  try {
    return (await readEvents?.()) ?? '';
  } catch {
    return '';
  }
}

const json = (isWell: boolean, body: object): Answer => ({
  status: isWell ? 200 : 503,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(body, null, 2)}\n`,
});

function accountFacts(config: HoldfastConfig, parts: WorkerParts | undefined, nowMs: number): AccountFacts[] {
  const sinceAt = new Date(nowMs).toISOString();
  const served = parts
    ? parts.servers.map((server) => ownFacts(server, sinceAt))
    : Object.keys(config.accounts).map((name) => unwatched(name, { state: 'connecting', sinceAt }));
  const unusable = unusableReports(config, sinceAt).map((own) => ({ own, watcher: undefined }));
  const all = [...served, ...unusable];
  const others = all.every(({ watcher }) => watcher?.watching) ? undefined : watchedByOthers(config, nowMs);
  return all.map((facts) => ({ ...facts, elsewhere: others?.get(facts.own.account) }));
}

type OwnFacts = Pick<AccountFacts, 'own' | 'watcher'>;

/** One account that cannot be told hides no other. */
function ownFacts(server: TellingServer, sinceAt: string): OwnFacts {
  try {
    return { own: server.report(), watcher: server.watcher() };
  } catch (error) {
    const reason = `how it is cannot be told: ${redactPatterns(String(error))}`;
    const remedy = 'See the log of the worker';
    return unwatched(server.name, { state: 'not_served', sinceAt, reason, remedy, retryAt: null });
  }
}

const unwatched = (account: string, status: AccountStatus): OwnFacts => ({
  own: { account, status, checkedAt: null, limits: null, watch: null },
  watcher: undefined,
});

function watchedByOthers({ dataDir }: HoldfastConfig, nowMs: number): Map<string, AccountReport> {
  const others = readWorkerReports(dataDir, nowMs).filter(({ pid }) => pid !== process.pid);
  return new Map([...accountReports(others)].filter(([, { truth }]) => truth));
}
