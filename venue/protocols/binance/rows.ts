/** Lists that come as JSON within a parameter. */
import type { Params } from './auth.ts';

/** Ids beyond 2^53 would lose digits as numbers, so they are quoted before parsing. */
const quoted = (text: string): string => text.replace(/([:[,]\s*)(\d{15,})(?=\s*[,}\]])/g, '$1"$2"');

/**
 * The rows of a JSON list; objects with all their fields as text, as if they had been parameters.
 * `undefined` where it is no list.
 */
export function jsonRows<T = Params>(text: string | undefined): T[] | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(quoted(text));
    // Either ids, which the caller turns into text, or objects of texts.
    return Array.isArray(value) ? (value.map(asTexts) as T[]) : undefined;
  } catch {
    return undefined;
  }
}

function asTexts(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return String(row);
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
