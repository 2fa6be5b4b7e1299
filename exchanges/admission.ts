/**
 * Whether an account may be served, by what its exchange says of it and of its key. Invariants:
 * - In live mode no account is served whose key can move money out, or might.
 * - What only concerns entries never keeps open positions from being looked after.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountMode, PositionMode } from '../domain/terms.ts';
import { ExchangeFault } from './errors.ts';
import type { Exchange, ExchangeHealth } from './exchange.ts';

/** What an exchange says of one account at one moment. */
export type Examination = {
  health: ExchangeHealth;
  /** `refused`: for certain, with the words; `unknown`: a signed read failed otherwise. */
  credentials: { state: 'accepted' } | { state: 'unknown' } | { state: 'refused'; reason: string };
};

export type AdmissionRules = {
  exchange: string;
  mode: AccountMode;
  positionMode: PositionMode;
  allowUnknownKeyPermissions: boolean;
};

export type Objection = {
  /** Stable, for programs. */
  kind:
    | 'unreachable'
    | 'credentials'
    | 'can_withdraw'
    | 'permissions_unknown'
    | 'cannot_trade'
    | 'position_mode';
  /** What it keeps from happening. */
  blocks: 'account' | 'entries' | 'nothing';
  text: string;
  remedy: string;
};

/** Longer than any well-behaved gateway takes for its few reads. */
const EXAMINED_WITHIN_MS = 15_000;

/** Four reads at most; never throws, and ends even where a gateway hangs. */
export async function examineAccount(
  exchange: Exchange,
  withinMs = EXAMINED_WITHIN_MS,
): Promise<Examination> {
  const asked = Promise.all([healthOf(exchange), tryCredentials(exchange)]);
  const over = new AbortController();
  const late = delay(withinMs, undefined, { signal: over.signal, ref: false });
  try {
    const answers = await Promise.race([asked, late]);
    if (answers) return { health: answers[0], credentials: answers[1] };
    const problems = [`no answer within ${withinMs / 1_000} s`];
    return { health: { reachable: false, problems }, credentials: { state: 'unknown' } };
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

async function healthOf(exchange: Exchange): Promise<ExchangeHealth> {
  try {
    return await exchange.health();
  } catch (error) {
    return { reachable: false, problems: [messageOf(error)] };
  }
}

/** The balance is asked anew at every call, and a wrong key shows in nothing else for certain. */
async function tryCredentials(exchange: Exchange): Promise<Examination['credentials']> {
  try {
    await exchange.balance();
    return { state: 'accepted' };
  } catch (error) {
    const isRefused = error instanceof ExchangeFault && error.kind === 'auth';
    return isRefused ? { state: 'refused', reason: error.message } : { state: 'unknown' };
  }
}

/** Everything that speaks against serving the account as it is configured; the gravest first. */
export function objections(rules: AdmissionRules, { health, credentials }: Examination): Objection[] {
  const isLive = rules.mode === 'live';
  if (!health.reachable) return [unreachable(rules, health)];
  if (credentials.state === 'refused') return [refusedKeys(rules, credentials.reason)];
  return [
    ...withdrawal(rules, health, isLive ? 'account' : 'nothing'),
    ...trading(rules, health),
    ...positionMode(rules, health),
  ];
}

/** A venue that is down is no reason against a paper account: it is served as soon as it answers. */
const unreachable = ({ exchange, mode }: AdmissionRules, { problems }: ExchangeHealth): Objection => ({
  kind: 'unreachable',
  blocks: mode === 'live' ? 'account' : 'nothing',
  text: `${exchange} does not answer${problems.length > 0 ? `: ${problems.join('; ')}` : ''}`,
  remedy: 'Check network and endpoint; nothing has to be done when the exchange is down',
});

const refusedKeys = ({ exchange, mode }: AdmissionRules, reason: string): Objection => ({
  kind: 'credentials',
  blocks: 'account',
  text: `${exchange} does not accept the keys: ${reason}`,
  remedy: `Check key and secret, the addresses they are bound to, and that they were made for ${mode === 'demo' ? 'its demo' : 'this place'}`,
});

function withdrawal(
  { exchange, allowUnknownKeyPermissions }: AdmissionRules,
  { permissions, problems }: ExchangeHealth,
  blocks: Objection['blocks'],
): Objection[] {
  const withdraw = permissions?.withdraw ?? 'unknown';
  if (withdraw === true)
    return [
      {
        kind: 'can_withdraw',
        blocks,
        text: `the key can withdraw money from ${exchange}; live mode refuses such keys`,
        remedy: 'Take the withdrawal permission from the key, or make one that can only read and trade',
      },
    ];
  if (withdraw === false || blocks === 'nothing') return [];
  const why = permissions === undefined && problems.length > 0 ? ` (${problems.join('; ')})` : '';
  return [
    {
      kind: 'permissions_unknown',
      blocks: allowUnknownKeyPermissions ? 'nothing' : blocks,
      text: `${exchange} does not tell whether the key can withdraw${why}`,
      remedy: 'Make sure that it cannot, then write allow_unknown_key_permissions: true into this account',
    },
  ];
}

const trading = ({ exchange }: AdmissionRules, { permissions }: ExchangeHealth): Objection[] =>
  permissions?.trade === false
    ? [
        {
          kind: 'cannot_trade',
          blocks: 'entries',
          text: `the key cannot trade perpetual futures on ${exchange}: neither entries nor stops can be placed`,
          remedy: 'Give the key the permission to trade futures',
        },
      ]
    : [];

const positionMode = (
  { exchange, positionMode: configured }: AdmissionRules,
  { positionMode: actual }: ExchangeHealth,
): Objection[] =>
  actual !== undefined && actual !== configured ? [wrongPositionMode(exchange, configured, actual)] : [];

/** Entries would land on legs that nobody means. */
export const wrongPositionMode = (
  exchange: string,
  configured: PositionMode,
  actual: PositionMode,
): Objection => ({
  kind: 'position_mode',
  blocks: 'entries',
  text: `the account is in ${actual} mode on ${exchange}, the configuration says ${configured}: entries are refused`,
  remedy: `Write positionMode: ${actual} into this account, or switch it to ${configured} at the exchange once it holds nothing`,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
