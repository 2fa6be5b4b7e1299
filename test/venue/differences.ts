/** Compares bodies by their shape. */

/** What of the model is missing or of another kind. A recorder quoted all numbers, so `"1"` and 1 are one kind. */
export function differences(model: unknown, actual: unknown, path = '$'): string[] {
  if (Array.isArray(model))
    return Array.isArray(actual) ? differences(model[0], actual[0], `${path}[0]`) : [`${path}: no list`];
  if (typeof model === 'object' && model !== null) {
    if (typeof actual !== 'object' || actual === null) return [`${path}: no object`];
    const fields = new Map(Object.entries(actual));
    return Object.entries(model).flatMap(([key, value]) =>
      fields.has(key) ? differences(value, fields.get(key), `${path}.${key}`) : [`${path}.${key}: missing`],
    );
  }
  return kindOf(model) === kindOf(actual)
    ? []
    : [`${path}: ${JSON.stringify(actual)} where ${JSON.stringify(model)} was recorded`];
}

function kindOf(value: unknown): string {
  if (typeof value === 'boolean' || value === 'true' || value === 'false') return 'flag';
  if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)))
    return 'number';
  return value === '' ? 'text' : typeof value === 'string' ? 'text' : typeof value;
}
