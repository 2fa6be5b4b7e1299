/** A command's connections: to Temporal, to the journal, and to an exchange where one is asked for. */
import type { Client } from '@temporalio/client';
import { accountConfig } from '../../config/account.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { connection } from '../../config/connection.ts';
import { journalFile } from '../../config/data-files.ts';
import { readLastRun, readRunning } from '../../config/running.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { JournalFault } from '../../journal/fault.ts';
import type { Journal, JournalReader } from '../../journal/journal.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { connect } from '../connect.ts';
import { HoldfastError } from '../errors.ts';
import { createFacade } from '../holdfast.ts';
import { createWire, type Wire } from '../wire.ts';
import type { Session } from './context.ts';

/** Everything opened here is closed by `close`. Without a journal file, lists come from the workflows. */
export function openSession(config: HoldfastConfig): Session {
  // Of a server that is somebody else's nobody can say here whether it is meant to run.
  const isOurs =
    config.temporal.embedded || readLastRun(config.dataDir)?.temporal === config.temporal.address;
  const wire = lazyWire(() => connect(config.temporal));
  const journal = openJournal(config);
  const exchanges = new Map<string, Promise<Exchange>>();
  const exchange = (name: string): Promise<Exchange> => {
    const known = exchanges.get(name) ?? createExchange(connection(accountConfig(config, name)));
    exchanges.set(name, known);
    return known;
  };
  let writing: Journal | undefined;
  const asked = async <T>(account: string, ask: (exchange: Exchange) => Promise<T>): Promise<T> => {
    try {
      return await ask(await exchange(account));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HoldfastError(
        'exchange_unreachable',
        `The exchange of account ${account} does not answer: ${why}`,
        { cause: error },
      );
    }
  };
  return {
    config,
    isDown: () => isOurs && readRunning(config.dataDir) === undefined,
    holdfast: createFacade({
      wire,
      snapshot: (account) => asked(account, (it) => it.snapshot()),
      closedPositions: (account, query) => asked(account, (it) => it.closedPositions(query)),
      ...(journal && { journal }),
    }),
    exchange,
    journal: () => (writing ??= openSqliteJournal({ file: journalFile(config) })),
    close: async () => {
      await Promise.allSettled([...exchanges.values()].map(async (opening) => (await opening).close()));
      await journal?.close();
      await writing?.close();
      await wire.close();
    },
  };
}

/** Connects at the first call: what the journal alone answers needs no server. */
export function lazyWire(open: () => Promise<Client>): Wire & { close(): Promise<void> } {
  let opening: Promise<Client> | undefined;
  const wire = async (): Promise<Wire> => createWire(await (opening ??= open()));
  return {
    update: async (...args) => (await wire()).update(...args),
    query: async (...args) => (await wire()).query(...args),
    run: async (...args) => (await wire()).run(...args),
    find: async (...args) => (await wire()).find(...args),
    close: async () => {
      const client = await opening?.catch(() => undefined);
      await client?.connection.close();
    },
  };
}

/** The journal is made by the first worker: before that there is none, and nothing to read. */
export function openJournal(config: HoldfastConfig): JournalReader | undefined {
  try {
    return openSqliteJournal({ file: journalFile(config), readonly: true });
  } catch (error) {
    if (error instanceof JournalFault && error.kind === 'missing') return undefined;
    throw error;
  }
}
