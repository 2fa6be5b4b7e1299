/**
 * JSON in which every number keeps its digits: order ids and prices do not fit a double.
 *
 * Numbers are put into quotes before the text is parsed. A reviver that asks for each number's source gives
 * the same, and takes three times as long: with a thousand positions it kept prices waiting.
 */

/** A whole number of JSON, and nothing that merely looks like one. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** What may stand between a number and the next string. */
const AFTER_NUMBER = /\s*[,\]}]/y;

/** Parses JSON with all numbers as strings; `undefined` where `text` is no JSON object or list. */
export function parseExactJson(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed: unknown = JSON.parse(withQuotedNumbers(text));
    return parsed;
  } catch {
    return undefined;
  }
}

/** The same text with quotes around all that stands outside strings and is a number. */
function withQuotedNumbers(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at);
    } else if (code === MINUS || isDigit(code)) {
      const end = afterNumber(text, at + 1);
      const number = text.slice(at, end);
      // Anything else is left as it is, for the parser to refuse.
      if (NUMBER.test(number) && endsValue(text, end)) {
        parts.push(text.slice(copied, at), number);
        copied = end;
      }
      at = end;
    } else {
      at += 1;
    }
  }
  parts.push(text.slice(copied));
  return parts.join('"');
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const COMMA = 0x2c;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Behind all characters that numbers are made of. */
function afterNumber(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); isDigit(code) || isInNumber(code); code = text.charCodeAt(at)) at += 1;
  return at;
}

/** Point, e, E, plus, minus. */
const isInNumber = (code: number): boolean =>
  code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === MINUS;

/** Keys and what has no comma before the next value are no numbers. */
function endsValue(text: string, at: number): boolean {
  if (text.charCodeAt(at) === COMMA) return true;
  AFTER_NUMBER.lastIndex = at;
  return AFTER_NUMBER.test(text);
}

/** Behind the string that begins at `quote`; the end of the text where it does not end. */
export function afterString(text: string, quote: number): number {
  for (let close = text.indexOf('"', quote + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text[close - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return close + 1;
  }
  return text.length;
}
