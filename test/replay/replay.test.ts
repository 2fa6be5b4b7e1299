/** The workflows as they are now decide as they did when these histories were recorded: no open position is lost to an update. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';

const FOLDER = join(import.meta.dirname, 'histories');
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json.gz'))
  .map((file) => file.replace('.json.gz', ''));

/** Recorded of positions that were started in the long way, and again in the short one; see `position.ts`. */
const POSITIONS = [
  'adopted',
  'adopted-closed',
  'adopted-managed',
  'altered-stop',
  'closed-by-exchange',
  'closed-by-liquidation',
  'closed-by-stop',
  'closed-by-target',
  'closed-by-user',
  'closed-never-opened',
  'closing',
  'entering',
  'flipped',
  'open',
  'partial-fill',
  'reduced-outside',
  'replaced-stop',
  'second-writer',
  'settling',
  'unknown-entry-resolved',
  'vanished-stop',
];

/** Of exits that came later. */
const EXITS = [
  'break-even',
  'closed-at-limit',
  'closed-by-break-even-stop',
  'closed-by-crossing',
  'closed-by-time-exit',
  'closed-by-trailing-stop',
  'closed-elsewhere',
  'iceberg',
  'iceberg-begun',
  'limit-close',
  'time-exit',
  'trailing',
];

/** Of positions in tranches, and of the account that granted them. */
const TRANCHES = ['account-of-tranches', 'closed-after-merge', 'tranches', 'tranches-merged'];

/** Every stage and path has its recording. */
const NEEDED = [
  'account',
  'account-of-all',
  ...EXITS,
  ...TRANCHES,
  'sync',
  ...POSITIONS,
  ...POSITIONS.map((name) => `${name}-short`),
];

function history(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(join(FOLDER, `${name}.json.gz`))).toString());
}

const replay = (workflows: WorkflowBundleOption, name: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: workflows }, historyFromJSON(history(name)));

/** A busy machine bundles for longer than a replay takes. */
const BUNDLED_WITHIN_MS = 120_000;

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  await workflowBundle();
}, BUNDLED_WITHIN_MS);

describe('recorded histories', () => {
  it('are there for every stage and path', () => {
    expect(NAMES.toSorted()).toEqual(NEEDED.toSorted());
  });

  it.each(NAMES)('%s replays', async (name) => {
    await replay(await workflowBundle(), name);
  });

  it.each(NAMES)('%s names neither this machine nor its paths', (name) => {
    const text = JSON.stringify(history(name));
    expect(text).not.toMatch(/node_modules|file:\/\/|"[^"]*\/(home|root|tmp|work)\//);
  });
});

describe('a workflow that decides otherwise', () => {
  it('fails the replay', async () => {
    const changed = await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, 'changed-workflows.ts'),
      logger: new DefaultLogger('ERROR'),
    });
    await expect(replay(changed, 'open')).rejects.toThrow(DeterminismViolationError);
  });
});
