/** What is not as it should be with one account, in the order of its gravity. */
import type { AccountConfig } from '../../../config/config.ts';
import { ConfigError, whatIsWrong, type ConfigProblem } from '../../../config/errors.ts';
import type { AccountReport } from '../../../config/serving.ts';
import { haltText } from '../../../domain/account/halt.ts';
import type { Objection } from '../../../exchanges/admission.ts';
import type { AccountDetails, Problem } from './account-details.ts';
import { areLive } from './sockets.ts';
import { truthProblems } from './truth.ts';

/** Exchanges refuse requests whose time is off by more than 5 s. */
const CLOCK_NOTE_MS = 1_000;
const CLOCK_WRONG_MS = 5_000;
/** Above this share of a limit, closes and stops begin to wait. */
const LIMIT_NOTE_SHARE = 0.8;

export type Looked = {
  account: AccountConfig;
  report: AccountReport | undefined;
  isDown: boolean;
  details: AccountDetails;
  objections: readonly Objection[];
  /** Reads that failed, in words. */
  failed: readonly string[];
};

export function problemsOf(looked: Looked): Problem[] {
  const all = [
    ...looked.objections.map((objection) => objected(looked.account, objection)),
    ...clock(looked.details),
    ...looked.failed.map((text): Problem => ({ state: 'wrong', text, remedy: 'See the text; try again' })),
    ...sockets(looked.details),
    ...serving(looked),
    ...entries(looked.details),
    ...drift(looked),
    ...truthProblems(looked.details),
    ...limits(looked.details),
  ];
  return [...all.filter(({ state }) => state === 'wrong'), ...all.filter(({ state }) => state === 'note')];
}

/** Why no gateway could be made. */
export function problemsOfFailure(error: unknown): Problem[] {
  if (error instanceof ConfigError) return problemsOfConfig(error.problems);
  const text = error instanceof Error ? error.message : String(error);
  return [{ state: 'wrong', text, remedy: 'See the text; check keys and endpoint of this account' }];
}

export const problemsOfConfig = (problems: readonly ConfigProblem[]): Problem[] =>
  problems.map((problem) => ({ state: 'wrong', text: whatIsWrong(problem), remedy: problem.fix }));

/** What blocks nothing is worth knowing; a venue that is down is always wrong. */
function objected({ onLocalVenue }: AccountConfig, { kind, blocks, text, remedy }: Objection): Problem {
  const isWrong = blocks !== 'nothing' || kind === 'unreachable';
  const start = kind === 'unreachable' && onLocalVenue;
  return { state: isWrong ? 'wrong' : 'note', text, remedy: start ? 'Start it with npm start' : remedy };
}

function clock({ clockSkewMs }: AccountDetails): Problem[] {
  const skewMs = Math.abs(clockSkewMs ?? 0);
  if (skewMs < CLOCK_NOTE_MS) return [];
  const text = `this machine's clock is ${skewMs} ms off the exchange's`;
  return [{ state: skewMs >= CLOCK_WRONG_MS ? 'wrong' : 'note', text, remedy: 'Set it by NTP' }];
}

function sockets({ sockets: found }: AccountDetails): Problem[] {
  if (found === null || areLive(found)) return [];
  const text = `sockets: prices ${found.prices}, account ${found.account}`;
  const remedy = 'Prices and hints are read by REST meanwhile; check that wss connections get out';
  return [{ state: 'wrong', text, remedy }];
}

function serving({ report, isDown }: Looked): Problem[] {
  if (report === undefined) {
    const remedy = 'Start one with npm start, or node worker/main.ts';
    return isDown
      ? [{ state: 'note', text: 'no worker runs here now', remedy }]
      : [{ state: 'note', text: 'no worker says that it serves this account', remedy }];
  }
  const { status } = report;
  if (status.state !== 'not_served') return [];
  return [{ state: 'wrong', text: `the worker does not serve it: ${status.reason}`, remedy: status.remedy }];
}

function entries({ name, entries: taking }: AccountDetails): Problem[] {
  const { paused = false, pausedReason = null, halted = null } = taking ?? {};
  const lift = `holdfast resume --account ${name}`;
  return [
    ...(halted
      ? [{ state: 'wrong', text: `entries are halted: ${haltText(halted)}`, remedy: lift } as const]
      : []),
    ...(paused
      ? [
          {
            state: 'note',
            text: `entries are paused${pausedReason ? `: ${pausedReason}` : ''}`,
            remedy: lift,
          } as const,
        ]
      : []),
  ];
}

function drift({ details, isDown }: Looked): Problem[] {
  return (details.drift ?? []).map(({ symbol, leg, text }) => ({
    // Of a copy that is down it is only to be expected.
    state: isDown ? 'note' : 'wrong',
    text: `${symbol} ${leg}: ${text}`,
    remedy: 'See holdfast check; a running worker settles what is its own',
  }));
}

const limits = ({ limits: used }: AccountDetails): Problem[] =>
  (used ?? [])
    .filter((one) => one.used >= one.limit * LIMIT_NOTE_SHARE)
    .map((one) => ({
      state: 'note',
      text: `${one.used} of ${one.limit} requests of ${one.name} are used up`,
      remedy: 'Closes and stops go first; if it stays so, another program uses the same key or address',
    }));
