/** A command's connections: to Temporal, to the journal, and to an exchange where one is asked for. */
import { join } from 'node:path';
import { accountConfig } from '../../config/account.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { connection } from '../../config/connection.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { JournalFault } from '../../journal/fault.ts';
import type { JournalReader } from '../../journal/journal.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { connect } from '../connect.ts';
import { HoldfastError } from '../errors.ts';
import { createHoldfast } from '../holdfast.ts';
import type { Session } from './context.ts';

/** Everything opened here is closed by `close`. Without a journal file, lists come from the workflows. */
export async function openSession(config: HoldfastConfig): Promise<Session> {
  const client = await connect(config.temporal);
  const journal = openJournal(config);
  const exchanges = new Map<string, Promise<Exchange>>();
  const exchange = (name: string): Promise<Exchange> => {
    const known = exchanges.get(name) ?? createExchange(connection(accountConfig(config, name)));
    exchanges.set(name, known);
    return known;
  };
  const snapshot = async (account: string) => {
    try {
      return await (await exchange(account)).snapshot();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HoldfastError('exchange_unreachable', `The exchange of account ${account} does not answer: ${why}`, { cause: error });
    }
  };
  return {
    config,
    holdfast: createHoldfast({ client, snapshot, ...(journal && { journal }) }),
    exchange,
    close: async () => {
      await Promise.allSettled([...exchanges.values()].map(async (opening) => (await opening).close()));
      await journal?.close();
      await client.connection.close();
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

export const journalFile = ({ dataDir }: HoldfastConfig): string => join(dataDir, 'journal.db');
