/**
 * Records the histories that the replay tests hold every later version of the workflows to:
 * `npm run histories`. Those that are there stay, as older versions of the code recorded them; names as
 * arguments are recorded anew all the same. Real workers, ccxt, the venue and the journal live through every stage and path;
 * what is kept is Temporal's own history, without this machine's names.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createStage } from '../support/stage.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { STORIES } from './stories.ts';

const again = process.argv.slice(2);
const FOLDER = join(import.meta.dirname, 'histories');

const server = await startTimeSkipping();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-histories-'));
try {
  const client = new Client({ connection: server.connection, namespace: server.namespace ?? 'default' });
  const stage = await createStage({
    folder,
    client,
    connection: server.nativeConnection,
    account: { advanced: { positionLagMs: 0 } },
  });
  mkdirSync(FOLDER, { recursive: true });
  const known = new Set(readdirSync(FOLDER).map((file) => file.replace('.json.gz', '')));
  const keep = async (plain: string, workflowId: string, runId?: string): Promise<void> => {
    const name = nameOf(plain, workflowId);
    if (known.has(name) && !again.includes(name)) return;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(JSON.parse(historyToJSON(history)), anonymous);
    writeFileSync(join(FOLDER, `${name}.json.gz`), gzipSync(text, { level: 9 }));
    process.stdout.write(`${name}: ${history.events?.length ?? 0} events, ${text.length} bytes\n`);
  };
  // Positions that were started in the short way (`version: 2`), beside the same ones in the long way.
  const nameOf = (plain: string, workflowId: string): string =>
    workflowId.startsWith('position/') && known.has(`${plain}-short`) && !again.includes(plain)
      ? `${plain}-short`
      : plain;
  await stage.startWorkers();
  for (const story of STORIES) await story(stage, keep);
  await stage.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
  await server.teardown();
}
process.exit(0);

/** Replay needs neither who ran a task nor where in which file a call failed. */
function anonymous(key: string, value: unknown): unknown {
  if (key === 'identity') return 'a worker';
  return key === 'stackTrace' ? '' : value;
}
