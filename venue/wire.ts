/** What passes between the HTTP server and a protocol. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FaultKind, FaultParams } from './control/types.ts';
import type { BookEvent } from './book/model.ts';
import type { Client } from './sockets.ts';
import type { PublicTrade } from './tape.ts';

export type WireRequest = {
  readonly method: string;
  readonly path: string;
  /** As received, without `?`. */
  readonly query: string;
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly remote: string;
};

/** What a protocol can tell about a request without executing it. */
export type RequestFacts = {
  /** The account's name, `null` for public requests and unknown keys. */
  readonly account: string | null;
  /** All parameters of query and body, without the signature. */
  readonly params: Readonly<Record<string, string>>;
};

type Headers = Readonly<Record<string, string>>;

export type WireAnswer = {
  readonly status: number;
  readonly body: string;
  /** The protocol's own code; 0 = executed. */
  readonly code: number;
  readonly orderId: string | null;
  /** Besides the content type and length. */
  readonly headers?: Headers;
};

/** A fault that the protocol itself has to play, as it changes what is answered. */
export type Distortion = { readonly kind: FaultKind; readonly params: FaultParams };

/** What a protocol says when it answers no. */
export type WireError = {
  readonly status: number;
  readonly body: string;
  readonly code: number;
  readonly headers?: Headers;
};

/** A protocol's sockets. */
export type ProtocolSockets = {
  readonly clients: ReadonlySet<Client>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Pushes what was committed; a price step comes with the public trade that it made. */
  readonly publish: (events: readonly BookEvent[], trades: ReadonlyMap<BookEvent, PublicTrade>) => void;
  readonly close: () => void;
};

/** One exchange's protocol on the shared books. All of them share one base URL and are told apart by path. */
export type Protocol = {
  readonly name: string;
  /** Whether a path (without query) is this protocol's, over REST or WebSocket. */
  readonly claims: (path: string) => boolean;
  readonly facts: (request: WireRequest) => RequestFacts;
  readonly handle: (request: WireRequest, distortion: Distortion | undefined) => WireAnswer;
  readonly errors: {
    /** The protocol's answer of a `code` fault. */
    readonly coded: (code: number, msg: string | undefined) => WireError;
    /** What it answers when it fails itself. */
    readonly internal: () => WireError;
    /** The body that comes with HTTP 429 and 418. */
    readonly limited: (status: number) => WireError;
  };
  readonly sockets: ProtocolSockets;
  /** Ends the listen keys that are due, or all of an account. Returns how many; 0 where there are none. */
  readonly expireListenKeys: (account?: string, silent?: boolean) => number;
};
