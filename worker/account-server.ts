/**
 * Serves one account: opens its gateway, examines it, takes work from its queue, and begins again after
 * a while when that ends. Invariants:
 * - Nothing that goes wrong here reaches another account, or ends the process.
 * - A queue is only polled by a worker that may serve its account: what waits there waits for one.
 * - Keys are read anew at every attempt, so that what a person puts right counts without a restart.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { ObserveHealth } from '../activities/observe/deps.ts';
import type { Observer } from '../activities/observe/observe.ts';
import type { AccountConfig } from '../config/config.ts';
import type { AccountReport, AccountStatus } from '../config/serving.ts';
import { accountTaskQueue } from '../contract/ids.ts';
import { examineAccount, objections, type Examination, type Objection } from '../exchanges/admission.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { BUILD_ID } from './build-id.ts';
import { createAccountDeps, type Shared } from './deps.ts';
import { openGateway, openWithin, type OpenGateway } from './gateway.ts';
import type { Nearby } from './nearby.ts';
import { priceReports, truthReport } from './truth-report.ts';
import { AccountTrouble, troubleOf, type Trouble } from './trouble.ts';

export type AccountServer = {
  name: string;
  /** Serves until `stop`; never rejects. */
  keep(): Promise<void>;
  /** Resolves when the first attempt has led to something, one way or the other. */
  tried: Promise<void>;
  report(): AccountReport;
  /** Of the watcher in this process; undefined while the account is not served. */
  watcher(): ObserveHealth | undefined;
};

export type Delays = {
  /** Before the second attempt; doubled each time, up to `longestMs`. */
  firstMs: number;
  longestMs: number;
  /** The longest where nobody outside was asked: keys that are missing. */
  localMs: number;
  /** Between two examinations of an account that is served. */
  examineMs: number;
  /** The same, while it is not known whether its keys are right. */
  doubtMs: number;
};

const DELAYS: Delays = {
  firstMs: 1_000,
  longestMs: 30_000,
  localMs: 5_000,
  examineMs: 60_000,
  doubtMs: 10_000,
};

/** The SDK would keep heartbeats back for most of their timeout, and one that is late would be one too few. */
const HEARTBEATS_AT_MOST_EVERY = '900 ms';

export type AccountServerDeps = {
  account: AccountConfig;
  shared: Shared;
  connection: NativeConnection;
  /** Where positions are decided in this process; absent: they are decided elsewhere. */
  nearby?: Nearby;
  namespace: string;
  shutdownGraceTime: string;
  stop: AbortSignal;
  open?: OpenGateway;
  delays?: Delays;
};

type Facts = { status: AccountStatus; examined?: Examination; checkedAt?: string; observer?: Observer };

export function createAccountServer(deps: AccountServerDeps): AccountServer {
  const { account, shared, stop, delays = DELAYS } = deps;
  const log = shared.log.child({ account: account.name });
  const first = Promise.withResolvers<void>();
  let facts: Facts = { status: { state: 'connecting', sinceAt: nowAt() } };
  const change = (next: Facts): void => {
    facts = next;
    if (next.status.state !== 'connecting') first.resolve();
  };
  return {
    name: account.name,
    tried: first.promise,
    report: () => reportOf(account.name, facts),
    watcher: () => facts.observer?.health(),
    async keep() {
      for (let failures = 0; !stop.aborted;) {
        const startedMs = Date.now();
        const trouble = await serveOnce(deps, log, change);
        if (stop.aborted) break;
        // What went well for longer than the longest pause begins anew.
        failures = Date.now() - startedMs > delays.longestMs ? 1 : failures + 1;
        const longestMs = trouble.isLocal ? delays.localMs : delays.longestMs;
        const pauseMs = Math.min(longestMs, delays.firstMs * 2 ** (failures - 1));
        change({ status: notServed(trouble, facts.status, pauseMs) });
        log.error(
          { reason: trouble.reason, remedy: trouble.remedy, retryInMs: pauseMs },
          'the account is not served',
        );
        await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
      }
      first.resolve();
    },
  };
}

