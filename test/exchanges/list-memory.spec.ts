import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createListMemory, type Circumstances } from '../../exchanges/list-memory.ts';
import { readRows, SKIP } from '../../exchanges/rows.ts';

const row = z.object({ id: z.string(), state: z.string().optional() });
type Row = z.output<typeof row>;
type Meaning = { id: string; state: string | undefined };

/** A list that is read again and again, and the ids of the rows that were looked at. */
function createList() {
  const memory = createListMemory<Meaning, Row>(({ state }) => state !== 'moving');
  let [revision, skewMs] = [1, 0];
  const looked: string[] = [];
  const parse = (rows: readonly unknown[]): unknown[] =>
    memory.page().parse(JSON.stringify(rows)) as unknown[];
  const read = (rows: readonly unknown[], mode: Circumstances['mode'] = 'one-way') => {
    const around = { markets: { revision: () => revision }, clock: { toOurs: (ms: number) => ms - skewMs } };
    looked.length = 0;
    const { rows: values, problems } = readRows<typeof row, Meaning>(
      'row',
      parse(rows),
      row,
      ({ id, state }) => {
        looked.push(id);
        if (state === 'broken') return { problem: 'is broken' };
        return state === 'flat' ? SKIP : { id, state };
      },
      memory.meanings({ ...around, mode }),
    );
    return { values, problems, looked: [...looked] };
  };
  return { read, relist: () => (revision += 1), leap: () => (skewMs += 60_000) };
}

describe('what the rows of a list meant the last time', () => {
  it('is asked of new and changed rows only, and the others are the same objects as before', () => {
    const { read } = createList();
    const before = read([{ id: 'a' }, { id: 'b' }, { id: 'c', state: 'flat' }]).values;
    const { values, looked } = read([
      { id: 'c', state: 'flat' },
      { id: 'a' },
      { id: 'b', state: 'x' },
      { id: 'd' },
    ]);
    expect(looked).toEqual(['b', 'd']);
    expect(values.map(({ id, state }) => [id, state])).toEqual([
      ['a', undefined],
      ['b', 'x'],
      ['d', undefined],
    ]);
    expect(values[0]).toBe(before[0]);
  });

  it('never makes a row understood that was not, and tells what is wrong with it every time', () => {
    const { read } = createList();
    const rows = [{ id: 'a' }, { id: 'b', state: 'broken' }, { state: 'no id' }];
    const first = read(rows);
    expect(first.problems).toHaveLength(2);
    expect(read(rows)).toEqual({ ...first, looked: ['b'] });
  });

  it.each<[string, (list: ReturnType<typeof createList>) => Circumstances['mode']]>([
    ['of another mode', () => 'hedge'],
    ['after the market list was read anew', (list) => void list.relist()],
    ['after the clock leapt', (list) => void list.leap()],
  ])('is asked anew %s', (_name, change) => {
    const list = createList();
    list.read([{ id: 'a' }]);
    expect(list.read([{ id: 'a' }]).looked).toEqual([]);
    expect(list.read([{ id: 'a' }], change(list)).looked).toEqual(['a']);
  });

  it('is asked every time where time changes it', () => {
    const { read } = createList();
    read([{ id: 'a', state: 'moving' }]);
    expect(read([{ id: 'a', state: 'moving' }]).looked).toEqual(['a']);
  });

  it('is forgotten with the answer that lacks the row', () => {
    const { read } = createList();
    read([{ id: 'a' }, { id: 'b' }]);
    read([{ id: 'b' }]);
    expect(read([{ id: 'a' }, { id: 'b' }]).looked).toEqual(['a']);
  });

  it('cannot be changed by whoever is given it', () => {
    const [value] = createList().read([{ id: 'a' }]).values;
    expect(() => Object.assign(value ?? {}, { state: 'other' })).toThrow(TypeError);
  });

  it('keeps no page but those of the last reading', () => {
    const memory = createListMemory<Meaning, Row>();
    const around = { markets: { revision: () => 1 }, clock: { toOurs: (ms: number) => ms } };
    const read = (pages: number) => {
      const asked = Array.from({ length: pages }, (_, index) => memory.page(index));
      memory.meanings(around);
      return asked;
    };
    const [first, second] = read(2);
    expect(read(1)).toEqual([first]);
    expect(read(2)[1]).not.toBe(second);
  });
});
