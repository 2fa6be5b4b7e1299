/**
 * A WebSocket that is kept: it reconnects after every loss, notices silence, and says so.
 *
 * Not built on ccxt's `watch*`: their promises hang for ever on a socket that lost its subscription,
 * they swallow `listenKeyExpired`, and they pace reconnects by themselves (see docs/decisions/streams.md).
 */
import { WebSocket, type RawData } from 'ws';
import type { ExchangeLog } from '../connection.ts';
import type { Redact } from '../ccxt/redact.ts';
import type { StreamState } from '../exchange.ts';

export type SocketTimings = {
  connectMs: number;
  reconnectDelayMs: number;
  /** Without any sign of life for this long the socket is silent; for twice as long, it is replaced. */
  silenceMs: number;
  /** How often the server is known to send a heartbeat: two of them missing are silence, no matter how short `silenceMs` is. */
  heartbeatMs: number;
};

export type SocketEvents = {
  /** The url to connect to, asked anew each time; a rejection counts as a failed attempt. */
  url: () => Promise<string>;
  onOpen: (first: boolean) => void;
  /** One frame, still as it came. `heartbeat` when it is the server's own sign of life and no data. */
  onFrame: (frame: Buffer) => 'data' | 'heartbeat';
  onState?: (state: StreamState) => void;
  /** A heartbeat of our own in the exchange's words, sent at every look at the socket beside the protocol's ping. */
  ping?: () => string;
};

export type KeptSocket = {
  state: () => StreamState;
  /** Sends text if the socket is open; what is not sent is asked for again by `onOpen`. */
  send: (text: string) => void;
  /** Drops the connection and makes a new one after the delay. */
  replace: (reason: string) => void;
  stop: () => Promise<void>;
};

export type SocketDeps = { name: string; timings: SocketTimings; log: ExchangeLog; redact: Redact };

/** A frame beyond this is nothing an exchange sends here. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
/** Looks at the socket this often within its silence. */
const CHECKS_PER_SILENCE = 4;
/** A look at the socket that comes this much later than another would is this process's own silence. */
const STOOD_STILL_MS = 500;
/** A close handshake that takes longer is cut off. */
const CLOSE_MS = 500;

export function keepSocket(events: SocketEvents, { name, timings, log, redact }: SocketDeps): KeptSocket {
  let state: StreamState = 'connecting';
  let current: Connection | undefined;
  let retry: NodeJS.Timeout | undefined;
  let opened = 0;
  let stopped = false;

  const enter = (next: StreamState): void => {
    if (state === next) return;
    state = next;
    events.onState?.(next);
  };
  const lost = (reason: string): void => {
    if (stopped || retry) return;
    current = undefined;
    enter('down');
    log.warn({ stream: name, reason: redact(reason), retryMs: timings.reconnectDelayMs }, 'stream lost');
    retry = setTimeout(() => void connect(), timings.reconnectDelayMs);
  };
  const connect = async (): Promise<void> => {
    retry = undefined;
    enter('connecting');
    try {
      const url = await events.url();
      if (stopped) return;
      current = openConnection(url, timings, {
        onOpen: () => {
          opened += 1;
          enter('live');
          events.onOpen(opened === 1);
        },
        onFrame: events.onFrame,
        onCheck: () => {
          if (events.ping) current?.send(events.ping());
        },
        onQuiet: (quiet) => enter(quiet ? 'silent' : 'live'),
        onLost: lost,
      });
    } catch (error) {
      lost(error instanceof Error ? error.message : 'no url');
    }
  };
  void connect();

  return {
    state: () => state,
    send: (text) => current?.send(text),
    replace: (reason) => current?.drop(reason),
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await current?.close();
      state = 'down';
    },
  };
}

type ConnectionEvents = {
  onOpen: () => void;
  onFrame: (frame: Buffer) => 'data' | 'heartbeat';
  onCheck: () => void;
  onQuiet: (quiet: boolean) => void;
  onLost: (reason: string) => void;
};

type Connection = {
  send: (text: string) => void;
  drop: (reason: string) => void;
  close: () => Promise<void>;
};

function openConnection(url: string, timings: SocketTimings, events: ConnectionEvents): Connection {
  const socket = new WebSocket(url, {
    handshakeTimeout: timings.connectMs,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const life = createLifeSigns();
  const everyMs = Math.max(50, timings.silenceMs / CHECKS_PER_SILENCE);
  let watch: NodeJS.Timeout | undefined;
  let checkedAtMs = 0;
  let over = false;

  const end = (reason: string): void => {
    if (over) return;
    over = true;
    clearInterval(watch);
    socket.terminate();
    events.onLost(reason);
  };
  const check = (): void => {
    const sinceMs = Date.now() - checkedAtMs;
    checkedAtMs = Date.now();
    // This process stood still: what came meanwhile is still to be read, and the next look judges.
    if (sinceMs > 2 * everyMs + STOOD_STILL_MS) return;
    const quietMs = life.quietMs(checkedAtMs);
    const limitMs = life.hasHeartbeat()
      ? Math.max(timings.silenceMs, 2 * timings.heartbeatMs)
      : timings.silenceMs;
    if (quietMs > 2 * limitMs) end(`silent for ${quietMs} ms`);
    else events.onQuiet(quietMs > limitMs);
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.ping();
    events.onCheck();
  };
  socket.on('open', () => {
    checkedAtMs = Date.now();
    life.heard('data', checkedAtMs);
    watch = setInterval(check, everyMs);
    events.onOpen();
  });
  socket.on('message', (data: RawData) => life.heard(events.onFrame(bytes(data)), Date.now()));
  socket.on('pong', () => life.heard('pong', Date.now()));
  socket.on('error', (error) => end(error.message));
  socket.on('close', (code) => end(`closed with ${code}`));

  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    drop: end,
    close: () => {
      over = true;
      clearInterval(watch);
      return closed(socket);
    },
  };
}

/**
 * When a connection was last heard. An answered ping shows that the line is up; but a server that
 * sends heartbeats of its own must go on sending them, or it has forgotten us.
 */
function createLifeSigns() {
  let dataAtMs = Date.now();
  let pongAtMs = dataAtMs;
  let hasHeartbeat = false;
  return {
    heard(sign: 'data' | 'heartbeat' | 'pong', atMs: number): void {
      if (sign === 'pong') pongAtMs = atMs;
      else dataAtMs = atMs;
      hasHeartbeat ||= sign === 'heartbeat';
    },
    hasHeartbeat: () => hasHeartbeat,
    quietMs: (nowMs: number): number => nowMs - (hasHeartbeat ? dataAtMs : Math.max(dataAtMs, pongAtMs)),
  };
}

function bytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), CLOSE_MS);
    socket.once('close', () => {
      clearTimeout(cut);
      resolve();
    });
    socket.close();
  });
}
