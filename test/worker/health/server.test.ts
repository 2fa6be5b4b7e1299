/** The HTTP part: what is answered to whom, and a port that somebody else has. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepServing, type HealthServer, type Routes } from '../../../worker/health/server.ts';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../../../server/ports.ts';

const LOOPBACK = '127.0.0.1';
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const well: Routes = {
  '/health': () => ({ status: 200, type: 'application/json', body: '{"ok":"größer"}' }),
  '/broken': () => Promise.reject(new Error('the key is s3cret')),
};

function serve(options: { port?: number; routes?: Routes } = {}) {
  const log = { info: vi.fn<() => void>(), warn: vi.fn<() => void>() };
  const { port = 0, routes = well } = options;
  const server = keepServing({ host: LOOPBACK, port, routes, log, retryMs: 10 });
  opened.push(server);
  return { server, log };
}

const addressOf = (server: HealthServer): Promise<string> =>
  eventually(async () => {
    const address = server.address();
    if (address === null) throw new Error('it does not listen yet');
    return address;
  });

describe('a question', () => {
  const ask = async (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${await addressOf(serve().server)}${path}`, init);

  it('is answered, whatever its query', async () => {
    const answer = await ask('/health?verbose=1');
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      { ok: 'größer' },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('by HEAD gets the same without a body', async () => {
    const answer = await ask('/health', { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '17',
      '',
    ]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('by %s is refused', async (method) => {
    const answer = await ask('/health', { method, ...(method === 'POST' && { body: 'x'.repeat(100_000) }) });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/', '/health/', '/healthz', '/toString', '/__proto__', '//health'])(
    'for %s finds nothing',
    async (path) => expect((await ask(path)).status).toBe(404),
  );

  it('that fails tells the log and nobody else', async () => {
    const { server, log } = serve();
    const answer = await fetch(`${await addressOf(server)}/broken`);
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('s3cret')]);
    expect(log.warn).toHaveBeenCalledOnce();
  });
});

describe('a port that is taken', () => {
  it('is said once, and taken over as soon as it is free', async () => {
    const [port = 0] = await freePorts(LOOPBACK, 1);
    const other = createServer().listen(port, LOOPBACK);
    await once(other, 'listening');
    const { server, log } = serve({ port });
    await expect.poll(() => log.warn.mock.calls.length).toBe(1);
    expect(server.address()).toBeNull();

    await new Promise((resolve) => other.close(resolve));

    expect(await addressOf(server)).toBe(`http://${LOOPBACK}:${port}`);
    expect((await fetch(`http://${LOOPBACK}:${port}/health`)).status).toBe(200);
    expect(log.warn).toHaveBeenCalledOnce();
  });

  it('is free again once it is closed, although somebody keeps a connection', async () => {
    const { server } = serve();
    const address = await addressOf(server);
    await (await fetch(`${address}/health`)).text(); // fetch keeps the connection

    await server.close();

    expect(server.address()).toBeNull();
    await expect(fetch(`${address}/health`)).rejects.toThrow();
  });
});
