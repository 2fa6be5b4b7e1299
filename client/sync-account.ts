/**
 * Carries a plan out on one account: takes positions up, tells the others what the exchange shows,
 * completes the journal; and looks again until nothing of it is left, or for as long as it may take.
 * Every step is planned from a fresh comparison, so what came right meanwhile is not done, and a run that
 * is cut off can simply be repeated.
 */
import type { AdoptionPolicy, AdoptRequest } from '../domain/commands.ts';
import type { Diagnosis } from '../domain/audit/diagnosis.ts';
import { counts, type Difference } from '../domain/audit/difference.ts';
import type { AccountSnapshot, LegSnapshot } from '../domain/exchange-truth.ts';
import { legOf } from '../domain/leg-of.ts';
import { actionKey, planSync, type SyncAction } from '../domain/audit/sync-plan.ts';
import type { AccountSync, SyncOutcome } from '../domain/audit/sync-report.ts';
import type { Leg } from '../domain/terms.ts';
import type { Examined } from './diagnose.ts';
import { mapBounded } from './map-bounded.ts';

export type SyncParts = {
  /** What is open, compared; read twice where it differs. */
  examine(): Promise<Examined>;
  /** One more look, at what is under way. */
  look(): Promise<Examined>;
  /** Gaps of the journal, and what of the exchange's history could not be looked at. */
  gaps(): Promise<{ differences: Difference[]; notLookedAt: string[] }>;
  adopt(request: AdoptRequest): Promise<unknown>;
  tell(leg: Leg, snapshot: LegSnapshot): Promise<unknown>;
  writeTrade(action: Extract<SyncAction, { action: 'write_trade' }>): Promise<unknown>;
  forget(action: Extract<SyncAction, { action: 'forget' }>): Promise<unknown>;
  now(): number;
  pause(ms: number): Promise<unknown>;
};

export type SyncOptions = {
  policy: AdoptionPolicy;
  /** How long everything may take to come right; default 90 s. */
  settleMs?: number;
};

const SETTLE_MS = 90_000;
const LOOK_EVERY_MS = 2_500;
const AGAIN_AFTER_MS = 15_000;
/** An account workflow takes ten updates at a time. */
const AT_ONCE = 4;

/** What is open comes first: the exchange's history takes from the same limits as the orders that protect. */
export async function syncAccount(parts: SyncParts, options: SyncOptions): Promise<AccountSync> {
  const log: Log = { planned: new Map(), attempts: new Map() };
  const first = await parts.examine();
  const last = await settle(parts, options, first, log);
  const gaps = await parts.gaps();
  const left = await fill(parts, options, gaps.differences, last.snapshot, log);
  const before = withGaps(first.diagnosis, gaps.differences, gaps.notLookedAt);
  const after = withGaps(last.diagnosis, left, gaps.notLookedAt);
  const open = new Set(planSync(after.differences, options.policy).map(keyOf));
  const outcomes = [...log.planned].map(([key, action]) =>
    outcomeOf(action, open.has(key), log.attempts.get(key)),
  );
  return { before, after, outcomes };
}

type Log = { planned: Map<string, SyncAction>; attempts: Map<string, Attempt> };

/** Acts and looks again, until nothing that can be done is left, or time is up. */
async function settle(
  parts: SyncParts,
  { policy, settleMs = SETTLE_MS }: SyncOptions,
  first: Examined,
  { planned, attempts }: Log,
): Promise<Examined> {
  const untilMs = parts.now() + settleMs;
  for (let examined = first; ;) {
    const actions = planSync(examined.diagnosis.differences, policy);
    for (const action of actions) planned.set(keyOf(action), planned.get(keyOf(action)) ?? action);
    const doable = actions.filter(({ action }) => action !== 'by_hand');
    if (doable.length === 0 || parts.now() >= untilMs) return examined;
    const due = doable.filter((action) => isDue(attempts.get(keyOf(action)), parts.now()));
    const { snapshot } = examined;
    await mapBounded(due, AT_ONCE, async (action) => {
      attempts.set(keyOf(action), await attempt(parts, action, snapshot));
    });
    await parts.pause(LOOK_EVERY_MS);
    examined = await parts.look();
  }
}

/** The journal is written at once, so one look tells what is left. */
async function fill(
  parts: SyncParts,
  { policy }: SyncOptions,
  gaps: readonly Difference[],
  snapshot: AccountSnapshot,
  { planned, attempts }: Log,
): Promise<Difference[]> {
  const actions = planSync(gaps, policy);
  for (const action of actions) {
    planned.set(keyOf(action), action);
    attempts.set(keyOf(action), await attempt(parts, action, snapshot));
  }
  return actions.length === 0 ? [...gaps] : (await parts.gaps()).differences;
}

function withGaps(
  diagnosis: Diagnosis,
  gaps: readonly Difference[],
  notLookedAt: readonly string[],
): Diagnosis {
  const differences = [...diagnosis.differences, ...gaps];
  return {
    ...diagnosis,
    differences,
    agrees: !differences.some(counts),
    notLookedAt: [...diagnosis.notLookedAt, ...notLookedAt],
  };
}

/** By a person and by us are two things, on the same leg too. */
const keyOf = (action: SyncAction): string => `${actionKey(action)} ${action.action === 'by_hand'}`;

type Attempt = { atMs: number; error: string | null };

const isDue = (last: Attempt | undefined, nowMs: number): boolean =>
  last === undefined || nowMs - last.atMs >= AGAIN_AFTER_MS;

async function attempt(parts: SyncParts, action: SyncAction, snapshot: AccountSnapshot): Promise<Attempt> {
  const atMs = parts.now();
  try {
    await perform(parts, action, snapshot);
    return { atMs, error: null };
  } catch (error) {
    return { atMs, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(parts: SyncParts, action: SyncAction, snapshot: AccountSnapshot): Promise<unknown> {
  const { account, symbol, leg } = action;
  switch (action.action) {
    case 'create':
      return parts.adopt({ symbol, leg, policy: action.policy });
    case 'close':
    case 'update':
    case 'protect':
    case 'refresh_price':
      return parts.tell({ account, symbol, leg }, legOf(snapshot, { symbol, leg }));
    case 'write_trade':
      return parts.writeTrade(action);
    case 'forget':
      return parts.forget(action);
    case 'by_hand':
      return undefined;
  }
}

function outcomeOf(action: SyncAction, isLeft: boolean, last: Attempt | undefined): SyncOutcome {
  if (!isLeft) return { action, result: 'done', text: null };
  if (action.action === 'by_hand') return { action, result: 'left', text: action.text };
  return { action, result: 'not_done', text: last?.error ?? 'it was told, and has not come right yet' };
}
