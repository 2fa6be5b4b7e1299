/** The composition root: what all accounts of a process share, and what each one gets of its own. */
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { createExchangeActivities } from '../activities/exchange.ts';
import { beating } from '../activities/heartbeats.ts';
import { createJournalActivities } from '../activities/journal.ts';
import { createLevelChanges } from '../activities/observe/level-changes.ts';
import type { ActivityRun } from '../activities/observe/deps.ts';
import { createObserve, type Observer } from '../activities/observe/observe.ts';
import { temporalRun } from '../activities/observe/temporal-run.ts';
import type {
  ExchangeActivities,
  JournalActivities,
  ObserveActivities,
  ReportActivities,
  SyncActivities,
} from '../activities/api.ts';
import type { AccountConfig, HoldfastConfig } from '../config/config.ts';
import { journalFile } from '../config/data-files.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { Journal } from '../journal/journal.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { startAtZero } from './metrics/known-series.ts';
import { measuredExchange } from './metrics/measured-exchange.ts';
import { measuredJournal, type MeasuredJournal } from './metrics/measured-journal.ts';
import { NO_METERS, type Meters } from './metrics/meters.ts';
import { observeMetrics } from './metrics/observed.ts';
import { createTickToClose } from './metrics/tick-to-close.ts';
import { tellLegEnded, temporalSignals } from './signals.ts';
import { createSync } from './sync.ts';

/** One journal and one connection for all accounts. */
export type Shared = {
  journal: Journal;
  client: Client;
  log: Logger;
  levelChanges: ReturnType<typeof createLevelChanges>;
  meters: Meters;
  journalTrouble: MeasuredJournal['trouble'];
};

/** What one account's queue is served with. */
export type AccountDeps = {
  activities: ExchangeActivities & JournalActivities & ObserveActivities & SyncActivities;
  observer: Observer;
};

const clock = { now: (): number => Date.now() };

/** Throws `JournalFault`: without its journal a worker serves nobody. */
export function createShared(
  config: HoldfastConfig,
  client: Client,
  log: Logger,
  meters: Meters = NO_METERS,
): Shared {
  const { journal, trouble } = measuredJournal(openSqliteJournal({ file: journalFile(config) }), meters);
  return { journal, client, log, levelChanges: createLevelChanges(), meters, journalTrouble: trouble };
}

/** What belongs to no account. */
export const reportActivities = ({ journal }: Shared): ReportActivities => ({
  keepReport: (report) => journal.appendSyncReport(report),
});

/** The journal is one for all accounts. */
export const journalActivities = ({ journal, levelChanges, client }: Shared): JournalActivities =>
  createJournalActivities({ journal, levelChanges, legEnded: tellLegEnded(client) });

/** @param stop aborts when this process no longer serves the account: the watch is then handed on at once */
export function createAccountDeps(
  shared: Shared,
  account: AccountConfig,
  gateway: Exchange,
  stop?: AbortSignal,
): AccountDeps {
  const { name, positionMode, leverage, monitor } = account;
  const { exchange, metrics } = measured(shared, gateway);
  const { journal, levelChanges, client, log } = shared;
  const observer = createObserve({
    exchange,
    journal,
    signals: temporalSignals(client, log),
    levelChanges,
    clock,
    log: log.child({ account: name, part: 'observe' }),
    run: () => handedOn(temporalRun(), stop),
    reconnectDelayMs: monitor.reconnectDelayMs,
    followPrices: monitor.enabled,
    alert: account.reconciliationAlert,
    ignoresUnmanaged: account.adoption.policy === 'ignore',
    metrics,
  });
  const served = createExchangeActivities({
    accounts: new Map([[name, { exchange, positionMode, leverage }]]),
    latestSnapshot: () => observer.lastSnapshot(),
    journal,
    clock,
  });
  const sync = createSync({ shared, account, exchange, latest: () => observer.lastSnapshot() });
  return {
    observer,
    activities: {
      ...beatingReads(served),
      ...journalActivities(shared),
      observe: (input) => observer.observe(input),
      examineAccount: beating(sync.examineAccount),
    },
  };
}

/** What is done through the gateway, and what the watcher tells, as metrics. */
function measured({ meters }: Shared, gateway: Exchange) {
  const { account } = gateway;
  startAtZero(account, meters);
  const tickToClose = createTickToClose(
    () => performance.now(),
    (seconds) => meters.seconds('holdfast_tick_to_close_seconds', { account }, seconds),
  );
  return {
    exchange: measuredExchange(gateway, meters, tickToClose),
    metrics: observeMetrics(account, meters, tickToClose),
  };
}

/** All but those that change something at the exchange: they end within seconds, or are unknown. */
const beatingReads = (plain: ExchangeActivities): ExchangeActivities => ({
  ...plain,
  findOrder: beating(plain.findOrder),
  readLeg: beating(plain.readLeg),
  readEvidence: beating(plain.readEvidence),
  readFigures: beating(plain.readFigures),
  readPrice: beating(plain.readPrice),
  readVolatility: beating(plain.readVolatility),
  readEntryFacts: beating(plain.readEntryFacts),
  readAdoptionFacts: beating(plain.readAdoptionFacts),
});

/**
 * The watch never ends by itself, and a worker that is asked to stop waits for its activities. So it
 * fails at once, and whichever worker is there next takes it up without the usual back-off.
 */
function handedOn(run: ActivityRun, stop: AbortSignal | undefined): ActivityRun {
  if (!stop) return run;
  const handOver = new AbortController();
  const leave = (): void =>
    handOver.abort(
      ApplicationFailure.create({
        message: 'the worker is stopping; the next one watches on',
        type: 'WorkerStopping',
        nextRetryDelay: '200 ms',
      }),
    );
  if (stop.aborted) leave();
  stop.addEventListener('abort', leave, { once: true });
  return { ...run, cancelled: AbortSignal.any([run.cancelled, handOver.signal]) };
}