/** Resolves with what ended it; the gateway is closed again by then. */
async function serveOnce(
  deps: AccountServerDeps,
  log: Logger,
  change: (facts: Facts) => void,
): Promise<Trouble> {
  const { account, stop, open = openGateway } = deps;
  let exchange: Exchange | undefined;
  try {
    exchange = await openWithin(open, account, deps.shared.log);
    const examined = await examineAccount(exchange);
    insist(account, examined);
    if (!stop.aborted) await serve(deps, exchange, examined, log, change);
    return { reason: 'the worker is stopping', remedy: '' };
  } catch (error) {
    return troubleOf(error);
  } finally {
    await exchange
      ?.close()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'the gateway did not close'));
  }
}

/** Takes work from the account's queue until `stop`, or until its keys turn out to be wrong. */
async function serve(
  deps: AccountServerDeps,
  exchange: Exchange,
  examined: Examination,
  log: Logger,
  change: (facts: Facts) => void,
): Promise<void> {
  const { account, shared, connection, namespace, shutdownGraceTime, stop, delays = DELAYS } = deps;
  const lost = new AbortController();
  const over = AbortSignal.any([stop, lost.signal]);
  const { activities, observer } = createAccountDeps(shared, account, exchange, over);
  const taskQueue = accountTaskQueue(account.name);
  const worker = await Worker.create({
    connection,
    namespace,
    shutdownGraceTime,
    buildId: BUILD_ID,
    taskQueue,
    activities,
    maxHeartbeatThrottleInterval: HEARTBEATS_AT_MOST_EVERY,
  });
  const sinceAt = nowAt();
  const tell = (latest: Examination): void => {
    const notes = notesOf(account, latest);
    change({ status: { state: 'serving', sinceAt, notes }, examined: latest, checkedAt: nowAt(), observer });
  };
  const running = worker.run();
  const served = deps.nearby?.serve(account.name, activities, over);
  tell(examined);
  log.info({ exchange: account.exchange, mode: account.mode }, 'serving the account');
  for (const note of notesOf(account, examined)) log.warn({ note }, 'the account is served, but');
  const end = (): void => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  over.addEventListener('abort', end, { once: true });
  if (over.aborted) end();
  const watching = keepExamining(exchange, examined, delays, over, (latest) => {
    tell(latest);
    const wrong = objections(account, latest).find(({ kind }) => kind === 'credentials');
    if (wrong) lost.abort(new AccountTrouble(wrong));
  });
  try {
    await running;
  } finally {
    lost.abort();
    await Promise.all([watching, served]);
  }
  if (!stop.aborted && lost.signal.reason instanceof AccountTrouble) throw lost.signal.reason;
}

async function keepExamining(
  exchange: Exchange,
  first: Examination,
  { examineMs, doubtMs }: Delays,
  over: AbortSignal,
  tell: (examined: Examination) => void,
): Promise<void> {
  for (let latest = first; !over.aborted;) {
    const pauseMs = latest.credentials.state === 'accepted' ? examineMs : doubtMs;
    await delay(pauseMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    latest = await examineAccount(exchange);
    if (!over.aborted) tell(latest);
  }
}

function insist(account: AccountConfig, examined: Examination): void {
  const [gravest] = objections(account, examined).filter(({ blocks }) => blocks === 'account');
  if (gravest) throw new AccountTrouble(gravest);
}

const notesOf = (account: AccountConfig, examined: Examination): string[] =>
  objections(account, examined).map(({ text }: Objection) => text);

function notServed({ reason, remedy }: Trouble, before: AccountStatus, pauseMs: number): AccountStatus {
  const sinceAt = before.state === 'not_served' ? before.sinceAt : nowAt();
  const retryAt = new Date(Date.now() + pauseMs).toISOString();
  return { state: 'not_served', sinceAt, reason, remedy, retryAt };
}

function reportOf(account: string, { status, examined, checkedAt, observer }: Facts): AccountReport {
  const reading = observer?.lastSnapshot();
  const health = observer?.health();
  return {
    account,
    status,
    checkedAt: checkedAt ?? null,
    limits: examined?.health.limits === undefined ? null : [...examined.health.limits],
    watch:
      reading && health
        ? {
            streamsOpen: health.websocketConnected,
            truthAgeMs: health.ageOfTruthMs ?? 0,
            positions: health.activePositions,
            pendingOrders: health.pendingOrders,
          }
        : null,
    truth: truthReport(health),
    ...(health?.watching && { prices: priceReports(health) }),
  };
}

const nowAt = (): string => new Date().toISOString();
