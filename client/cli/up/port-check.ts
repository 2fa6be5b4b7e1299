/** Says which port is taken before anything is started, and how to choose others. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { ConfigError } from '../../../config/errors.ts';
import { whyPortIsTaken } from '../../../server/ports.ts';

/** Throws `ConfigError` naming every port that cannot be used. */
export async function refuseTakenPorts(config: HoldfastConfig, withVenue: boolean): Promise<void> {
  const { temporal, venue } = config;
  const wanted = [
    ...(temporal.embedded
      ? [
          { path: 'temporal.port', port: temporal.port },
          { path: 'temporal.uiPort', port: temporal.uiPort },
        ]
      : []),
    ...(withVenue
      ? [
          { path: 'venue.port', port: venue.port },
          { path: 'venue.controlPort', port: venue.controlPort },
        ]
      : []),
  ];
  const found = await Promise.all(
    wanted.map(async (use) => ({ ...use, reason: await whyPortIsTaken('127.0.0.1', use.port) })),
  );
  const problems = found.flatMap(({ path, port, reason }) => {
    if (reason === undefined) return [];
    const problem =
      reason === 'EADDRINUSE'
        ? `another program uses port ${port}`
        : `port ${port} cannot be used (${reason})`;
    return [{ source: 'ports', path, problem, fix: 'Choose others: --ports 7900 moves all four together' }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}
