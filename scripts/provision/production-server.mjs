/** Temporal's production server and its schema tool, for running it on PostgreSQL without Docker. */
import { join } from 'node:path';
import { goInstall } from './go-install.mjs';
import { lastLines, run } from './run.mjs';
import { VERSIONS } from './versions.mjs';
import { explicitPath, firstThatWorks } from './ways.mjs';

const VERSION_TIMEOUT_MS = 20_000;

/** `temporal-server`, checked by its own version. */
export function provisionTemporalServer(toolbox) {
  const target = join(toolbox.dir, `temporal-server-${VERSIONS.temporalServer}`);
  const module = 'go.temporal.io/server/cmd/server';
  return provision(toolbox, 'temporalServer', 'HOLDFAST_TEMPORAL_SERVER', module, target);
}

/** `temporal-sql-tool`, which carries the schemas. */
export function provisionSqlTool(toolbox) {
  const target = join(toolbox.dir, `temporal-sql-tool-${VERSIONS.temporalServer}`);
  const module = 'go.temporal.io/server/cmd/tools/sql';
  return provision(toolbox, 'temporalSqlTool', 'HOLDFAST_TEMPORAL_SQL_TOOL', module, target);
}

function provision(toolbox, tool, variable, module, target) {
  return firstThatWorks({
    toolbox,
    tool,
    verify,
    ways: [
      explicitPath(variable),
      { source: 'the cache', find: () => (toolbox.has(target) ? { path: target } : undefined) },
      {
        source: 'go install',
        find: () => goInstall({ tool, module, version: VERSIONS.temporalServer, target }),
      },
    ],
  });
}

async function verify(path) {
  const { code, output, error } = await run(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (code !== 0) return { reason: error ?? `--version failed: ${lastLines(output)}` };
  const version = /version (\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version !== VERSIONS.temporalServer) {
    return { reason: `it is not ${VERSIONS.temporalServer}: ${lastLines(output, 1)}` };
  }
  return { version };
}
