/** Serves all accounts of the configuration side by side, each on its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { createAccountServer, type AccountServer, type AccountServerDeps } from './account-server.ts';
import { keepStarting } from './accounts.ts';
import { keepDailySync } from './daily-sync.ts';
import type { Decider } from './decider.ts';
import type { Shared } from './deps.ts';
import { keepReporting } from './reports.ts';
import type { RunOptions } from './run.ts';
import { unusableTrouble } from './trouble.ts';

type Serving = RunOptions &
  Pick<AccountServerDeps, 'connection' | 'namespace' | 'shutdownGraceTime' | 'shared' | 'nearby'> & {
    plain: Connection;
    decider: Pick<Decider, 'created' | 'decides'>;
  };

/** Accounts that hang are served later; the others are not kept waiting. */
const READY_WITHIN_MS = 8_000;
/** A server that takes longer to say what a namespace is takes no work either. */
const ASKED_WITHIN_MS = 2_000;

/** Resolves at `stop`, when all of them have ended. */
export async function serveAccounts(serving: Serving): Promise<void> {
  const { config, log, stop, health, shared, decider, onReady } = serving;
  for (const { name, problems } of Object.values(config.unusable))
    log.error({ account: name, ...unusableTrouble(problems) }, 'the account is not served');
  const servers = Object.values(config.accounts).map((account) =>
    createAccountServer({ ...serving, account }),
  );
  health.knows({
    servers,
    askTemporal: () => askNamespace(serving),
    askJournal: () => askJournal(shared),
    decides: decider.decides,
  });
  const kept = servers.map((server) => server.keep());
  const starting = Object.keys(config.accounts).map((name) =>
    keepStarting(shared.client, config, name, log, stop),
  );
  const reporting = keepReporting(config, servers, health.address, stop);
  const scheduling = keepDailySync(shared.client, config, log, stop);
  const isThere = await decider.created;
  await Promise.race([settled(servers, starting), delay(READY_WITHIN_MS, undefined, { ref: false })]);
  if (isThere && !stop.aborted) onReady();
  await Promise.all([...kept, ...starting, reporting, scheduling]);
}

const askNamespace = ({ plain, namespace }: Serving): Promise<unknown> =>
  plain.withDeadline(Date.now() + ASKED_WITHIN_MS, () =>
    plain.workflowService.describeNamespace({ namespace }),
  );

/** The cheapest read that there is; whether it takes anything, the writes tell. */
async function askJournal({ journal, journalTrouble }: Shared): Promise<string | undefined> {
  await journal.levelsVersion('');
  return journalTrouble();
}

async function settled(servers: readonly AccountServer[], starting: readonly Promise<void>[]): Promise<void> {
  await Promise.all([...servers.map(({ tried }) => tried), ...starting]);
}
