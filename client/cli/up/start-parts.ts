/** Starts Temporal and the venue side by side, then the worker, which needs both. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { logFile } from '../../../config/data-files.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import { prepareExternal } from './external.ts';
import { lastLines } from './log-watch.ts';
import { startTemporal, startVenuePart, startWorkerPart, type Part, type PartName } from './parts.ts';

/** In the order of `ORDER`. */
export type Started = { name: PartName; part: Part }[];

/** A part did not start; the message has the last words of its log. */
export class PartFailedError extends Error {
  override readonly name = 'PartFailedError';
}

export type Starting = {
  config: HoldfastConfig;
  withVenue: boolean;
  /** Parts are added as they start, so that whoever called can stop them at any time. */
  started: Started;
  onState: (name: PartName, state: SupervisedState) => void;
  say: (text: string) => void;
  stopping: AbortSignal;
};

/** They are stopped the other way round. */
const ORDER: readonly PartName[] = ['temporal', 'venue', 'worker'];

/** False: stopped before everything was up. Throws `PartFailedError`. */
export async function startParts(starting: Starting): Promise<boolean> {
  const { config, withVenue, onState, say, stopping } = starting;
  const temporal = async (): Promise<void> => {
    const { embedded, address } = config.temporal;
    say(embedded ? 'Starting Temporal ...' : `Looking at Temporal at ${address} ...`);
    if (!embedded) return prepareExternal(config, stopping);
    return begin(starting, 'temporal', await startTemporal(config, (state) => onState('temporal', state)));
  };
  const venue = async (): Promise<void> => {
    if (!withVenue) return;
    say('Starting the venue ...');
    await begin(
      starting,
      'venue',
      startVenuePart(config, (state) => onState('venue', state)),
    );
  };
  const worker = (): Promise<void> => {
    say('Starting the worker ...');
    return begin(
      starting,
      'worker',
      startWorkerPart(config, (state) => onState('worker', state)),
    );
  };
  const steps = [() => Promise.all([temporal(), venue()]), worker];
  for (const step of steps) {
    if (stopping.aborted) return false;
    await Promise.race([step(), aborted(stopping)]);
  }
  return !stopping.aborted;
}

async function begin({ config, started, stopping }: Starting, name: PartName, part: Part): Promise<void> {
  started.push({ name, part });
  started.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  try {
    await part.ready;
  } catch (error) {
    // Being stopped on the way up is no failure.
    if (!stopping.aborted) throw explained(config, name, error);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

function explained(config: HoldfastConfig, name: PartName, error: unknown): PartFailedError {
  const file = logFile(config, name);
  const words = lastLines(file);
  const reason = error instanceof Error ? error.message : String(error);
  return new PartFailedError(
    `${reason}. Its log is ${file}${words === '' ? '' : `, which ends:\n${words}`}`,
    { cause: error },
  );
}
