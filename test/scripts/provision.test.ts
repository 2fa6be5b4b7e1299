/**
 * The order in which tools are looked for, what is said on the way, and that a second run is quick.
 * All programs are small stand-ins on a PATH of their own, the download is a server on loopback.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../server/ports.ts';
import { findTool } from '../../server/tools.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/provision.mjs');
const GOOD = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
const OLD = 'temporal version 0.13.0 (Server 1.24.2, UI 2.28.0)';

/** All that the stand-ins and the script itself need; Java, Go and Maven of the machine stay out. */
const BASICS = ['sh', 'cat', 'chmod', 'dirname', 'grep', 'gzip', 'tar', 'touch'];

let folder = '';
let toolsDir = '';
let pathDir = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-provision-'));
  toolsDir = join(folder, 'tools');
  pathDir = join(folder, 'bin');
  mkdirSync(pathDir);
  for (const basic of BASICS) symlinkSync(whereIs(basic), join(pathDir, basic));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the Temporal CLI', () => {
  test('comes from the explicit path before anything else', async () => {
    const mine = program(join(folder, 'mine/temporal'), saying(GOOD));
    program(join(pathDir, 'temporal'), saying(GOOD));
    const { code } = await provision('--cli', { HOLDFAST_TEMPORAL_CLI: mine });
    expect(code).toBe(0);
    expect(findTool(toolsDir, 'temporalCli')).toEqual({
      path: mine,
      version: '1.5.1 (server 1.29.1)',
      source: 'HOLDFAST_TEMPORAL_CLI',
    });
  });

  test('an explicit path that does not work is an error: nothing takes its place', async () => {
    program(join(pathDir, 'temporal'), saying(GOOD));
    const { code, said } = await provision('--cli', { HOLDFAST_TEMPORAL_CLI: '/nowhere/temporal' });
    expect(code).toBe(1);
    expect(said).toContain('missing: HOLDFAST_TEMPORAL_CLI: /nowhere/temporal is not an executable file');
    expect(findTool(toolsDir, 'temporalCli')).toEqual({
      reason: expect.stringContaining('run "npm run provision -- --cli"'),
    });
  });

  test('is taken from PATH if its server is recent enough, and that is said', async () => {
    const onPath = program(join(pathDir, 'temporal'), saying(GOOD));
    const { said } = await provision('--cli');
    expect(said).toContain(`1.5.1 (server 1.29.1) from PATH: ${onPath}`);
  });

  test('on PATH but too old, or without a server, is passed over with the reason', async () => {
    const cached = program(join(toolsDir, 'temporal-1.5.1'), saying(GOOD));
    program(join(pathDir, 'temporal'), saying(OLD));
    const first = await provision('--cli');
    expect(first.said).toContain('not from PATH: its server 1.24.2 is older than 1.28.0');
    expect(findTool(toolsDir, 'temporalCli')).toMatchObject({ path: cached, source: 'the cache' });

    program(join(pathDir, 'temporal'), saying('temporal 0.1'));
    expect((await provision('--cli')).said).toContain('not from PATH: it has no development server');
  });

  test('is downloaded where the official service answers', async () => {
    const downloads = await downloadServer('temporal', saying(GOOD));
    const { code, said } = await provision('--cli', { HOLDFAST_DOWNLOADS: downloads });
    expect([code, said]).toEqual([0, expect.stringContaining('from the official download')]);
    expect(findTool(toolsDir, 'temporalCli')).toMatchObject({ path: join(toolsDir, 'temporal-1.5.1') });
  });

  test('is built by Go, pinned, when the download fails; both are said', async () => {
    program(
      join(pathDir, 'go'),
      `#!/bin/sh\necho "$@" > "${folder}/go-arguments"\ncat > "$GOBIN/temporal" <<'END'\n${saying(GOOD)}\nEND\nchmod +x "$GOBIN/temporal"\n`,
    );
    const { code, said } = await provision('--cli');
    expect(code).toBe(0);
    expect(said).toMatch(/not from the official download: .*ECONNREFUSED/);
    expect(said).toContain('1.5.1 (server 1.29.1) from go install');
    const asked = readFileSync(join(folder, 'go-arguments'), 'utf8');
    expect(asked).toMatch(
      /^install -v -ldflags -s -w .*github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1\n$/,
    );
  });

  test('that cannot be had at all leaves every reason, and no half-made file', async () => {
    program(join(pathDir, 'go'), '#!/bin/sh\necho "no space left on device" >&2\nexit 1\n');
    const { code, said } = await provision('--cli');
    expect(code).toBe(1);
    expect(said).toMatch(
      /missing: the official download: .*; go install: go install failed: no space left on device/,
    );
    expect(existsSync(join(toolsDir, 'temporal-1.5.1'))).toBe(false);
  });
});

