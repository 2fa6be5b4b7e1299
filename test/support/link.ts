/**
 * A TCP link between a client and a server that a test can hold: what the client says then never
 * arrives, while the server still thinks it is there. This is how an activity's result gets lost
 * after the activity has done its work.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

export type Link = {
  /** `host:port` for the client. */
  address: string;
  /** From now on nothing that the client sends gets through. */
  hold(): void;
  /** Everything flows again. What was held is lost: it belongs to a client that is dead by then. */
  release(): void;
  close(): Promise<void>;
};

/** @param target `host:port`; it may come and go. */
export async function createLink(target: string): Promise<Link> {
  const [host = '127.0.0.1', port = '0'] = target.split(':');
  const sockets = new Set<Socket>();
  let held = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => {}); // either end may be killed at any time: `close` follows
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (!held) upstream.write(bytes);
    });
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // A listening TCP server has an address of this kind.
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      held = true;
    },
    release: () => {
      if (held) dropAll();
      held = false;
    },
    close: async () => {
      dropAll();
      server.close();
      await once(server, 'close');
    },
  };
}
