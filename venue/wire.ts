/** What passes between the HTTP server and a protocol. */
import type { FaultKind, FaultParams } from './control/types.ts';

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

export type WireAnswer = {
  readonly status: number;
  readonly body: string;
  /** The protocol's own code; 0 = executed. */
  readonly code: number;
  readonly orderId: string | null;
};

/** A fault that the protocol itself has to play, as it changes what is answered. */
export type Distortion = { readonly kind: FaultKind; readonly params: FaultParams };

/** One exchange's protocol on the shared books. */
export type Protocol = {
  readonly name: string;
  readonly facts: (request: WireRequest) => RequestFacts;
  readonly handle: (request: WireRequest, distortion: Distortion | undefined) => WireAnswer;
  /** The protocol's error body for a `code` fault. */
  readonly errorBody: (code: number, msg: string | undefined) => string;
};