describe('a second run', () => {
  test('takes under a second, says nothing and runs nothing', async () => {
    const runs = join(folder, 'runs');
    program(join(pathDir, 'temporal'), `#!/bin/sh\necho run >> "${runs}"\necho "${GOOD}"\n`);
    await provision('--cli');
    const later = [await provision('--cli'), await provision('--cli'), await provision('--cli')];
    expect(later).toEqual(later.map(({ tookMs }) => ({ code: 0, said: '', tookMs })));
    // The quickest: the machine may be busy with something else for a moment.
    expect(Math.min(...later.map(({ tookMs }) => tookMs))).toBeLessThan(1_000);
    expect(readFileSync(runs, 'utf8')).toBe('run\n');
  });

  test('asks a file again that has changed', async () => {
    const onPath = program(join(pathDir, 'temporal'), saying(GOOD));
    await provision('--cli');
    program(onPath, `${saying(OLD)}# changed`);
    const { code, said } = await provision('--cli');
    expect([code, said]).toEqual([1, expect.stringContaining('not from PATH: its server 1.24.2')]);
  });

  test('gets a tool again that was deleted', async () => {
    const downloads = await downloadServer('temporal', saying(GOOD));
    await provision('--cli', { HOLDFAST_DOWNLOADS: downloads });
    rmSync(join(toolsDir, 'temporal-1.5.1'));
    expect((await provision('--cli', { HOLDFAST_DOWNLOADS: downloads })).code).toBe(0);
    expect(existsSync(join(toolsDir, 'temporal-1.5.1'))).toBe(true);
  });

  test('starts anew from a record that cannot be read', async () => {
    program(join(pathDir, 'temporal'), saying(GOOD));
    mkdirSync(toolsDir, { recursive: true });
    writeFileSync(join(toolsDir, 'tools.json'), '{"tools": nonsense');
    expect((await provision('--cli')).code).toBe(0);
    expect(findTool(toolsDir, 'temporalCli')).toMatchObject({ source: 'PATH' });
  });
});

describe('the time-skipping test server', () => {
  /** Stands for Java: listens on the port that the launcher passes on. */
  const JAVA = `#!/bin/sh\nwhile [ "$1" != io.temporal.testserver.TestServer ]; do shift; done\nexec "${process.execPath}" -e 'require("net").createServer().listen(Number(process.argv[1]), "127.0.0.1")' "$2"\n`;

  test('is put together by Maven and Java, and started once to see that it listens', async () => {
    program(
      join(pathDir, 'mvn'),
      '#!/bin/sh\ngrep -q temporal-test-server pom.xml && touch lib/server.jar\n',
    );
    program(join(pathDir, 'java'), JAVA);
    const { code, said } = await provision('--test-server');
    expect([code, said]).toEqual([0, expect.stringContaining('1.38.0 from Maven and Java')]);
    expect((await provision('--test-server')).said).toBe('');
  });

  test('that ends instead of listening is not accepted', async () => {
    program(join(pathDir, 'mvn'), '#!/bin/sh\nexit 0\n');
    program(join(pathDir, 'java'), '#!/bin/sh\necho "Unrecognized VM option" >&2\nexit 1\n');
    const { code, said } = await provision('--test-server');
    expect([code, said]).toEqual([
      1,
      expect.stringContaining('it ended with code 1: Unrecognized VM option'),
    ]);
  });

  test('without Java says what is missing', async () => {
    expect((await provision('--test-server')).said).toContain(
      'not from Maven and Java: Java is not installed',
    );
  });
});

test('an unknown option is refused with the known ones', async () => {
  const { code, said } = await provision('--everything');
  expect([code, said]).toEqual([2, expect.stringContaining('Known: --cli --test-server --production')]);
});

function whereIs(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((one) => join(one, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`this machine has no ${name}`);
  return found;
}

const saying = (text: string): string => `#!/bin/sh\necho "${text}"\n`;

function program(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

async function provision(choice: string, env: Record<string, string> = {}) {
  const [unused] = await freePorts('127.0.0.1', 1);
  const startedMs = Date.now();
  const child = spawn(process.execPath, [SCRIPT, choice], {
    env: {
      PATH: pathDir,
      HOLDFAST_TOOLS_DIR: toolsDir,
      HOLDFAST_DOWNLOADS: `http://127.0.0.1:${unused}`,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(child, 'close');
  return { code: Number(code), said, tookMs: Date.now() - startedMs };
}

/** Speaks the protocol of the official download for one program. */
async function downloadServer(name: string, content: string): Promise<string> {
  const packed = join(folder, 'archive.tar.gz');
  program(join(folder, 'pack', name), content);
  await once(spawn('tar', ['-czf', packed, '-C', join(folder, 'pack'), name]), 'close');
  const server = createServer((request, response) => {
    if (request.url === '/archive') return response.end(readFileSync(packed));
    return response.end(JSON.stringify({ archiveUrl: `${base}/archive`, fileToExtract: name }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return base;
}
