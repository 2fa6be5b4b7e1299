/** The `temporal` command line, which carries the development server and its Web UI. */
import { join } from 'node:path';
import { officialDownload } from './download.mjs';
import { goInstall } from './go-install.mjs';
import { lastLines, onPath, run } from './run.mjs';
import { isAtLeast, VERSIONS } from './versions.mjs';
import { explicitPath, firstThatWorks } from './ways.mjs';

const TOOL = 'temporalCli';
const VERSION_TIMEOUT_MS = 20_000;

export function provisionTemporalCli(toolbox) {
  const target = join(toolbox.dir, `temporal-${VERSIONS.temporalCli}`);
  return firstThatWorks({
    toolbox,
    tool: TOOL,
    verify: verifyTemporalCli,
    ways: [
      explicitPath('HOLDFAST_TEMPORAL_CLI'),
      { source: 'PATH', find: () => candidate(onPath('temporal')) },
      { source: 'the cache', find: () => candidate(toolbox.has(target)) },
      {
        source: 'the official download',
        find: () =>
          officialDownload({ tool: TOOL, artifact: 'cli', version: `v${VERSIONS.temporalCli}`, target }),
      },
      {
        source: 'go install',
        find: () =>
          goInstall({
            tool: TOOL,
            module: 'github.com/temporalio/cli/cmd/temporal',
            version: VERSIONS.temporalCli,
            target,
            ldflags: `-X github.com/temporalio/cli/temporalcli.Version=${VERSIONS.temporalCli}`,
          }),
      },
    ],
  });
}

function candidate(path) {
  return path === undefined ? undefined : { path };
}

/** Accepts any CLI whose embedded server is recent enough; `1.5.1 (Server 1.29.1, UI 2.42.1)`. */
async function verifyTemporalCli(path) {
  const { code, output, error } = await run(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (code !== 0) return { reason: error ?? `--version failed: ${lastLines(output)}` };
  const version = /temporal version (\S+)/.exec(output)?.[1];
  const server = /Server (\d+(?:\.\d+)*)/.exec(output)?.[1];
  if (version === undefined || server === undefined) {
    return { reason: `it has no development server: ${lastLines(output)}` };
  }
  if (!isAtLeast(server, VERSIONS.minimumEmbeddedServer)) {
    return { reason: `its server ${server} is older than ${VERSIONS.minimumEmbeddedServer}` };
  }
  return { version: `${version} (server ${server})` };
}
