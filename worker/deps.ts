/** The composition root: connects every account's exchange, opens the journal, makes the activities. */
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { createExchangeActivities, type ServedAccount } from '../activities/exchange.ts';
import { beating } from '../activities/heartbeats.ts';
import { createJournalActivities } from '../activities/journal.ts';
import { createLevelChanges } from '../activities/observe/level-changes.ts';
import type { ActivityRun } from '../activities/observe/deps.ts';
import { createObserve, type Observer } from '../activities/observe/observe.ts';
import { temporalRun } from '../activities/observe/temporal-run.ts';
import type { ExchangeActivities, JournalActivities, ObserveActivities } from '../activities/api.ts';
import { connection } from '../config/connection.ts';
import type { AccountConfig, HoldfastConfig } from '../config/config.ts';
import { journalFile } from '../config/data-files.ts';
import { createExchange } from '../exchanges/create.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { Journal } from '../journal/journal.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { temporalSignals } from './signals.ts';

export type Deps = {
  /** Activities by account; each account's queue is served with its own. */
  activities: ReadonlyMap<string, ExchangeActivities & JournalActivities & ObserveActivities>;
  observers: ReadonlyMap<string, Observer>;
  close(): Promise<void>;
};

const clock = { now: (): number => Date.now() };

/** @param stop aborts when this process is asked to end: the watch is then handed on at once */
export async function createDeps(
  config: HoldfastConfig,
  client: Client,
  log: Logger,
  stop?: AbortSignal,
): Promise<Deps> {
  const journal = openSqliteJournal({ file: journalFile(config) });
  const accounts = new Map<string, ServedAccount>();
  const observers = new Map<string, Observer>();
  const levelChanges = createLevelChanges();
  try {
    for (const account of Object.values(config.accounts)) {
      const exchange = await createExchange({
        ...connection(account),
        log: log.child({ account: account.name }),
      });
      const { positionMode, leverage } = account;
      accounts.set(account.name, { exchange, positionMode, leverage });
      observers.set(
        account.name,
        createObserve(watchDeps(account, exchange, journal, client, log, levelChanges, stop)),
      );
    }
  } catch (error) {
    await closeAll(accounts, journal);
    throw error;
  }
  const latestSnapshot = (account: string) => observers.get(account)?.lastSnapshot();
  const shared = {
    ...exchangeActivities(createExchangeActivities({ accounts, latestSnapshot, clock })),
    ...createJournalActivities({ journal, levelChanges }),
  };
  const activities = new Map(
    [...observers].map(
      ([name, observer]) =>
        [name, { ...shared, observe: (input: { account: string }) => observer.observe(input) }] as const,
    ),
  );
  return { activities, observers, close: () => closeAll(accounts, journal) };
}

/** All but those that change something at the exchange: they end within seconds, or are unknown. */
const exchangeActivities = (plain: ExchangeActivities): ExchangeActivities => ({
  ...plain,
  findOrder: beating(plain.findOrder),
  readLeg: beating(plain.readLeg),
  readEvidence: beating(plain.readEvidence),
  readFigures: beating(plain.readFigures),
  readPrice: beating(plain.readPrice),
  readEntryFacts: beating(plain.readEntryFacts),
});

function watchDeps(
  account: AccountConfig,
  exchange: Exchange,
  journal: Journal,
  client: Client,
  log: Logger,
  levelChanges: ReturnType<typeof createLevelChanges>,
  stop: AbortSignal | undefined,
) {
  return {
    exchange,
    journal,
    signals: temporalSignals(client, log),
    levelChanges,
    clock,
    log: log.child({ account: account.name, part: 'observe' }),
    run: () => handedOn(temporalRun(), stop),
    reconnectDelayMs: account.monitor.reconnectDelayMs,
    followPrices: account.monitor.enabled,
  };
}

async function closeAll(accounts: ReadonlyMap<string, ServedAccount>, journal: Journal): Promise<void> {
  await Promise.allSettled([...accounts.values()].map(({ exchange }) => exchange.close()));
  await journal.close();
}

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
