import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../exchanges/ccxt/exact-json.ts';
import { createRowMemory } from '../../exchanges/ccxt/row-memory.ts';

const ROW = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
const PLACE = 'holdfast\u0000rows';

/** Rows of an account, some of which come again, change, move or go; in one of the exchanges' envelopes. */
const answers = fc
  .tuple(
    fc.array(ROW, { maxLength: 6 }),
    fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { minLength: 2, maxLength: 5 }),
    fc.constantFrom(
      (rows: unknown) => rows,
      (rows: unknown) => ({ code: 0, msg: '', data: { orders: rows }, '[{': '"' }),
      (rows: unknown) => ({ result: { nextPageCursor: '', list: rows, other: [{ a: 1 }] }, time: 17 }),
      (rows: unknown) => ({ place: PLACE, first: [], meta: { list: [{ b: [{}] }] }, data: rows }),
      (rows: unknown) => JSON.parse(`{"__proto__":${JSON.stringify(rows)}}`) as unknown,
    ),
    fc.constantFrom(undefined, 1, '\t'),
  )
  .map(([rows, picks, wrap, space]) =>
    picks.map((pick) => JSON.stringify(wrap(pick.map((index) => rows[index] ?? index)), null, space)),
  );

describe('a memory of the rows of a list', () => {
  it('reads every answer as if it were the first', () => {
    fc.assert(
      fc.property(answers, (texts) => {
        const memory = createRowMemory();
        for (const text of texts) expect(memory.parse(text)).toEqual(parseExactJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads an answer that is cut off or garbled as the plain parser does', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      ' ',
      '\u000b',
      '{"a":1}',
      '"b":',
      '7',
    );
    fc.assert(
      fc.property(answers, fc.nat(400), fc.nat(3), token, ([text = ''], at, gone, put) => {
        const memory = createRowMemory();
        memory.parse(text);
        const broken = text.slice(0, at) + put + text.slice(at + gone);
        expect(memory.parse(broken)).toEqual(parseExactJson(broken));
        expect(memory.parse(text)).toEqual(parseExactJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives a row that came again as the same object, wherever it stands now', () => {
    const memory = createRowMemory();
    const read = (...rows: string[]): unknown[] => memory.parse(`[${rows.join(', ')}]`) as unknown[];
    const [a, b, c] = read('{"id":1}', '{"id":2}', '{"id":3}');
    expect(
      read('{"id":0}', '{"id":3}', '{"id":1}')
        .slice(1)
        .every((row, at) => row === [c, a][at]),
    ).toBe(true);
    const [again] = read('{"id":2}');
    expect(again).toEqual(b);
    expect(again, 'kept over an answer without it').not.toBe(b);
  });

  it('gives a row as another object once a single letter of it differs', () => {
    const memory = createRowMemory();
    const first = memory.parse('{"data":[{"id":1,"qty":1.0},{"id":2}]}');
    const next = memory.parse('{"data":[{"id":1,"qty":1.1},{"id":2}]}');
    expect(first).toEqual({ data: [{ id: '1', qty: '1.0' }, { id: '2' }] });
    expect(next).toEqual({ data: [{ id: '1', qty: '1.1' }, { id: '2' }] });
  });

  it('lets nobody change a row that is handed out again', () => {
    const [row] = createRowMemory().parse('[{"id":1}]') as [object];
    expect(() => Object.assign(row, { id: '2' })).toThrow(TypeError);
  });
});
