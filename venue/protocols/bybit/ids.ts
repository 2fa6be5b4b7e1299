/**
 * Ids as Bybit writes them: UUIDs. Each carries the books' own number, so that it can be read back without
 * a table, also after a restart; a check inside tells a made-up one.
 */
import { createHash } from 'node:crypto';

/** Orders look like version 4, executions like version 5. */
const VERSIONS = { order: '4', fill: '5' } as const;

export type IdKind = keyof typeof VERSIONS;

const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([45])([0-9a-f]{3})-8([0-9a-f])([0-9a-f]{2})-([0-9a-f]{12})$/;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Hides the number, as the real ids don't show their order. */
const masked = (number: bigint, check: string): bigint =>
  number ^ BigInt(`0x${digest(`mask ${check}`).slice(0, 16)}`);

const checkOf = (kind: IdKind, number: string): string => digest(`${kind} ${number}`).slice(0, 14);

/** @param number of the books, up to 19 digits. */
export function uuidOf(kind: IdKind, number: string): string {
  const check = checkOf(kind, number);
  const hex = masked(BigInt(number), check).toString(16).padStart(16, '0');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    VERSIONS[kind] + hex.slice(12, 15),
    `8${hex.slice(15)}${check.slice(0, 2)}`,
    check.slice(2),
  ].join('-');
}

/** The books' number of an id; `undefined` where the venue never made it. */
export function numberOf(kind: IdKind, uuid: string): string | undefined {
  const [, a = '', b = '', version, c = '', d = '', head = '', tail = ''] = UUID.exec(uuid) ?? [];
  if (version !== VERSIONS[kind]) return undefined;
  const check = head + tail;
  const number = String(masked(BigInt(`0x${a}${b}${c}${d}`), check));
  return checkOf(kind, number) === check ? number : undefined;
}
