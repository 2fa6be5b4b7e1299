/** The time-skipping server, with Holdfast's search attributes, and how days pass on it. */
import { setTimeout as delay } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  GracefulShutdownPeriodExpiredError,
  Runtime,
  type LogEntry,
} from '@temporalio/worker';
import proto from '@temporalio/proto';
import { searchAttributeList } from '../../contract/search-attributes.ts';
import { testServerExecutable } from './tools.ts';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME, INDEXED_VALUE_TYPE_BOOL } =
  proto.temporal.api.enums.v1.IndexedValueType;
const TYPES = {
  Keyword: INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: INDEXED_VALUE_TYPE_DATETIME,
  Bool: INDEXED_VALUE_TYPE_BOOL,
} as const;

/** Small tests run one after the other on it: it stalls with many at once. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  // What a test provokes belongs in its assertions, not on the screen.
  Runtime.install({
    logger: new DefaultLogger('ERROR', print),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  const server = await startServer();
  // It can add attributes but not list them, so `ensureSearchAttributes` is not for it.
  await server.connection.operatorService.addSearchAttributes({
    namespace: server.namespace ?? 'default',
    searchAttributes: Object.fromEntries(searchAttributeList.map(({ name, type }) => [name, TYPES[type]])),
  });
  return server;
}

function print({ message, meta }: LogEntry): void {
  const error: unknown = meta?.['error'];
  // Stopped by force, as the test asked for.
  if (error instanceof GracefulShutdownPeriodExpiredError) return;
  process.stderr.write(`${message} ${error instanceof Error ? error.stack : JSON.stringify(meta)}\n`);
}

/** The SDK gives the server five seconds to answer, which a busy machine exceeds now and then. */
const START_ATTEMPTS = 5;

async function startServer(): Promise<TestWorkflowEnvironment> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: testServerExecutable() },
      });
    } catch (error) {
      if (attempt >= START_ATTEMPTS || !String(error).includes('did not start within')) throw error;
    }
  }
}

/** More calls under way than any test has; each holds the server's time. */
const MAX_HOLDS = 100;
/** Once the last hold is released the server needs a millisecond, a busy one more; one release too many ends the world. */
const RELEASE_TAKES_MS = 250;
const SLACK_MS = 60_000;

/**
 * Lets the server's time pass while no worker runs. Every task and call that waits for a worker holds
 * its time (so `server.sleep()` alone would last as long as it says): they are released one by one
 * until the sleep is over, and held again. Workers' own clocks don't move.
 */
export async function passTime(server: TestWorkflowEnvironment, durationMs: number): Promise<void> {
  const { testService } = server.connection;
  if (testService === undefined) throw new Error('only a time-skipping server lets time pass');
  const untilMs = (await server.currentTimeMs()) + durationMs;
  const sleeping = server.sleep(durationMs).then(() => 'over' as const);
  let released = 0;
  for (;;) {
    const askedMs = performance.now();
    if ((await Promise.race([sleeping, delay(RELEASE_TAKES_MS)])) === 'over') break;
    // A thread that was held up, by a locked file say, has not heard yet what happened meanwhile.
    if (performance.now() - askedMs > 2 * RELEASE_TAKES_MS) continue;
    if (released >= MAX_HOLDS) throw new Error(`time stands still after ${released} releases`);
    await testService.unlockTimeSkipping({});
    released += 1;
  }
  for (let held = 0; held < released; held++) await testService.lockTimeSkipping({});
  const tooFarMs = (await server.currentTimeMs()) - untilMs;
  if (tooFarMs > SLACK_MS) throw new Error(`time ran ${tooFarMs} ms too far`);
}
