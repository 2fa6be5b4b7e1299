/**
 * Cases of the project's list of scenarios, played through the venue on real processes: all of them side
 * by side, each in a market of its own. First those that happen while everything runs, then those that
 * happen while no worker does. The venue's books and the journal have the last word.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapBounded } from '../../client/map-bounded.ts';
import { folderForAll } from '../support/temporary.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { ADOPTIONS } from './scenarios/adoptions.ts';
import { CLOSES } from './scenarios/closes.ts';
import { MANUAL_CHANGES } from './scenarios/manual-changes.ts';
import { OFFLINE } from './scenarios/offline.ts';
import { PARTIAL_FILLS } from './scenarios/partial-fills.ts';
import { playOf, type Play } from './scenarios/play.ts';
import type { Offline, Scenario } from './scenarios/scenario.ts';
import { TRANCHES } from './scenarios/tranches.ts';
import { UNKNOWN_OUTCOMES } from './scenarios/unknown-outcomes.ts';
import { ACCOUNTS, marketFor, nameOf, type Where } from './scenarios/where.ts';

const SCENARIOS = [
  ...CLOSES,
  ...PARTIAL_FILLS,
  ...MANUAL_CHANGES,
  ...UNKNOWN_OUTCOMES,
  ...ADOPTIONS,
  ...TRANCHES,
];
/** A play mostly waits; on two cores, more at once would only wait for each other. */
const AT_ONCE = 16;
const LIMITS = { timeout: 240_000 };

type Cast<S> = { scenario: S; where: Where; id: string; name: string };

/** Each scenario on each of its accounts. */
const castOf = <S extends Pick<Scenario, 'number' | 'title' | 'on'>>(
  scenarios: readonly S[],
  prefix: string,
): Cast<S>[] =>
  scenarios.flatMap((scenario, index) =>
    scenario.on.map((where) => ({
      scenario,
      where,
      id: `${prefix}${index}`,
      name: `scenario ${scenario.number} on ${nameOf(where)}: ${scenario.title}`,
    })),
  );

const ONLINE_CAST = castOf<Scenario>(SCENARIOS, '1');
const OFFLINE_CAST = castOf<Offline>(OFFLINE, '2');

let processes: Processes;

beforeAll(async () => {
  const folder = folderForAll();
  const markets = join(folder, 'markets.json');
  const all = [...ONLINE_CAST, ...OFFLINE_CAST].map(({ id, where }) => marketFor(id, where));
  writeFileSync(markets, JSON.stringify(all));
  processes = await startProcesses({
    folder,
    accounts: ACCOUNTS,
    venueArguments: ['--markets', markets, '--no-rate-limits'],
  });
});
afterAll(async () => {
  await processes.close();
});

const playFor = <S>({ id, where }: Cast<S>): Play => playOf(processes, id, where);

/** What became of each, so that one that fails is told under its own name. */
type Outcomes<S> = Map<Cast<S>, unknown>;

async function playAll<S>(
  cast: readonly Cast<S>[],
  play: (each: Cast<S>) => Promise<unknown>,
): Promise<Outcomes<S>> {
  const outcomes: Outcomes<S> = new Map();
  await mapBounded(cast, AT_ONCE, async (each) => {
    try {
      await play(each);
    } catch (error) {
      outcomes.set(each, error);
    }
  });
  return outcomes;
}

describe('while everything runs', () => {
  let failed: Outcomes<Scenario>;
  beforeAll(async () => {
    failed = await playAll(ONLINE_CAST, (each) => each.scenario.play(playFor(each)));
  }, LIMITS.timeout);

  it.each(ONLINE_CAST.map((each) => ({ ...each, each })))('$name', ({ each }) => {
    if (failed.has(each)) throw failed.get(each);
  });
});

describe('while no worker runs', () => {
  let failed: Outcomes<Offline>;
  beforeAll(async () => {
    const before = await playAll(OFFLINE_CAST, (each) => each.scenario.before(playFor(each)));
    await processes.worker.kill();
    const meanwhile = await playAll(OFFLINE_CAST, (each) => each.scenario.meanwhile(playFor(each)));
    await processes.worker.start();
    const after = await playAll(OFFLINE_CAST, (each) => each.scenario.after(playFor(each)));
    failed = new Map([...after, ...meanwhile, ...before]);
  }, LIMITS.timeout);

  it.each(OFFLINE_CAST.map((each) => ({ ...each, each })))('$name', ({ each }) => {
    if (failed.has(each)) throw failed.get(each);
  });
});

it('nothing ended by itself meanwhile', () => {
  expect(processes.lost()).toEqual([]);
});
