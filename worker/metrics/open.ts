/** Sets the SDK up once per process, before its first connection, with the metrics that somebody can ask for. */
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { installRuntime } from '../logger.ts';
import { openExporter, type ReadEvents } from './exporter.ts';
import { createMeters, NO_METERS, type Meters } from './meters.ts';

export type Metrics = { meters: Meters; readEvents: ReadEvents | undefined };

/** A worker without metrics works all the same. */
export async function openMetrics(log: Logger, isWanted: boolean): Promise<Metrics> {
  if (isWanted) {
    try {
      const readEvents = await openExporter((bindAddress) => installRuntime(log, bindAddress));
      return { meters: createMeters(Runtime.instance().metricMeter), readEvents };
    } catch (error) {
      log.warn({ error: String(error) }, 'nothing is counted: the endpoint of the SDK could not be opened');
    }
  }
  installRuntime(log, undefined);
  return { meters: NO_METERS, readEvents: undefined };
}
