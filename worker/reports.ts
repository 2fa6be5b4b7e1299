/** Tells commands what this worker knows of its accounts, as long as it runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HoldfastConfig } from '../config/config.ts';
import { dropWorkerReport, WRITE_EVERY_MS, writeWorkerReport } from '../config/serving.ts';
import type { AccountServer } from './account-server.ts';
import { unusableReports } from './unusable.ts';

/** Best effort: a disk that is full costs the report, not the accounts. */
export async function keepReporting(
  config: HoldfastConfig,
  servers: readonly AccountServer[],
  healthAt: () => string | null,
  stop: AbortSignal,
): Promise<void> {
  const { pid } = process;
  const sinceAt = new Date().toISOString();
  const unusable = unusableReports(config, sinceAt);
  while (!stop.aborted) {
    quietly(() =>
      writeWorkerReport(config.dataDir, {
        pid,
        writtenAt: new Date().toISOString(),
        healthAt: healthAt(),
        accounts: [...servers.map((server) => server.report()), ...unusable],
      }),
    );
    await delay(WRITE_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  quietly(() => dropWorkerReport(config.dataDir, pid));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    return;
  }
}
