/** A WebSocket server beside a scripted HTTP server: pushes what a test says, in BingX's gzip frames. */
import { gzipSync } from 'node:zlib';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Server } from 'node:http';

export type SocketStub = {
  /** Open connections, oldest first. */
  sockets(): WebSocket[];
  /** Urls of all connections so far. */
  readonly urls: string[];
  /** Texts received so far. */
  readonly received: string[];
  /** Sends a frame to every open connection. */
  push(message: unknown): void;
  /** Sends bytes as they are. */
  pushRaw(bytes: Buffer): void;
  /** Breaks every connection without a goodbye. */
  drop(): void;
  /** Answers no more pings and sends no more by itself. */
  freeze(): void;
};

/** How BingX itself answers a subscription and says that it is alive. */
export function attachSocketStub(server: Server): SocketStub {
  const wss = new WebSocketServer({ server, autoPong: false });
  const urls: string[] = [];
  const received: string[] = [];
  let frozen = false;
  wss.on('connection', (socket, request) => {
    urls.push(request.url ?? '');
    socket.on('message', (data: Buffer) => received.push(data.toString('utf8')));
    socket.on('ping', () => {
      if (!frozen) socket.pong();
    });
  });
  const sockets = (): WebSocket[] => [...wss.clients].filter((socket) => socket.readyState === socket.OPEN);
  return {
    sockets,
    urls,
    received,
    push: (message) => {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      for (const socket of sockets()) socket.send(gzipSync(text), { binary: true });
    },
    pushRaw: (bytes) => {
      for (const socket of sockets()) socket.send(bytes, { binary: true });
    },
    drop: () => {
      for (const socket of wss.clients) socket.terminate();
    },
    freeze: () => {
      frozen = true;
    },
  };
}
