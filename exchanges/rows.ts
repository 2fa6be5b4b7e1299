/** Reads lists of rows: what cannot be understood becomes a problem, never a zero and never silence. */
import type { z } from 'zod';
import { ExchangeFault } from './errors.ts';
import type { Meanings } from './list-memory.ts';

/** The rows that were understood, and what was wrong with the others. */
export type Rows<T> = { rows: T[]; problems: string[] };

/** A row that this mapping passes over on purpose, such as a flat position. */
export const SKIP = Symbol('skip');

/**
 * Maps every row of a list; `toValue` returns the value, `SKIP`, or what is wrong as `{ problem }`.
 * @param meanings those of the last answer of this list; values are frozen then, as they are handed out again
 */
export function readRows<S extends z.ZodType, T>(
  what: string,
  list: readonly unknown[],
  schema: S,
  toValue: (row: z.output<S>, index: number) => T | typeof SKIP | { problem: string },
  meanings?: Meanings<T, z.output<S>>,
): Rows<T> {
  const read: Rows<T> = { rows: [], problems: [] };
  const known = new Map<unknown, T | typeof SKIP>();
  const understand = (raw: unknown, index: number): T | typeof SKIP | { problem: string } => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return { problem: issueText(parsed.error) };
    const value = toValue(parsed.data, index);
    if (meanings?.lasts(parsed.data) && !isProblem(value)) known.set(raw, Object.freeze(value));
    return value;
  };
  list.forEach((raw, index) => {
    const before = meanings?.known.get(raw);
    if (before !== undefined) known.set(raw, before);
    const value = before ?? understand(raw, index);
    if (isProblem(value)) read.problems.push(`${what} ${index}: ${value.problem}`);
    else if (value !== SKIP) read.rows.push(value);
  });
  if (meanings) meanings.known = known;
  return read;
}

/** A body of the documented shape, or a `bad_answer` fault that names the first difference. */
export function readBody<S extends z.ZodType>(what: string, body: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ExchangeFault('bad_answer', `${what}: ${issueText(parsed.error)}`);
}

/** All rows, or a fault: for lists in which one bad row spoils the answer. */
export function wholeRows<T>(what: string, { rows, problems }: Rows<T>): T[] {
  const [first] = problems;
  if (first !== undefined) throw new ExchangeFault('bad_answer', `${what}: ${first}`);
  return rows;
}

/** Where and what, without the value: values may be anything. */
function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'body'} ${issue.message}` : 'not the documented shape';
}

function isProblem(value: unknown): value is { problem: string } {
  return typeof value === 'object' && value !== null && 'problem' in value;
}
