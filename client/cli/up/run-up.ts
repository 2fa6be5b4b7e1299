/** Runs everything until it is told to stop; then stops it in order: worker, venue, Temporal. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { endRunning, writeRunning } from '../../../config/running.ts';
import { lockDataDir } from '../../../server/data-dir.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import type { Context } from '../context.ts';
import { createLive, type Live } from '../live.ts';
import { openSession } from '../session.ts';
import { keepShowing } from './keep-showing.ts';
import type { PartName } from './parts.ts';
import { preflight } from './preflight.ts';
import { screen } from './screen.ts';
import { startParts, type Started } from './start-parts.ts';

export type UpRun = { context: Context; config: HoldfastConfig; demo: boolean };

/**
 * Throws `DataDirInUseError`, `ConfigError` for ports and files that cannot be used, and
 * `PartFailedError` for what kept a part from its first start.
 */
export async function runUp(run: UpRun): Promise<void> {
  const { context, config } = run;
  const lock = lockDataDir(config.dataDir, 'up', 'holdfast up');
  const live = createLive(context);
  const started: Started = [];
  let wasUp = false;
  try {
    await startAndShow(run, started, live, () => {
      wasUp = true;
    });
  } finally {
    live.end();
    // The terminal has written ^C at the beginning of this line.
    if (context.isTty) context.raw('\r\x1b[2K');
    if (started.length > 0) context.out(context.colors.dim('Stopping ...'));
    // The worker first, so that nothing new is asked of the others; the server last, so that all is on record.
    for (const { part } of started.toReversed()) await part.stop();
    endRunning(config.dataDir, new Date().toISOString());
    lock.release();
    if (wasUp) context.out('Stopped. Positions are kept; npm start goes on where this ended.');
  }
}

async function startAndShow(run: UpRun, started: Started, live: Live, onUp: () => void): Promise<void> {
  const { context, config } = run;
  const withVenue = Object.values(config.accounts).some(({ onLocalVenue }) => onLocalVenue);
  const states = new Map<PartName, SupervisedState>();
  const onState = (name: PartName, state: SupervisedState): void => {
    states.set(name, state);
    const text = changeText(name, state);
    if (text !== undefined) live.print(context.colors.yellow(text));
  };
  await preflight(config, withVenue);
  const say = (text: string) => live.print(context.colors.dim(text));
  record(config, withVenue);
  if (!(await startParts({ config, withVenue, started, onState, say, stopping: context.stopping }))) return;
  onUp();
  const session = openSession(config);
  try {
    const resumed = (await session.holdfast.positions()).length;
    live.print(
      screen(
        { config, withVenue, demo: run.demo, workerPid: pidOf(states.get('worker')), resumed },
        context.colors,
      ),
    );
    live.print('');
    await keepShowing({ ...run, withVenue, session, states, live });
  } finally {
    live.end();
    await session.close();
  }
}

const TITLES: Readonly<Record<PartName, string>> = {
  temporal: 'Temporal server',
  venue: 'venue',
  worker: 'worker',
};

/** What a person should know about a part that was up before. */
function changeText(name: PartName, state: SupervisedState): string | undefined {
  if (state.stage === 'waiting') return `${clock()}  ${state.reason}; it starts again.`;
  if (state.stage === 'running' && state.restarts > 0)
    return `${clock()}  ${TITLES[name]} is back, process ${state.pid}.`;
  return undefined;
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

const pidOf = (state: SupervisedState | undefined): number => (state?.stage === 'running' ? state.pid : 0);

/** From the start on, so that a start that is cut off is known as one. */
function record({ dataDir, temporal, venue, demo }: HoldfastConfig, withVenue: boolean): void {
  writeRunning(dataDir, {
    pid: process.pid,
    temporal: temporal.address,
    namespace: temporal.namespace,
    ui: temporal.embedded ? `http://127.0.0.1:${temporal.uiPort}` : null,
    venuePort: withVenue ? venue.port : null,
    controlPort: withVenue ? venue.controlPort : null,
    demo,
    startedAt: new Date().toISOString(),
    endedAt: null,
  });
}
