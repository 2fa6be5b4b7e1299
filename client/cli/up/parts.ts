/** The processes that `up` runs: Temporal, the venue and the worker, each kept running on its own. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { childEnvironment } from '../../../config/child-environment.ts';
import { logFile, temporalDir, venueDir } from '../../../config/data-files.ts';
import { PROJECT_DIR } from '../../../config/project.ts';
import { toolsDir } from '../../../config/tools-dir.ts';
import { searchAttributeList } from '../../../contract/search-attributes.ts';
import { superviseEmbeddedServer } from '../../../server/embedded.ts';
import { startChild, type RunningProcess } from '../../../server/child.ts';
import { supervise, type Supervised, type SupervisedState } from '../../../server/supervise.ts';
import { requireTool } from '../../../server/tools.ts';
import { createVenueControl } from '../../../venue/control/client.ts';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventInLog, sizeOf } from './log-watch.ts';
import { registerPaperAccounts } from './paper-accounts.ts';

export type PartName = 'temporal' | 'venue' | 'worker';
export type OnState = (state: SupervisedState) => void;
export type Part = Supervised<RunningProcess>;

const VENUE_POLL_MS = 100;
/** A minute candle every second is something to look at. */
const CANDLES_SPEED = 60;

export function startTemporal(config: HoldfastConfig, onStateChange: OnState): Promise<Part> {
  const { port, uiPort, namespace } = config.temporal;
  return superviseEmbeddedServer({
    executable: requireTool(toolsDir(), 'temporalCli'),
    dataDir: temporalDir(config),
    host: '127.0.0.1',
    port,
    uiPort,
    namespace,
    searchAttributes: searchAttributeList,
    logFile: logFile(config, 'temporal'),
    onStateChange,
  });
}

/** Ready means: it answers, and knows the paper accounts' keys. */
export function startVenuePart(config: HoldfastConfig, onStateChange: OnState): Part {
  return supervise({
    name: 'venue',
    spawn: () => spawnScript(config, 'venue', 'venue/main.ts', venueArguments(config)),
    ready: async (_, signal) => {
      const control = createVenueControl(`http://127.0.0.1:${config.venue.controlPort}`);
      while (
        !(await control.health().then(
          () => true,
          () => false,
        ))
      )
        await delay(VENUE_POLL_MS, undefined, { signal });
      await registerPaperAccounts(config);
    },
    onStateChange,
  });
}

/** Ready means: it takes work from its queues. */
export function startWorkerPart(config: HoldfastConfig, onStateChange: OnState): Part {
  const log = logFile(config, 'worker');
  let fromByte = 0;
  return supervise({
    name: 'worker',
    spawn: () => {
      fromByte = sizeOf(log);
      const file = config.file === null ? [] : ['--config', config.file];
      return spawnScript(config, 'worker', 'worker/main.ts', [...file, '--data', config.dataDir]);
    },
    ready: (_, signal) => eventInLog(log, fromByte, 'ready', signal),
    onStateChange,
  });
}

const spawnScript = (
  config: HoldfastConfig,
  name: PartName,
  script: string,
  args: readonly string[],
): Promise<RunningProcess> =>
  startChild({
    command: process.execPath,
    args: [join(PROJECT_DIR, script), ...args],
    logFile: logFile(config, name),
    env: childEnvironment(config),
  });

function venueArguments(config: HoldfastConfig): string[] {
  const { port, controlPort, candles, trades, seed, speed } = config.venue;
  const file = candles ?? trades;
  const feed = file === null ? [] : ['--feed', candles === null ? 'trades' : 'candles', '--file', file];
  const times = feedSpeed(config);
  return [
    ...['--data', venueDir(config), '--port', String(port), '--control-port', String(controlPort)],
    ...feed,
    ...(seed === null ? [] : ['--seed', String(seed)]),
    ...(speed === null && times === 1 ? [] : ['--speed', String(times)]),
  ];
}

/** Times real time. */
export const feedSpeed = ({ venue }: HoldfastConfig): number | 'max' =>
  venue.speed ?? (venue.candles === null ? 1 : CANDLES_SPEED);
