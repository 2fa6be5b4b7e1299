/**
 * Client order ids: derived from the leg, the epoch and the intent's number, never from an attempt,
 * so that a repeat is the same order; and readable back, so that ownership is provable.
 *
 * Shape, 26 characters of a-z and 0-9: `hf`, 10 of the leg's tag, 9 of the epoch, a letter for the
 * role, 4 of the intent's number. Every exchange takes 32; BingX lower-cases them.
 *
 * What `holdfast protect` places straight on the exchange has a dialect of its own, so that a running
 * Holdfast takes it for a foreign order and never for a second writer, and one that takes the position
 * up later knows it again. Shape, 25 characters: `hp`, 10 of the leg's tag, 10 of the level's, `s` or
 * `t`, 2 of how many orders of this level ended before.
 */
import type { Leg } from './terms.ts';
import type { IntentRole } from './position/position.ts';

const ROLE_LETTERS: Record<IntentRole, string> = { entry: 'e', stop: 's', target: 't', close: 'c' };
const DIALECT = /^hf([0-9a-z]{10})([0-9a-z]{9})([estc])([0-9a-z]{4})$/;

/** An epoch's name: its starting time in base 36, sortable. */
export const epochAt = (nowMs: number): string => nowMs.toString(36).padStart(9, '0');

export function clientOrderId(leg: Leg, epoch: string, role: IntentRole, number: number): string {
  return `hf${legTag(leg)}${epoch}${ROLE_LETTERS[role]}${number.toString(36).padStart(4, '0')}`;
}

/** What an own client order id says, or undefined for anybody else's. */
export function parseClientOrderId(
  id: string,
): { legTag: string; epoch: string; role: IntentRole; number: number } | undefined {
  const match = DIALECT.exec(id.toLowerCase());
  if (!match) return undefined;
  const [, tag = '', epoch = '', letter = '', number = ''] = match;
  const role = ROLES.find((name) => ROLE_LETTERS[name] === letter);
  return role && { legTag: tag, epoch, role, number: Number.parseInt(number, 36) };
}

const ROLES: readonly IntentRole[] = ['entry', 'stop', 'target', 'close'];

/**
 * The id of a stop or target that no workflow keeps: the same for the same level of the same position,
 * however often it is sent. @param level what tells this level from every other one of the leg
 */
export const emergencyOrderId = (leg: Leg, role: 'stop' | 'target', level: string): string =>
  `hp${legTag(leg)}${tagOf(level)}${ROLE_LETTERS[role]}00`;

/** The id of the same level's next order: the one before has ended, and an exchange may never take its id again. */
export function nextEmergencyOrderId(id: string): string {
  const ended = Number.parseInt(id.slice(-2), 36);
  return id.slice(0, -2) + (ended + 1).toString(36).padStart(2, '0');
}

/** Whether `holdfast protect` placed it, on this very leg. */
export const isEmergencyOrderOf = (leg: Leg, id: string): boolean =>
  new RegExp(`^hp${legTag(leg)}[0-9a-z]{10}[st][0-9a-z]{2}$`).test(id.toLowerCase());

/** Ten characters that stand for a leg. */
export const legTag = ({ account, symbol, leg }: Leg): string => tagOf(`${account}/${symbol}/${leg}`);

/** Ten characters that stand for a text: a 53-bit hash (cyrb53), pure arithmetic, so safe in workflows. */
function tagOf(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  const hash = 4294967296 * (2097151 & low) + (high >>> 0);
  return hash.toString(36).padStart(10, '0').slice(-10);
}
