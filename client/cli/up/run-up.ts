/** Runs everything until it is told to stop; then stops it in order: worker, venue, Temporal. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { logFile } from '../../../config/data-files.ts';
import { clearRunning, writeRunning } from '../../../config/running.ts';
import { lockDataDir } from '../../../server/data-dir.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import type { Context } from '../context.ts';
import { createLive, type Live } from '../live.ts';
import { openSession } from '../session.ts';
import { keepShowing } from './keep-showing.ts';
import { lastLines } from './log-watch.ts';
import { prepareExternal } from './external.ts';
import { refuseTakenPorts } from './port-check.ts';
import { startTemporal, startVenuePart, startWorkerPart, type Part, type PartName } from './parts.ts';
import { screen } from './screen.ts';

export type UpRun = { context: Context; config: HoldfastConfig; demo: boolean };

type Started = { name: PartName; part: Part }[];

/** Throws `DataDirInUseError`, `ConfigError` for ports in use, and what kept a part from its first start. */
export async function runUp(run: UpRun): Promise<void> {
  const { context, config } = run;
  const lock = lockDataDir(config.dataDir, 'up', 'holdfast up');
  const live = createLive(context);
  const started: Started = [];
  try {
    await startAndShow(run, started, live);
  } finally {
    await stopAll(started, context, live);
    clearRunning(config.dataDir);
    lock.release();
  }
}

async function startAndShow(run: UpRun, started: Started, live: Live): Promise<void> {
  const { context, config } = run;
  const withVenue = Object.values(config.accounts).some(({ onLocalVenue }) => onLocalVenue);
  const states = new Map<PartName, SupervisedState>();
  const onState = (name: PartName) => (state: SupervisedState) => {
    states.set(name, state);
    const text = changeText(name, state);
    if (text !== undefined) live.print(context.colors.yellow(text));
  };
  await refuseTakenPorts(config, withVenue);
  if (!(await startParts(run, withVenue, started, onState, live))) return;
  const session = openSession(config);
  try {
    const resumed = (await session.holdfast.positions()).length;
    const workerPid = pidOf(started, 'worker');
    record(config, withVenue);
    live.print(screen({ config, withVenue, demo: run.demo, workerPid, resumed }, context.colors));
    live.print('');
    await keepShowing({ ...run, withVenue, session, states, live });
  } finally {
    live.end();
    await session.close();
  }
}

/** False: stopped before everything was up. */
async function startParts(
  { context, config }: UpRun,
  withVenue: boolean,
  started: Started,
  onState: (name: PartName) => (state: SupervisedState) => void,
  live: Live,
): Promise<boolean> {
  const begin = async (name: PartName, part: Part): Promise<void> => {
    started.push({ name, part });
    await part.ready.catch((error: unknown) => Promise.reject(explained(config, name, error)));
  };
  const say = (text: string) => live.print(context.colors.dim(text));
  const steps: (() => Promise<void>)[] = [
    async () => {
      say(
        config.temporal.embedded
          ? 'Starting Temporal ...'
          : `Looking at Temporal at ${config.temporal.address} ...`,
      );
      if (config.temporal.embedded) await begin('temporal', await startTemporal(config, onState('temporal')));
      else await prepareExternal(config);
    },
    async () => {
      if (!withVenue) return;
      say('Starting the venue ...');
      await begin('venue', startVenuePart(config, onState('venue')));
    },
    async () => {
      say('Starting the worker ...');
      await begin('worker', startWorkerPart(config, onState('worker')));
    },
  ];
  for (const step of steps) {
    if (context.stopping.aborted) return false;
    await Promise.race([step(), aborted(context.stopping)]);
  }
  return !context.stopping.aborted;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

function explained(config: HoldfastConfig, name: PartName, error: unknown): Error {
  const file = logFile(config, name);
  const words = lastLines(file);
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${reason}. Its log is ${file}${words === '' ? '' : `:\n${words}`}`, { cause: error });
}

/** What a person should know about a part that was up before. */
function changeText(name: PartName, state: SupervisedState): string | undefined {
  const what = { temporal: 'Temporal server', venue: 'venue', worker: 'worker' }[name];
  if (state.stage === 'waiting') return `${clock()}  ${state.reason}; it starts again.`;
  if (state.stage === 'running' && state.restarts > 0)
    return `${clock()}  ${what} is back, process ${state.pid}.`;
  return undefined;
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

function pidOf(started: Started, name: PartName): number {
  const state = started.find((one) => one.name === name)?.part.state();
  return state?.stage === 'running' ? state.pid : 0;
}

function record({ dataDir, temporal, venue }: HoldfastConfig, withVenue: boolean): void {
  writeRunning(dataDir, {
    pid: process.pid,
    temporal: temporal.address,
    namespace: temporal.namespace,
    ui: temporal.embedded ? `http://127.0.0.1:${temporal.uiPort}` : null,
    venuePort: withVenue ? venue.port : null,
    controlPort: withVenue ? venue.controlPort : null,
    startedAt: new Date().toISOString(),
  });
}

/** The worker first, so that nothing new is asked of the others; the server last, so that all of it is on record. */
async function stopAll(started: Started, { out, colors }: Context, live: Live): Promise<void> {
  live.end();
  if (started.length === 0) return;
  out(colors.dim('Stopping ...'));
  for (const { part } of started.toReversed()) await part.stop();
  out(
    'Stopped. Positions are kept, and their stops rest at the exchange; npm start goes on where this ended.',
  );
}
