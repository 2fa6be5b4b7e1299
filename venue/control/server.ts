/** The control interface over HTTP and JSON, for loopback only. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isRefusal } from '../book/refusal.ts';
import { controlRoutes } from './routes.ts';
import type { ControlDeps } from './routes.ts';

const MAX_BODY_BYTES = 1_048_576;

export function createControlServer(deps: ControlDeps): Server {
  return createServer((request, response) => {
    serve(deps, request, response).catch((error: unknown) => reply(response, 400, { error: explain(error) }));
  });
}

async function serve(deps: ControlDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://control');
  const body = await readBody(request);
  const found = findRoute(request.method ?? 'GET', url.pathname);
  if (!found)
    return reply(response, 404, {
      error: `no such route: ${request.method ?? ''} ${url.pathname}; see docs/venue.md`,
    });
  const result = await found.handler(deps, {
    body: request.method === 'GET' ? readQuery(url) : body,
    parts: found.parts,
  });
  return isRefusal(result) ? reply(response, 400, { error: result.detail }) : reply(response, 200, result);
}

type Found = { readonly handler: (typeof controlRoutes)[string]; readonly parts: readonly string[] };

function findRoute(method: string, path: string): Found | undefined {
  const asked = path.split('/');
  for (const [key, handler] of Object.entries(controlRoutes)) {
    const [routeMethod, routePath = ''] = key.split(' ');
    const wanted = routePath.split('/');
    const fits =
      routeMethod === method &&
      wanted.length === asked.length &&
      wanted.every((part, index) => part === '*' || part === asked[index]);
    if (fits)
      return { handler, parts: asked.filter((_, index) => wanted[index] === '*').map(decodeURIComponent) };
  }
  return undefined;
}

/** Numbers and objects in a query are JSON. */
function readQuery(url: URL): object {
  return Object.fromEntries(
    [...url.searchParams].map(([key, value]) => [
      key,
      /^(\d+$|\{)/.test(value) ? (JSON.parse(value) as unknown) : value,
    ]),
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new Error('the body is too large');
  }
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
