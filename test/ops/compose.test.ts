/**
 * docker-compose.yml held to its rules. There is no Docker engine in the test, so the file is read as
 * Compose reads it; what is inside Temporal's container runs for real in production-server.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../config/load.ts';
import { TUNED_DYNAMIC_CONFIG } from '../../server/embedded-arguments.ts';
import { DATABASES } from '../../server/production-settings.ts';
import { temporaryFolder } from '../support/temporary.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(PROJECT_DIR, file), 'utf8');

const service = z.object({
  image: z.string(),
  restart: z.string(),
  user: z.string().optional(),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  profiles: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()), interval: z.string(), timeout: z.string() }).optional(),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({
    'x-images': z.record(z.string(), z.string()),
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));

const services = Object.entries(compose.services);
const lasting = services.filter(([, { restart }]) => restart === 'unless-stopped');
const passing = services.filter(([, { restart }]) => restart !== 'unless-stopped');

describe('every service', () => {
  test.each(services)('%s publishes on loopback only', (_, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:[^:]+(:-\d+\})?:\d+$/);
  });

  test.each(services)('%s runs a pinned version named at the top of the file', (_, { image }) => {
    expect(Object.values(compose['x-images'])).toContain(image);
    expect(image).toMatch(/:\d+\.\d+/);
  });

  test.each(services)('%s limits its logs', (_, { logging }) => {
    expect(logging.driver).toBe('json-file');
    expect(Object.keys(logging.options)).toEqual(['max-size', 'max-file']);
  });

  test.each(services)('%s is given no password in a setting', (_, { environment }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|SECRET|PWD/.test(name))
        expect([name, value]).toEqual([
          expect.stringMatching(/_FILE$/),
          expect.stringMatching(/^\/run\/secrets\//),
        ]);
    }
  });

  test.each(services)('%s mounts only what is there or made by the file', (_, { volumes }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      const isThere = source.startsWith('./')
        ? existsSync(join(PROJECT_DIR, source))
        : source in compose.volumes;
      expect([source, isThere]).toEqual([source, true]);
    }
  });
});

test.each(lasting)('%s, which runs for ever, has a health check', (_, { healthcheck }) => {
  expect(healthcheck?.test[0]).toBe('CMD');
});

test('the worker is healthy while it is ready, as it says itself at its published port', () => {
  const { healthcheck, ports } = compose.services['worker'] ?? {};
  expect(healthcheck?.test.join(' ')).toContain("fetch('http://127.0.0.1:7837/health/ready')");
  expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:.*:7837$/)]);
});

test('the services that pass are tried again, and waited for until they completed', () => {
  expect(passing.map(([name]) => name)).toEqual(['temporal-schema', 'temporal-namespace']);
  for (const [name, { restart }] of passing) {
    expect(restart).toMatch(/^on-failure:\d+$/);
    const waiting = services.flatMap(([, { depends_on }]) => depends_on[name]?.condition ?? []);
    expect(waiting).toEqual(['service_completed_successfully']);
  }
});

test('the database is reached only by what keeps its data in it, and by nothing outside', () => {
  const members = services.flatMap(([name, { networks }]) => (networks.includes('database') ? [name] : []));
  expect(members).toEqual(['postgres', 'temporal-schema', 'temporal']);
  expect(compose.networks['database']?.internal).toBe(true);
  expect(compose.services['postgres']?.ports).toEqual([]);
});

test('who reads the secret runs as its owner; only the database, which begins as root, may differ', () => {
  const readers = services.filter(([, { secrets }]) => secrets.includes('postgres-password'));
  expect(readers.map(([name, { user }]) => [name, user?.includes('HOLDFAST_UID')])).toEqual([
    ['postgres', undefined],
    ['temporal-schema', true],
    ['temporal', true],
  ]);
});

test('the paper venue runs only when it is asked for', () => {
  expect(services.flatMap(([name, { profiles }]) => profiles.map((profile) => [profile, name]))).toEqual([
    ['paper', 'venue'],
  ]);
});

test('versions agree with what is provisioned and with package.json', async () => {
  // Plain JavaScript, so that it runs before anything is installed; its shape is checked here.
  const { VERSIONS } = z
    .object({ VERSIONS: z.object({ temporalServer: z.string() }) })
    .parse(await import(join(PROJECT_DIR, 'scripts/provision/versions.mjs')));
  const project = z
    .object({ version: z.string(), devDependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(read('package.json')));
  expect(compose['x-images']).toMatchObject({
    temporal: `temporalio/server:${VERSIONS.temporalServer}`,
    'temporal-tools': expect.stringMatching(`^temporalio/admin-tools:${VERSIONS.temporalServer}-`),
    holdfast: `holdfast:${project.version}`,
  });
  expect(read('ops/Dockerfile')).toContain(`FROM node:${project.devDependencies.node}-`);
});

test('the image holds every folder that the project runs from', () => {
  const copied = [...read('ops/Dockerfile').matchAll(/^COPY (\w+) \w+$/gm)].map(([, folder]) => folder);
  const runsFrom = [
    'activities',
    'client',
    'config',
    'contract',
    'domain',
    'exchanges',
    'journal',
    'ops',
    'server',
  ];
  expect(copied).toEqual([...runsFrom, 'venue', 'worker', 'workflows']);
});

test('the server in the container has the settings of the embedded one, and the same databases', () => {
  const settings: unknown = parse(read('ops/temporal/dynamic-config.yaml'));
  expect(settings).toEqual(
    Object.fromEntries(Object.entries(TUNED_DYNAMIC_CONFIG).map(([name, value]) => [name, [{ value }]])),
  );
  for (const { name, schema } of DATABASES) {
    expect(read('ops/set-up-schema.sh')).toContain(`set_up ${name} ${schema}`);
    expect(read('ops/temporal/server.yaml')).toContain(`databaseName: ${name}\n`);
  }
});

test('the configuration of the worker is one that Holdfast accepts, on paper', () => {
  const { accounts } = loadConfig({ file: join(PROJECT_DIR, 'ops/holdfast.yaml'), env: {} });
  expect(accounts['paper']).toMatchObject({
    exchange: 'bingx',
    mode: 'paper',
    endpoint: 'http://venue:7835',
  });
});

test('making secrets twice keeps the first password, and only its owner can read it', () => {
  const project = temporaryFolder();
  mkdirSync(join(project, 'ops'));
  cpSync(join(PROJECT_DIR, 'ops/make-secrets.mjs'), join(project, 'ops/make-secrets.mjs'));
  const make = (): string =>
    execFileSync(process.execPath, ['ops/make-secrets.mjs'], { cwd: project, encoding: 'utf8' });
  const password = (): string => readFileSync(join(project, 'ops/secrets/postgres-password'), 'utf8');

  expect(make()).toContain('made ops/secrets/postgres-password');
  const first = password();
  expect(make()).toContain('kept ops/secrets/postgres-password');

  expect(first).toMatch(/^[0-9a-f]{48}$/);
  expect(password()).toBe(first);
  expect(statSync(join(project, 'ops/secrets/postgres-password')).mode & 0o777).toBe(0o600);
  expect(compose.secrets['postgres-password']?.file).toBe('ops/secrets/postgres-password');
  expect(readFileSync(join(project, '.env'), 'utf8')).toMatch(/^HOLDFAST_UID=\d+\nHOLDFAST_GID=\d+$/m);
  for (const secret of ['.env', 'ops/secrets/']) expect(read('.gitignore').split('\n')).toContain(secret);
});
