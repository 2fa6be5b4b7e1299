/** Where things lie in a data folder. */
import { join } from 'node:path';
import type { HoldfastConfig } from './config.ts';

type InDataDir = Pick<HoldfastConfig, 'dataDir'>;

export const journalFile = ({ dataDir }: InDataDir): string => join(dataDir, 'journal.db');

/** One log per process. */
export const logFile = ({ dataDir }: InDataDir, process: 'temporal' | 'venue' | 'worker'): string =>
  join(dataDir, 'logs', `${process}.log`);

/** The embedded server's own folder. */
export const temporalDir = ({ dataDir }: InDataDir): string => join(dataDir, 'temporal');

/** The venue's books. */
export const venueDir = ({ dataDir }: InDataDir): string => join(dataDir, 'venue');
