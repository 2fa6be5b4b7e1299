/** Pages by cursor and ranges of time, as all of Bybit's lists have them. */
import type { Params } from './auth.ts';
import { invalid } from './codes.ts';
import type { BybitError } from './codes.ts';

export const WEEK_MS = 7 * 86_400_000;

export type Page<T> = { readonly rows: T[]; readonly nextPageCursor: string };

const CURSOR = /^page_token(?:=|%3D)(.+?)(?:&|%26)?$/;

/**
 * The page after `cursor`. A full page has a cursor even where nothing follows, as on Bybit.
 * @param rows newest first. `keyOf` is unique and made of letters, digits and dashes.
 */
export function pageOf<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  params: Params,
  usual: number,
  most: number,
): Page<T> {
  const limit = Math.min(most, Number(params['limit']) > 0 ? Math.trunc(Number(params['limit'])) : usual);
  const after = CURSOR.exec(params['cursor'] ?? '')?.[1];
  const start = after === undefined ? 0 : rows.findIndex((row) => keyOf(row) === after) + 1;
  const page = rows.slice(start, start + limit);
  const last = page.at(-1);
  const full = last !== undefined && page.length === limit;
  return { rows: page, nextPageCursor: full ? encodeURIComponent(`page_token=${keyOf(last)}&`) : '' };
}

export type Range = { readonly fromMs: number; readonly toMs: number };

/** The last `longestMs` by default; with one end given, as long from there. */
export function rangeOf(params: Params, nowMs: number, longestMs = WEEK_MS): Range | BybitError {
  const start = params['startTime'] ? Number(params['startTime']) : undefined;
  const end = params['endTime'] ? Number(params['endTime']) : undefined;
  if (start === undefined) {
    const toMs = end ?? nowMs;
    return { fromMs: toMs - longestMs, toMs };
  }
  const toMs = end ?? start + longestMs;
  if (toMs < start) return invalid('startTime must be less than endTime');
  return toMs - start > longestMs
    ? invalid(`The time range between startTime and endTime cannot exceed ${longestMs / 86_400_000} days`)
    : { fromMs: start, toMs };
}

export const within = (range: Range, atMs: number): boolean => atMs >= range.fromMs && atMs <= range.toMs;
