import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../exchanges/ccxt/exact-json.ts';

type SourceContext = { source?: string };

/** What the language itself says: a reviver is given each number as it was written. */
function byReviver(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: SourceContext): unknown =>
    typeof value === 'number' ? context?.source : value;
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

describe('JSON with all digits', () => {
  it('is what a reviver makes of any JSON, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(undefined, 1, '\t'),
        (value, space) => {
          const text = JSON.stringify(value, null, space);
          expect(parseExactJson(text)).toEqual(byReviver(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is what a reviver makes of any text that is nearly JSON', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        ' ',
        '\n',
        '0',
        '1',
        '12',
        '-',
        '.',
        'e',
        'E',
        '+',
        '1.50',
      ],
      ...['"a"', '"1"', '"\\""', '"\\\\"', 'true', 'null', '"a":', '-0', '1e-7', '1742968678528512003'],
    );
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 12 }),
        fc.constantFrom(['{"a":', '}'] as const, ['[', ']'] as const, ['', ''] as const),
        (tokens, [before, after]) => {
          const text = before + tokens.join('') + after;
          const expected = /^\s*[[{]/.test(text) ? byReviver(text) : undefined;
          expect(parseExactJson(text)).toEqual(expected);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['{"a":"x:1,2]","b":3}', { a: 'x:1,2]', b: '3' }],
    ['{"a":"\\"1,","b":[-0.10,1E+3 ,{}]}', { a: '"1,', b: ['-0.10', '1E+3', {}] }],
    ['{"a\\\\":1}', { 'a\\': '1' }],
    [' [\n1 , 22\n]', ['1', '22']],
  ])('takes numbers from outside of strings only: %s', (text, expected) => {
    expect(parseExactJson(text)).toEqual(expected);
  });

  it.each(['{1:2}', '[01]', '[1.]', '[.5]', '[1 2]', '["a]', '[+1]', '[1', '12', '"12"'])(
    'refuses %s',
    (text) => {
      expect(parseExactJson(text)).toBeUndefined();
    },
  );
});
