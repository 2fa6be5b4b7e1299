/** Everything that can go wrong for a caller of Holdfast, as one closed list. */

/** One reason of a refusal: `code` is stable for programs, `text` is for people. */
export type Reason = { code: string; text: string };

export type HoldfastErrorCode =
  /** Nothing answers at the Temporal address. */
  | 'server_unreachable'
  /** The server answers and has no such namespace. */
  | 'no_namespace'
  /** The server answers and no worker takes the work. */
  | 'no_worker'
  /** No answer in time; the request may still take effect. */
  | 'no_answer'
  /** No account workflow runs under this name. */
  | 'no_such_account'
  /** No position where one was named. */
  | 'no_such_position'
  /** Several positions fit what was named. */
  | 'ambiguous'
  /** A rule or limit says no; `reasons` tell which. */
  | 'refused'
  /** There already is a position on this leg. */
  | 'leg_busy'
  /** The exchange lists no such symbol. */
  | 'unknown_symbol'
  /** The journal is needed and cannot be read. */
  | 'no_journal'
  /** The exchange is needed and did not answer in full. */
  | 'exchange_unreachable'
  /** Anything else; `cause` holds it. */
  | 'unexpected';

export class HoldfastError extends Error {
  readonly code: HoldfastErrorCode;
  readonly reasons: readonly Reason[];

  constructor(
    code: HoldfastErrorCode,
    message: string,
    options: { cause?: unknown; reasons?: readonly Reason[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.reasons = options.reasons ?? [];
  }
}
