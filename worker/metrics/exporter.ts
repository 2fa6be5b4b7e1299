/**
 * The SDK's own Prometheus endpoint, which counts what the SDK does and what our meters are told. It
 * listens on a port that the system chooses, for this process alone; `/metrics` passes on what it says.
 */
import { freePorts } from '../../server/ports.ts';

/** What the endpoint says now, as text; rejects when it does not answer. */
export type ReadEvents = () => Promise<string>;

const LOOPBACK = '127.0.0.1';
/** Another program may take a port between finding it and binding it. */
const TRIES = 5;
const ANSWERS_WITHIN_MS = 2_000;

/**
 * @param install binds the endpoint, and throws when it cannot
 * @throws what `install` threw last
 */
export async function openExporter(install: (bindAddress: string) => void): Promise<ReadEvents> {
  for (let left = TRIES - 1; ; left -= 1) {
    const [port] = await freePorts(LOOPBACK, 1);
    try {
      install(`${LOOPBACK}:${port}`);
      return () => read(`http://${LOOPBACK}:${port}/metrics`);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function read(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  if (!answer.ok) throw new Error(`the SDK's endpoint answered ${answer.status}`);
  return answer.text();
}
