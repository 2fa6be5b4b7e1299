/**
 * Plays one schedule: the steps under faults, a calm in which everything must come to agree and fall
 * quiet, then the end of every position. The first broken invariant ends it.
 */
import type { PositionEvent } from '../../domain/position/events.ts';
import { tradeByHand } from '../../venue/book/manual.ts';
import { holds } from '../support/position-rules.ts';
import { T0 } from '../support/builders.ts';
import { checkOpen, checkRow } from './agreement.ts';
import { Audit } from './audit.ts';
import { act } from './deeds.ts';
import { AccountDesk, type Onlooker } from './desk.ts';
import type { Fault } from './faults.ts';
import type { Life } from './life.ts';
import type { Schedule, Step } from './schedule.ts';
import { venueSymbol } from './venue-rows.ts';
import { World } from './world.ts';

export type Outcome = {
  schedule: Schedule;
  /** The first invariant that did not hold; null: all did. */
  broken: { what: string; atMs: number } | null;
  lives: number;
  adopted: number;
  /** Steps played. */
  steps: number;
  faults: Partial<Record<Fault, number>>;
  longestGapMs: number;
  exits: Record<string, number>;
};

/** Longer than any look-up, retry and doubt lasts once nothing goes wrong any more. */
const CALM_MS = 240_000;
const QUIET_MS = 90_000;
/** Unknown figures are asked for so long that the rest of a position is over by then. */
const END_MS = 2_400_000;
const ROUNDS = 6;

export function play(schedule: Schedule, log: (text: string) => void = () => undefined): Outcome {
  const stage = setUp(schedule, log);
  const { world, desks, audit } = stage;
  let steps = 0;
  let broken: Outcome['broken'] = null;
  try {
    for (const step of schedule.steps) {
      world.pass(step.waitMs);
      perform(stage, step);
      steps += 1;
    }
    log('--- faults are over');
    calmDown(stage);
    endAll(stage);
  } catch (error) {
    broken = { what: error instanceof Error ? error.message : String(error), atMs: world.nowMs - T0 };
    if (error instanceof Error && !BROKEN.test(error.stack ?? '')) broken.what += ` (${error.stack})`;
  }
  const lives = desks.flatMap((desk) => desk.lives);
  const rows = desks.flatMap((desk) => [...desk.rows.values()]);
  return {
    schedule,
    broken,
    lives: lives.length,
    adopted: lives.filter(({ state }) => state.adopted).length,
    steps,
    faults: tally(desks.flatMap(({ met }) => met)),
    longestGapMs: audit.longestGapMs,
    exits: tally(rows.map(({ exitReason }) => exitReason)),
  };
}

/** A rule that did not hold says enough by itself; any other error is a defect, and wants its place. */
const BROKEN = /at holds /;

type Stage = { world: World; desks: AccountDesk[]; audit: Audit; log: (text: string) => void };

function setUp(schedule: Schedule, log: (text: string) => void): Stage {
  const { accounts, tidy, lagMs } = schedule;
  const world = new World({ autoCancelProtection: tidy, positionLagMs: lagMs, rateLimits: false });
  const desks: AccountDesk[] = [];
  const audit = new Audit(world, desks);
  const say = (text: string): void => log(`${stamp(world)} ${text}`);
  const onlooker: Onlooker = {
    changed: (desk, life, before, events) => {
      for (const event of events) tellEvent(say, desk, life, event);
      audit.changed(life, before, events);
    },
    wrote: (desk, row, before) => {
      say(`${desk.name} journal: ${row.exitReason} ${row.quantity} net ${row.netPnl} (${row.figuresSource})`);
      audit.wrote(desk, row, before);
    },
    ended: (_, life) => audit.ended(life),
  };
  accounts.forEach((plan, index) => {
    const name = `a${index + 1}`;
    say(`${name}: ${JSON.stringify(plan)}`);
    desks.push(new AccountDesk(world, name, plan, onlooker));
  });
  world.books.onEvents((events) => {
    for (const event of events)
      if (event.kind === 'order') desks.find(({ name }) => name === event.order.account)?.watch.hint();
  });
  world.afterEach = () => audit.afterEach();
  return { world, desks, audit, log: say };
}

const stamp = ({ nowMs }: World): string => `+${((nowMs - T0) / 1_000).toFixed(3).padStart(9)}`;

/** Questions and comparisons are left out: they fill the log, and tell nothing. */
const UNTOLD: readonly PositionEvent['type'][] = [
  'SnapshotCompared',
  'IntentAsked',
  'SettlementAsked',
  'IdentityAsked',
];

function tellEvent(
  say: (text: string) => void,
  desk: AccountDesk,
  { state }: Life,
  event: PositionEvent,
): void {
  if (UNTOLD.includes(event.type)) return;
  const { type, ...rest } = event;
  say(`${desk.name} ${state.symbol} ${state.leg} ${type} ${JSON.stringify(rest)}`);
}

function perform({ world, desks, log }: Stage, { deed, account, pick, faults, readingFaults }: Step): void {
  const desk = desks[account % desks.length];
  if (!desk) return;
  desk.faults.push(...faults);
  desk.watch.faults.push(...readingFaults);
  const done = act({ world, desks, desk, pick }, deed);
  if (done !== undefined) log(`${desk.name} ${deed}: ${done}`);
  if (faults.length + readingFaults.length > 0)
    log(`${desk.name} faults: ${[...faults, '|', ...readingFaults].join(' ')}`);
  world.happened();
}

function calmDown({ world, desks, log }: Stage): void {
  for (const desk of desks) desk.calm();
  world.books.partialPlans.length = 0;
  world.pass(CALM_MS);
  const settled = desks
    .flatMap((desk) => desk.running.map((life) => ({ desk, life })))
    .filter(({ life }) => isSteady(life));
  for (const { desk, life } of settled) checkOpen(desk, life);
  log('--- everything agrees');
  const before = settled.map(({ life }) => ({ life, calls: life.calls, events: life.recorded.length }));
  world.pass(QUIET_MS);
  for (const { life, calls, events } of before) {
    holds(life.calls === calls, `${life.id} is not quiet: ${life.calls - calls} calls`);
    holds(
      life.recorded.length === events,
      `${life.id} is not quiet: ${JSON.stringify(life.recorded.at(-1))}`,
    );
  }
}

const isSteady = ({ state }: Life): boolean => state.stage.name === 'open' || state.stage.name === 'entering';

/** Closes everything, what was taken up meanwhile as well, and compares what the journal says of it. */
function endAll({ world, desks, log }: Stage): void {
  for (let round = 0; round < ROUNDS && desks.some((desk) => desk.running.length > 0); round += 1) {
    log(`--- the end, round ${round + 1}`);
    for (const desk of desks) for (const life of desk.running) end(desk, life);
    world.happened();
    world.pass(END_MS / ROUNDS);
  }
  for (const desk of desks) {
    const [left] = desk.running;
    holds(left === undefined, `${left?.id} does not end: ${JSON.stringify(left?.state.stage)}`);
    for (const life of desk.lives) checkRow(desk, life);
  }
}

/** What is only watched is closed by who opened it. */
function end({ world, name }: AccountDesk, life: Life): void {
  const { policy, symbol, leg } = life.state;
  if (policy !== 'watch') life.command({ type: 'close', request: {} });
  else tradeByHand(world.books, { account: name, symbol: venueSymbol(symbol), leg, action: 'close' });
}

function tally<T extends string>(list: readonly T[]): Record<T, number> {
  const counts = new Map<T, number>();
  for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
  // `Object.fromEntries` forgets the keys' type.
  return Object.fromEntries(counts) as Record<T, number>;
}
