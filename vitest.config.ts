/**
 * The test projects, in groups that run one after the other: first what needs only Node, then what runs
 * on time-skipping servers, then what starts whole processes. Two cores are enough for each.
 */
import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from 'vitest/config';
import { ConformanceTable } from './test/exchanges/table/reporter.ts';

const files = (folder: string): string[] => [`test/${folder}/**/*.{test,spec}.ts`];

/**
 * Only what `test/support/test-server.ts` proved to be the test server's own failure is tried again: on a
 * busy machine it now and then keeps a call that it never wrote into the history, and never hands it out.
 */
const TEST_SERVER_BROKE = /^the time-skipping server lost what it had taken/;

/** Folders that make a project of their own; everything else under test/ is `unit`. */
const OWN_PROJECT = [
  'sim',
  'venue',
  'exchanges',
  'journal',
  'skipping',
  'server',
  'processes',
  'browser',
  'ops',
];

/** Workers killed at every boundary: what is caught there is held for seconds, so nothing else may run beside. */
const CRASHES = ['test/processes/crash-matrix*.test.ts'];

type Limits = { group: number; timeoutMs: number; serial?: boolean; again?: RegExp };

function project(name: string, include: string[], limits: Limits): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include,
      ...(name === 'unit' && { exclude: OWN_PROJECT.flatMap(files) }),
      ...(name === 'processes' && { exclude: CRASHES }),
      testTimeout: limits.timeoutMs,
      hookTimeout: limits.timeoutMs,
      sequence: { groupOrder: limits.group },
      ...(limits.again && { retry: { count: 2, condition: limits.again } }),
      // Files of a serial project share ports or the machine's two cores. All others have their own servers
      // on ports of their own, and those that start processes wait for most of the time.
      ...(limits.serial === true ? { fileParallelism: false } : { maxWorkers: 2 }),
    },
  };
}

const named = (name: string, limits: Limits): TestProjectInlineConfiguration =>
  project(name, files(name), limits);

/** Besides the reporters that a command line names, which would replace those of this file. */
const conformanceTable: Plugin = {
  name: 'conformance-table',
  configureVitest: ({ vitest: { config } }) => {
    // Asked for each project.
    if (config.reporters.some((reporter) => reporter instanceof ConformanceTable)) return;
    config.reporters.push(new ConformanceTable());
  },
};

export default defineConfig({
  plugins: [conformanceTable],
  test: {
    projects: [
      project('unit', files('**'), { group: 0, timeoutMs: 20_000 }),
      // Counts its runs, not its time: a busy machine takes longer over them.
      named('sim', { group: 0, timeoutMs: 120_000 }),
      named('venue', { group: 0, timeoutMs: 20_000 }),
      named('exchanges', { group: 0, timeoutMs: 20_000 }),
      named('journal', { group: 0, timeoutMs: 20_000 }),
      named('skipping', { group: 1, timeoutMs: 120_000, again: TEST_SERVER_BROKE }),
      named('server', { group: 2, timeoutMs: 120_000, serial: true }),
      named('processes', { group: 3, timeoutMs: 180_000 }),
      project('crashes', CRASHES, { group: 4, timeoutMs: 180_000, serial: true }),
      named('browser', { group: 5, timeoutMs: 180_000, serial: true }),
      named('ops', { group: 6, timeoutMs: 300_000, serial: true }),
    ],
  },
});
