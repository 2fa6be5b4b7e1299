/**
 * The crash matrix: for every activity of a life, the worker is killed at every boundary of it - before
 * the call has any effect, after its effect but before the answer, after the answer but before Temporal
 * knows, and after Temporal knows. Each life then goes on and ends, and the venue's books, Temporal
 * and the journal must agree on it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sub } from '../../domain/decimal.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import { expectAgreement, type Agreed } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { groupsOn } from './cells.ts';
import { accountFor, open, sceneOf, type Round, type Scene, type Tried } from './scenes.ts';
import type { TriedExchange } from './wire-of.ts';
import { boundariesOn, crash, type Boundary, type Placed } from './crash.ts';

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
/** Many are asked at once, of a worker that has better things to do. */
const ASK_EVERY_MS = 300;

/** Declares the tests of one exchange, on processes of their own. */
export function crashMatrix(exchange: TriedExchange): void {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  const tried = groupsOn(exchange);
  const results: Result[] = [];
  let processes: Processes;

  beforeAll(async () => {
    processes = await startProcesses({ folder, accounts: tried.flat().map(accountFor) });
  });
  /** A round that failed half-way must not take the others with it. */
  beforeEach(() => processes.restore());
  afterEach(() => expect(processes.lost(), 'ended by itself').toEqual([]));
  afterAll(async () => {
    await processes.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    console.table(results);
  });

  describe.each(boundariesOn(exchange))(`${exchange}: a worker killed: %s`, (boundary) => {
    it(
      'loses nothing and does nothing twice, in any activity',
      async () => {
        const round = ROUNDS[boundary];
        const groups = triedAt(boundary, tried).map((group) =>
          group.map((cell) => ({ ...cell, scene: sceneOf(processes, round, cell) })),
        );
        results.push(...(await playRound(processes, boundary, round, groups)));
      },
      ROUND_WITHIN_MS,
    );
  });
}

/** A read that has been reported leaves nothing to lose. */
const triedAt = (boundary: Boundary, groups: readonly (readonly Tried[])[]): Tried[][] =>
  groups
    .map((group) => group.filter(({ cell }) => boundary !== 'reported' || !cell.reads))
    .filter((group) => group.length > 0);

type Result = Record<string, string | number>;

async function playRound(
  processes: Processes,
  boundary: Boundary,
  round: Round,
  groups: readonly (readonly Placed[])[],
): Promise<Result[]> {
  const all = groups.flat();
  await Promise.all(all.filter(({ cell }) => cell.begins === 'open').map(openAndProtect));
  const asked: Promise<unknown>[] = [];
  for (const group of groups) asked.push(...(await crash(boundary, group)));
  // A request that was carried out already is answered, not carried out again.
  await Promise.all(asked);
  await endAll(processes, all, round);
  const results: Result[] = [];
  for (const placed of all) {
    const agreed = await expectAgreement(processes, placed.scene.life);
    results.push(resultOf(boundary, placed, agreed));
  }
  return results;
}

async function openAndProtect(placed: Placed): Promise<void> {
  await open(placed.scene);
  await eventually(() => expectProtected(placed), OPEN_WITHIN_MS, ASK_EVERY_MS);
}

async function expectProtected({ scene }: Placed): Promise<void> {
  const { position, answeredBy } = await scene.processes.holdfast.show({ workflowId: scene.workflowId });
  expect(answeredBy).toBe('workflow');
  expect(position, scene.workflowId).toMatchObject({ stage: 'open', covered: true, unknownOrders: [] });
  expect(position.tranches[0]?.takeProfit.state, scene.workflowId).toBe('live');
}

/** What was taken away by hand has been noticed, and the stop fits what is left. */
async function expectReduced({ scene }: Placed): Promise<void> {
  const left = sub(scene.round.quantity, scene.round.part);
  const { position } = await scene.processes.holdfast.show({ workflowId: scene.workflowId });
  expect(position, scene.workflowId).toMatchObject({ stage: 'open', covered: true, quantity: left });
}

/** What was not closed otherwise is closed by its target. */
async function endAll(processes: Processes, all: readonly Placed[], round: Round): Promise<void> {
  const byTarget = all.filter(({ cell }) => cell.exitReason === 'TAKE_PROFIT');
  await Promise.all(
    byTarget.map((placed) => eventually(() => expectProtected(placed), OPEN_WITHIN_MS, ASK_EVERY_MS)),
  );
  await Promise.all(
    all
      .filter(({ cell }) => cell.name === 'observe')
      .map((placed) => eventually(() => expectReduced(placed), OPEN_WITHIN_MS, ASK_EVERY_MS)),
  );
  // A target that is crossed while a close is still on its way would close the position as well.
  await over(all.filter((placed) => !byTarget.includes(placed)));
  await processes.venue.control.setPrice({
    symbol: round.venueSymbol,
    last: round.beyondTarget,
    path: 'walk',
  });
  await over(all);
}

const over = (some: readonly Placed[]): Promise<void> =>
  eventually(
    async () => {
      const running = await Promise.all(some.map(({ scene }) => stillRunning(scene)));
      expect(running.flat(), 'still running').toEqual([]);
    },
    OVER_WITHIN_MS,
    ASK_EVERY_MS,
  );

async function stillRunning({ processes, workflowId }: Scene): Promise<string[]> {
  const { status } = await processes.client.workflow.getHandle(workflowId).describe();
  return status.name === 'RUNNING' ? [workflowId] : [];
}

/** Fails where the life ended otherwise than it should have, or was without a stop for too long. */
function resultOf(
  boundary: Boundary,
  { cell, exchange }: Placed,
  { trade, uncoveredMs, orders }: Agreed,
): Result {
  expect.soft(trade.exitReason, cell.name).toBe(cell.exitReason);
  expect.soft(uncoveredMs, `${cell.name}: time without a stop`).toBeLessThan(COVER_BOUND_MS);
  const { name: activity } = cell;
  return { exchange, killed: boundary, activity, exit: trade.exitReason, orders: orders.length, uncoveredMs };
}
