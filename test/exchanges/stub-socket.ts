/** A WebSocket server beside a scripted HTTP server: pushes what a test says, in BingX's gzip frames or plain. */
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

export type SocketStubOptions = {
  /** BingX packs its frames; others send text. Default true. */
  gzip?: boolean;
  /** What the server says to a text that it receives. */
  answer?: (text: string) => object | undefined;
};

export function attachSocketStub(
  server: Server,
  { gzip = true, answer = () => undefined }: SocketStubOptions = {},
): SocketStub {
  const wss = new WebSocketServer({ server, autoPong: false });
  const urls: string[] = [];
  const received: string[] = [];
  let frozen = false;
  const send = (socket: WebSocket, message: unknown): void => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    if (gzip) socket.send(gzipSync(text), { binary: true });
    else socket.send(text);
  };
  wss.on('connection', (socket, request) => {
    urls.push(request.url ?? '');
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      received.push(text);
      const said = frozen ? undefined : answer(text);
      if (said) send(socket, said);
    });
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
      for (const socket of sockets()) send(socket, message);
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
