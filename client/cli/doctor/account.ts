/**
 * One account's examination: reads only, ends in bounded time, and whatever fails is a problem of this
 * account beside everything that could be looked at.
 */
import type { AccountConfig } from '../../../config/config.ts';
import type { AccountReport } from '../../../config/serving.ts';
import { examineAccount, objections, type Examination } from '../../../exchanges/admission.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { Entries } from '../entries.ts';
import type { PositionView } from '../../../domain/view.ts';
import { check, type CheckResult } from '../../check.ts';
import { unknownDetails, type AccountDetails } from './account-details.ts';
import { problemsOf, problemsOfFailure } from './problems.ts';
import { trySockets, type Sockets } from './sockets.ts';

export type AccountLook = {
  account: AccountConfig;
  /** Throws where no gateway can be made: no keys, no adapter, an endpoint that is none. */
  open: () => Promise<Exchange>;
  /** What the workers say of it. */
  report: AccountReport | undefined;
  /** What is kept here. */
  views: () => Promise<PositionView[]>;
  /** Its workflow's own view. */
  entries: () => Promise<Entries>;
  /** Nothing runs on this data folder: what is kept here is how it was left. */
  isDown: boolean;
};

/** Never throws. */
export async function lookAtAccount(look: AccountLook): Promise<AccountDetails> {
  const { account, report, open } = look;
  const known: AccountDetails = {
    ...unknownDetails(account.name),
    exchange: account.exchange,
    mode: account.mode,
    configuredPositionMode: account.positionMode,
    served: report?.status.state ?? 'nobody',
    limits: report?.limits ?? null,
    truth: report?.truth ?? null,
  };
  let exchange: Exchange | undefined;
  try {
    exchange = await open();
    return await lookThrough(look, exchange, known);
  } catch (error) {
    return { ...known, problems: problemsOfFailure(error) };
  } finally {
    await exchange?.close().catch(() => undefined);
  }
}

async function lookThrough(
  look: AccountLook,
  exchange: Exchange,
  known: AccountDetails,
): Promise<AccountDetails> {
  const { account, report, isDown } = look;
  const examined = await examineAccount(exchange);
  const { health, credentials } = examined;
  const reached: AccountDetails = {
    ...known,
    reachable: health.reachable,
    clockSkewMs: health.clockSkewMs ?? null,
    keys: credentials.state,
    permissions: health.permissions ?? null,
    positionMode: health.positionMode ?? null,
    limits: known.limits ?? health.limits ?? null,
  };
  const isWhole = health.reachable && credentials.state !== 'refused';
  const seen = isWhole ? await readFurther(look, exchange, reached) : { details: reached, failed: [] };
  const problems = problemsOf({
    account,
    report,
    isDown,
    details: seen.details,
    objections: objections(account, examined),
    failed: [...examinedProblems(examined), ...seen.failed],
  });
  return { ...seen.details, problems };
}

/** Already said as the reason why nothing answers. */
const examinedProblems = ({ health }: Examination): readonly string[] =>
  health.reachable ? health.problems : [];

/** Market rules, sockets, and whether both sides agree; one that fails does not hold up the others. */
async function readFurther(
  { account, views, entries, report }: AccountLook,
  exchange: Exchange,
  details: AccountDetails,
) {
  const failed: string[] = [];
  const orNull = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      failed.push(`${what}: ${messageOf(error)}`);
      return null;
    }
  };
  const markets = await orNull('market rules', () => marketsOf(exchange));
  const [sockets, checked, taking] = await Promise.all([
    orNull('sockets', async (): Promise<Sockets | null> => {
      const symbol = markets?.first;
      return symbol === undefined ? null : trySockets(exchange, symbol);
    }),
    orNull('comparison with what is kept here', (): Promise<CheckResult> =>
      check({ snapshot: () => exchange.snapshot() }, account.name, views),
    ),
    // That a worker is missing, or silent, is said by the rows of Temporal and its queues.
    report?.status.state === 'serving' ? entries().catch(() => null) : null,
  ]);
  const seen: AccountDetails = {
    ...details,
    markets: markets?.count ?? null,
    sockets,
    positions: checked?.positions ?? null,
    drift: checked?.differences ?? null,
    entries: taking && { paused: taking.paused, pausedReason: taking.pausedReason, halted: taking.halted },
  };
  return { details: seen, failed };
}

/** The rules of one market stand for all: they come in one list. */
async function marketsOf(exchange: Exchange): Promise<{ count: number; first: Symbol | undefined }> {
  const symbols = await exchange.symbols();
  const first = symbols.find((symbol) => symbol.startsWith('BTC/')) ?? symbols[0];
  if (first !== undefined) await exchange.marketRules(first);
  return { count: symbols.length, first };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
