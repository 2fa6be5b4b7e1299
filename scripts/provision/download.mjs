/** The official download that the SDK itself uses: a small JSON answer names an archive. */
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lastLines, run } from './run.mjs';
import { say, withHeartbeat } from './report.mjs';

/** A mirror may take its place where the internet is out of reach. */
const SERVICE = process.env.HOLDFAST_DOWNLOADS || 'https://temporal.download';
const ANSWER_TIMEOUT_MS = 5_000;
const ARCHIVE_TIMEOUT_MS = 600_000;
const UNPACK_TIMEOUT_MS = 120_000;

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
const PLATFORMS = { linux: 'linux', darwin: 'darwin' };

/**
 * Downloads `artifact` at `version` to `target`.
 * @returns `{ path: target }`, or `{ reason }` when the service does not answer within 5 s, does not
 * know the version, or the archive cannot be unpacked
 */
export async function officialDownload({ tool, artifact, version, target }) {
  const arch = ARCHITECTURES[process.arch];
  const platform = PLATFORMS[process.platform];
  if (arch === undefined || platform === undefined) {
    return { reason: `no build for ${process.platform} ${process.arch}` };
  }
  const url = `${SERVICE}/${artifact}/${version}?arch=${arch}&platform=${platform}&format=tar.gz`;
  say(tool, `asking the official download for ${artifact} ${version}`);
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), '.download-'));
  try {
    const info = await describeArchive(url);
    const archive = join(folder, 'archive.tar.gz');
    await withHeartbeat(
      tool,
      'downloading',
      () => '',
      () => saveArchive(info.archiveUrl, archive),
    );
    await unpack(archive, folder);
    chmodSync(join(folder, info.fileToExtract), 0o755);
    renameSync(join(folder, info.fileToExtract), target);
    return { path: target };
  } catch (error) {
    return { reason: explain(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function describeArchive(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const info = await response.json();
  if (typeof info.archiveUrl !== 'string' || typeof info.fileToExtract !== 'string') {
    throw new Error('it answered without an archive');
  }
  // Only the plain name is used, so that an answer can never reach outside the folder.
  return { archiveUrl: info.archiveUrl, fileToExtract: basename(info.fileToExtract) };
}

async function saveArchive(url, file) {
  const response = await fetch(url, { signal: AbortSignal.timeout(ARCHIVE_TIMEOUT_MS) });
  if (!response.ok || response.body === null) throw new Error(`the archive answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function unpack(archive, folder) {
  const args = ['-xzf', archive, '-C', folder, '--strip-components=0'];
  const { code, output, error } = await run('tar', args, { timeoutMs: UNPACK_TIMEOUT_MS });
  if (code !== 0) throw new Error(error ?? `tar failed: ${lastLines(output)}`);
}

function explain(error) {
  if (error.name === 'TimeoutError') return 'no answer in time';
  const code = error.cause?.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name does not resolve (no internet access?)';
  return code === undefined ? error.message : `${error.message} (${code})`;
}
