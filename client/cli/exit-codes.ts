/** The exit codes of the command line; documented in docs/cli.md and stable. */
import type { HoldfastErrorCode } from '../errors.ts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** A rule or limit says no. */
  refused: 3,
  notFound: 4,
  /** Server, worker, venue or exchange do not answer. */
  unreachable: 5,
  /** `check` or `doctor` found something, or a position is not covered. */
  found: 6,
} as const;

export const EXIT_OF: Readonly<Record<HoldfastErrorCode, number>> = {
  server_unreachable: EXIT.unreachable,
  no_namespace: EXIT.unreachable,
  no_worker: EXIT.unreachable,
  no_answer: EXIT.unreachable,
  exchange_unreachable: EXIT.unreachable,
  no_such_account: EXIT.notFound,
  no_such_position: EXIT.notFound,
  no_journal: EXIT.notFound,
  unknown_symbol: EXIT.notFound,
  ambiguous: EXIT.usage,
  refused: EXIT.refused,
  leg_busy: EXIT.refused,
  unexpected: EXIT.unexpected,
};
