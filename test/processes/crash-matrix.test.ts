/**
 * The crash matrix: for every activity of a life, the worker is killed at every boundary of it - before
 * the call has any effect, after its effect but before the answer, after the answer but before Temporal
 * knows, and after Temporal knows. Each life then goes on and ends, and the venue's books, Temporal
 * and the journal must agree on it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sub } from '../../domain/decimal.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import { expectAgreement, type Agreed } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { accountOf, GROUPS, open, sceneOf, type Round } from './cells.ts';
import { BOUNDARIES, crash, type Boundary, type Placed } from './crash.ts';

const ROUNDS: Record<Boundary, Round> = {
  before: {
    symbol: 'BTC/USDT:USDT',
    venueSymbol: 'BTC-USDT',
    quantity: '0.05',
    part: '0.02',
    stop: '64500',
    beyondTarget: '67000',
  },
  accepted: {
    symbol: 'ETH/USDT:USDT',
    venueSymbol: 'ETH-USDT',
    quantity: '1',
    part: '0.4',
    stop: '3180',
    beyondTarget: '3300',
  },
  unreported: {
    symbol: 'SOL/USDT:USDT',
    venueSymbol: 'SOL-USDT',
    quantity: '20',
    part: '8',
    stop: '149',
    beyondTarget: '155',
  },
  reported: {
    symbol: 'LTC/USDT:USDT',
    venueSymbol: 'LTC-USDT',
    quantity: '30',
    part: '10',
    stop: '84.5',
    beyondTarget: '88',
  },
};

/** Missing cover is closed at market after this; deciding and closing take their time too. */
const COVER_BOUND_MS = (DEFAULT_SETTINGS.emergencyCloseMs ?? 0) + 2_000;
/** A minute where the machine has nothing else to do. */
const ROUND_WITHIN_MS = 400_000;
const OPEN_WITHIN_MS = 45_000;
const OVER_WITHIN_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
const results: Record<string, string | number>[] = [];
let processes: Processes;

beforeAll(async () => {
  processes = await startProcesses({ folder, accounts: GROUPS.flat().map(accountOf) });
});
afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  console.table(results);
});

describe.each(BOUNDARIES)('a worker killed: %s', (boundary) => {
  it(
    'loses nothing and does nothing twice, in any activity',
    async () => {
      const round = ROUNDS[boundary];
      const groups = GROUPS.map((group) =>
        group.map((cell) => ({ cell, scene: sceneOf(processes, round, cell) })),
      );
      const all = groups.flat();
      await Promise.all(all.filter(({ cell }) => cell.begins === 'open').map(openAndProtect));
      const asked: Promise<unknown>[] = [];
      for (const group of groups) asked.push(...(await crash(boundary, group)));
      // A request that was carried out already is answered, not carried out again.
      await Promise.all(asked);
      await endAll(all, round);
      for (const placed of all) note(boundary, placed, await expectAgreement(processes, placed.scene.life));
    },
    ROUND_WITHIN_MS,
  );
});

async function openAndProtect(placed: Placed): Promise<void> {
  await open(placed.scene);
  await eventually(() => expectProtected(placed), OPEN_WITHIN_MS);
}

async function expectProtected({ scene }: Placed): Promise<void> {
  const { position, answeredBy } = await processes.holdfast.show({ workflowId: scene.workflowId });
  expect(answeredBy).toBe('workflow');
  expect(position, scene.workflowId).toMatchObject({ stage: 'open', covered: true, unknownOrders: [] });
  expect(position.tranches[0]?.takeProfit.state, scene.workflowId).toBe('live');
}

/** What was taken away by hand has been noticed, and the stop fits what is left. */
async function expectReduced({ scene }: Placed): Promise<void> {
  const left = sub(scene.round.quantity, scene.round.part);
  const { position } = await processes.holdfast.show({ workflowId: scene.workflowId });
  expect(position, scene.workflowId).toMatchObject({ stage: 'open', covered: true, quantity: left });
}

/** What was not closed otherwise is closed by its target. */
async function endAll(all: readonly Placed[], round: Round): Promise<void> {
  const byTarget = all.filter(({ cell }) => cell.exitReason === 'TAKE_PROFIT');
  await Promise.all(byTarget.map((placed) => eventually(() => expectProtected(placed), OPEN_WITHIN_MS)));
  await Promise.all(
    all
      .filter(({ cell }) => cell.name === 'observe')
      .map((placed) => eventually(() => expectReduced(placed), OPEN_WITHIN_MS)),
  );
  await processes.venue.control.setPrice({
    symbol: round.venueSymbol,
    last: round.beyondTarget,
    path: 'walk',
  });
  await eventually(async () => {
    const running = await Promise.all(all.map(({ scene }) => stillRunning(scene.workflowId)));
    expect(running.flat(), 'still running').toEqual([]);
  }, OVER_WITHIN_MS);
}

async function stillRunning(workflowId: string): Promise<string[]> {
  const { status } = await processes.client.workflow.getHandle(workflowId).describe();
  return status.name === 'RUNNING' ? [workflowId] : [];
}

function note(boundary: Boundary, { cell }: Placed, { trade, uncoveredMs, orders }: Agreed): void {
  results.push({
    killed: boundary,
    activity: cell.name,
    exit: trade.exitReason,
    orders: orders.length,
    uncoveredMs,
  });
  expect.soft(trade.exitReason, cell.name).toBe(cell.exitReason);
  expect.soft(uncoveredMs, `${cell.name}: time without a stop`).toBeLessThan(COVER_BOUND_MS);
}
