/** The time-skipping test server: a native build where one can be downloaded, else Java. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { officialDownload } from './download.mjs';
import { say, withHeartbeat } from './report.mjs';
import { lastLines, onPath, run } from './run.mjs';
import { VERSIONS } from './versions.mjs';
import { explicitPath, firstThatWorks } from './ways.mjs';

const TOOL = 'testServer';
const MAVEN_TIMEOUT_MS = 10 * 60_000;
const START_TIMEOUT_MS = 30_000;
const PROBE_EVERY_MS = 100;

export function provisionTestServer(toolbox) {
  const native = join(toolbox.dir, `temporal-test-server-${VERSIONS.testServer}`);
  const wrapped = join(toolbox.dir, `temporal-test-server-${VERSIONS.testServer}-java`);
  const launcher = join(wrapped, 'temporal-test-server');
  return firstThatWorks({
    toolbox,
    tool: TOOL,
    verify: verifyTestServer,
    ways: [
      explicitPath('HOLDFAST_TEST_SERVER'),
      { source: 'the cache', find: () => candidate(toolbox.has(native) ?? toolbox.has(launcher)) },
      {
        source: 'the official download',
        find: () =>
          officialDownload({
            tool: TOOL,
            artifact: 'temporal-test-server',
            version: `v${VERSIONS.testServer}`,
            target: native,
          }),
      },
      { source: 'Maven and Java', find: () => fromMaven(toolbox.dir, wrapped, launcher) },
    ],
  });
}

function candidate(path) {
  return path === undefined ? undefined : { path };
}

/** Copies the server's jars into a folder and puts a small launcher beside them. */
async function fromMaven(toolsDir, folder, launcher) {
  const maven = onPath('mvn');
  const java = onPath('java');
  if (java === undefined) return { reason: 'Java is not installed' };
  if (maven === undefined) return { reason: 'Maven is not installed' };
  const draft = mkdtempSync(join(toolsDir, '.maven-'));
  try {
    mkdirSync(join(draft, 'lib'));
    writeFileSync(join(draft, 'pom.xml'), POM);
    say(TOOL, `mvn dependency:copy-dependencies of temporal-test-server ${VERSIONS.testServer}`);
    const { code, output, error } = await withHeartbeat(
      TOOL,
      'downloading jars',
      () => '',
      () =>
        run(maven, ['-B', '-q', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {
          timeoutMs: MAVEN_TIMEOUT_MS,
          cwd: draft,
        }),
    );
    if (code !== 0) return { reason: error ?? `Maven failed: ${lastLines(output)}` };
    writeFileSync(join(draft, 'temporal-test-server'), LAUNCHER);
    chmodSync(join(draft, 'temporal-test-server'), 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return { path: launcher };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** It has no `--version`: it is started on a free port, and must listen there. */
async function verifyTestServer(path) {
  const port = await freePort();
  let output = '';
  const child = spawn(path, [String(port), '--enable-time-skipping'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with code ${code}: ${lastLines(output)}`));
  });
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const probing = new AbortController();
  const failure = await Promise.race([ended, listens(port, probing.signal)]);
  probing.abort();
  child.kill('SIGKILL');
  return failure === undefined ? { version: VERSIONS.testServer } : { reason: failure };
}

async function listens(port, signal) {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadlineMs && !signal.aborted) {
    if (await accepts(port)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  return `it did not listen within ${START_TIMEOUT_MS / 1000} s`;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const LAUNCHER = `#!/bin/sh
# Starts Temporal's time-skipping test server; the flags shorten the start of a short-lived JVM.
cd "$(dirname "$0")" || exit 1
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp 'lib/*' io.temporal.testserver.TestServer "$@"
`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>holdfast</groupId>
  <artifactId>tools</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSIONS.testServer}</version>
    </dependency>
  </dependencies>
</project>
`;
