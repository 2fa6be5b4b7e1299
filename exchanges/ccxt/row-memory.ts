/**
 * The rows of a list's last answer: what comes word for word again is not parsed again. Nearly all rows of a
 * quiet account do, every five seconds.
 *
 * - The same text is the same row, and nothing else is: the new answer's own text is compared, in full.
 * - Only rows of the last answer are kept, and their texts are parts of its body, so no older one stays.
 * - A row is handed out again as the same frozen object, so whoever reads it can remember it by identity.
 * - An answer of another shape is left to the plain parser, which alone decides what is no JSON.
 */
import { afterString, parseExactJson } from './exact-json.ts';

export type RowMemory = {
  /** As `parseExactJson`. */
  parse: (text: string) => unknown;
};

type Row = { text: string; value: unknown };

/** One list of one account; answers of others would only make it useless. */
export function createRowMemory(): RowMemory {
  let known: readonly Row[] = [];
  return {
    parse: (text) => {
      const read = readList(text, known);
      known = read?.rows ?? [];
      return read ? read.body : parseExactJson(text);
    },
  };
}

/** Stands for the list while the rest of the answer is parsed. */
const PLACE = 'holdfast\u0000rows';

function readList(text: string, known: readonly Row[]): { body: unknown; rows: Row[] } | undefined {
  const start = listStart(text);
  const list = start === undefined ? undefined : readRows(text, start + 1, known);
  if (start === undefined || !list) return undefined;
  const { rows, end } = list;
  const values = rows.map(({ value }) => value);
  const isAlone = afterSpace(text, 0) === start && afterSpace(text, end) === text.length;
  if (isAlone) return { body: values, rows };
  const body = parseExactJson(text.slice(0, start) + JSON.stringify(PLACE) + text.slice(end));
  const [place, ...others] = placesIn(body);
  if (!place || others.length > 0) return undefined;
  // Not by assignment: a key may be called `__proto__`.
  Object.defineProperty(place.holder, place.name, {
    value: values,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return { body, rows };
}

/** Where the first list of objects begins. */
function listStart(text: string): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = afterString(text, at) - 1;
    else if (text[at] === '[' && text[afterSpace(text, at + 1)] === '{') return at;
  }
  return undefined;
}

/** All rows up to the end of the list; undefined where it is no list of objects. */
function readRows(
  text: string,
  from: number,
  known: readonly Row[],
): { rows: Row[]; end: number } | undefined {
  const rowAt = createFinder(text, known);
  const rows: Row[] = [];
  for (let at = afterSpace(text, from); ; at = afterSpace(text, at + 1)) {
    const row = rowAt(at);
    if (!row) return undefined;
    // Cut out of this answer, so that the one before is not kept for its sake.
    const end = at + row.text.length;
    rows.push({ text: text.slice(at, end), value: row.value });
    at = afterSpace(text, end);
    if (text[at] === ']') return { rows, end: at + 1 };
    if (text[at] !== ',') return undefined;
  }
}

/** The row at a place: the one that followed the last one before, any other known one, or a new one. */
function createFinder(text: string, known: readonly Row[]): (at: number) => Row | undefined {
  let next = 0;
  let places: Map<string, number> | undefined;
  return (at) => {
    const expected = known[next];
    // No object's text is the beginning of another one's.
    if (expected && text.startsWith(expected.text, at)) {
      next += 1;
      return expected;
    }
    places ??= new Map(known.map((row, index) => [row.text, index]));
    const own = text.slice(at, afterObject(text, at));
    const found = places.get(own);
    // Mostly a changed row stands where it stood.
    next = (found ?? next) + 1;
    return found === undefined ? parsed(own) : known[found];
  };
}

function parsed(text: string): Row | undefined {
  const value = parseExactJson(text);
  return value === undefined ? undefined : { text, value: Object.freeze(value) };
}

/** Behind the object that begins at `from`; the end of the text where it does not end. */
function afterObject(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at);
      continue;
    }
    if (code === OPENING) depth += 1;
    else if (code === CLOSING) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return text.length;
}

const QUOTE = 0x22;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Behind what JSON takes for space. */
function afterSpace(text: string, from: number): number {
  let at = from;
  while (SPACES.includes(text.charCodeAt(at))) at += 1;
  return at;
}

const SPACES: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];

/** Where the placeholder stands. */
function placesIn(body: unknown): { holder: object; name: string }[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    value === PLACE ? [{ holder: body, name }] : placesIn(value),
  );
}
