/** JSON in which every number keeps its digits: order ids and prices do not fit a double. */

/** The third argument that V8 gives a reviver: the number as it was written. */
type SourceContext = { source?: string };

/** Parses JSON with all numbers as strings; `undefined` where `text` is no JSON object or list. */
export function parseExactJson(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  const keepDigits = (_key: string, value: unknown, context?: SourceContext): unknown =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  try {
    const parsed: unknown = JSON.parse(text, keepDigits);
    return parsed;
  } catch {
    return undefined;
  }
}
