/** Building a pinned Go program from the module proxy. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lastLines, onPath, run } from './run.mjs';
import { say, secondsSince, withHeartbeat } from './report.mjs';

const BUILD_TIMEOUT_MS = 25 * 60_000;

/**
 * `go install` of `module@vVERSION` to `target`. The binary appears in one move, so a build that is
 * cut off leaves nothing half done.
 * @returns `{ path: target }` or `{ reason }`
 */
export async function goInstall({ tool, module, version, target, ldflags = '' }) {
  const go = onPath('go');
  if (go === undefined) return { reason: 'Go is not installed' };
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), '.build-'));
  const seen = { downloaded: 0, compiled: 0 };
  const count = (line) => {
    if (line.startsWith('go: downloading')) seen.downloaded += 1;
    else seen.compiled += 1;
  };
  const startedMs = Date.now();
  say(tool, `go install ${module}@v${version} (minutes the first time)`);
  const args = ['install', '-v', '-ldflags', `-s -w ${ldflags}`.trim(), `${module}@v${version}`];
  try {
    const { code, output, error } = await withHeartbeat(
      tool,
      'building',
      () => `${seen.downloaded} modules downloaded, ${seen.compiled} packages compiled`,
      () => run(go, args, { timeoutMs: BUILD_TIMEOUT_MS, env: { GOBIN: folder }, onLine: count }),
    );
    if (code !== 0) return { reason: error ?? `go install failed: ${lastLines(output)}` };
    renameSync(join(folder, basename(module)), target);
    say(tool, `built in ${secondsSince(startedMs)} s`);
    return { path: target };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
