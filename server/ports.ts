/** Finding TCP ports that nobody uses. */
import { createServer } from 'node:net';

/** Below the range from which systems give out ports by themselves, so nobody takes one meanwhile. */
const LOW_PORTS = { first: 20_000, last: 32_000 };
const MAX_TRIES = 1_000;

/**
 * Free ports on `host`, all different, under 32,768: the production server keeps its services' ports in a
 * column of 16 bits with a sign. Another program may still take one.
 * @throws if there are not enough
 */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const ports = new Set<number>();
  const { first, last } = LOW_PORTS;
  for (let tries = 0; ports.size < count && tries < MAX_TRIES; tries += 1) {
    const port = first + Math.floor(Math.random() * (last - first + 1));
    if (!ports.has(port) && (await whyPortIsTaken(host, port)) === undefined) ports.add(port);
  }
  if (ports.size < count) throw new Error(`found only ${ports.size} of ${count} free ports on ${host}`);
  return [...ports];
}

/** `undefined` if `port` on `host` can be used, else the system's reason (EADDRINUSE, EACCES). */
export async function whyPortIsTaken(host: string, port: number): Promise<string | undefined> {
  try {
    await (await holdPort(host, port)).release();
    return undefined;
  } catch (error) {
    // Node's network errors carry the system's code; nothing else is thrown by listen().
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

type HeldPort = { port: number; release: () => Promise<void> };

function holdPort(host: string, port = 0): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const held = address === null || typeof address === 'string' ? port : address.port;
      const release = (): Promise<void> => new Promise((done) => server.close(() => done()));
      resolve({ port: held, release });
    });
  });
}
