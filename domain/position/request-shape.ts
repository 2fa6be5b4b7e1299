/** People type requests by hand in the Web UI: a wrong key must not be taken for silence. */
import type { Refusal } from '../commands.ts';

/** A refusal unless it is one JSON object with no other keys than these. */
export function checkShape(request: unknown, keys: readonly string[]): Refusal | null {
  if (!isObject(request)) return badRequest(`send one JSON object with ${keys.join(', ')}`);
  const stranger = Object.keys(request).find((key) => !keys.includes(key));
  return stranger === undefined ? null : badRequest(`there is no ${stranger}: ${keys.join(', ')}`);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const badRequest = (text: string): Refusal => ({ code: 'bad_request', text });

/** As it was sent, for a text that says what is wrong with it. */
export const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
