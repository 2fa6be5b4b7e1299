import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutbox } from '../../../activities/observe/outbox.ts';

type Call = { value: string; succeed: () => void; fail: () => void };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An outbox whose calls the test answers, by hand. */
function outboxByHand(verdict: 'retry' | 'drop' = 'retry') {
  const calls: Call[] = [];
  const sent: string[] = [];
  const over = new AbortController();
  const outbox = createOutbox<string, void>({
    over: over.signal,
    send: (value) =>
      new Promise((resolve, reject) => {
        calls.push({ value, succeed: () => resolve(), fail: () => reject(new Error('UNAVAILABLE')) });
      }),
    onSent: ({ value }) => sent.push(value),
    onFailed: () => verdict,
  });
  const put = (identity: string, value = identity, key = 'leg') => outbox.put({ key, identity, value });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { outbox, put, calls, sent, pass, over, values: () => calls.map(({ value }) => value) };
}

describe('what is put in while the same key is under way', () => {
  it('follows when it is news', async () => {
    const { put, calls, values, sent, pass } = outboxByHand();
    put('a');
    put('b');
    put('c');
    expect(values()).toEqual(['a']);
    calls[0]?.succeed();
    await pass(0);
    expect(values()).toEqual(['a', 'c']);
    calls[1]?.succeed();
    await pass(0);
    expect(sent).toEqual(['a', 'c']);
  });

  it('is no second signal when it is the same', async () => {
    const { put, calls, values, outbox, pass } = outboxByHand();
    put('a');
    put('a', 'a, fresher');
    calls[0]?.succeed();
    await pass(60_000);
    expect(values()).toEqual(['a']);
    expect(outbox.waiting()).toBe(0);
  });

  it('replaces what failed, fresher', async () => {
    const { put, calls, values, pass } = outboxByHand();
    put('a');
    put('a', 'a, fresher');
    calls[0]?.fail();
    await pass(1_000);
    expect(values()).toEqual(['a', 'a, fresher']);
  });

  it('is forgotten when it is taken back, and what is under way is not', async () => {
    const { put, calls, values, sent, outbox, pass } = outboxByHand();
    put('a');
    put('b');
    outbox.withdraw('leg');
    calls[0]?.succeed();
    await pass(60_000);
    expect([values(), sent]).toEqual([['a'], ['a']]);
  });
});

describe('a failure', () => {
  it('is tried again after 1, 2, 4, 8 and then every 10 seconds', async () => {
    const { put, calls, pass } = outboxByHand();
    put('a');
    const at: number[] = [];
    for (let second = 0; second <= 45; second++) {
      for (const call of calls.slice(at.length)) {
        at.push(second);
        call.fail();
      }
      await pass(1_000);
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 25, 35, 45]);
  });

  it('is given up where the owner says so', async () => {
    const { put, calls, outbox, pass } = outboxByHand('drop');
    put('a');
    calls[0]?.fail();
    await pass(60_000);
    expect([calls.length, outbox.waiting()]).toEqual([1, 0]);
  });

  it('rests no longer than it is wanted', async () => {
    const { put, calls, outbox, pass } = outboxByHand();
    put('a');
    calls[0]?.fail();
    await pass(10);
    outbox.withdraw('leg');
    await pass(60_000);
    expect(calls).toHaveLength(1);
  });

  it('is also a call without an answer within ten seconds', async () => {
    const { put, values, pass } = outboxByHand();
    put('a');
    await pass(10_999);
    expect(values()).toEqual(['a']);
    await pass(1);
    expect(values()).toEqual(['a', 'a']);
  });
});

describe('the bounds', () => {
  it('are twenty calls at once, in the order in which they came', async () => {
    const { put, calls, values, pass } = outboxByHand();
    for (let i = 0; i < 30; i++) put(`${i}`, `${i}`, `key ${i}`);
    expect(values()).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
    calls[3]?.fail();
    calls[5]?.succeed();
    await pass(0);
    expect(values().slice(20)).toEqual(['20', '21']);
  });

  it('are 20,000 keys: one more is refused, a known one is not', () => {
    const { put } = outboxByHand();
    for (let i = 0; i < 20_000; i++) expect(put('a', 'a', `key ${i}`)).toBe(true);
    expect(put('a', 'a', 'one more')).toBe(false);
    expect(put('b', 'b', 'key 7')).toBe(true);
  });

  it('end with the run: nothing more is sent', async () => {
    const { put, calls, over, pass } = outboxByHand();
    put('a');
    calls[0]?.fail();
    await pass(10);
    over.abort();
    put('b', 'b', 'another');
    await pass(60_000);
    expect(calls).toHaveLength(1);
  });
});

describe('what can wait', () => {
  it('leaves one by one, ten a second', async () => {
    const { outbox, values, pass } = outboxByHand();
    for (const key of ['a', 'b', 'c']) outbox.put({ key, identity: key, value: key, calm: true });
    expect(values()).toEqual(['a']);
    await pass(99);
    expect(values()).toEqual(['a']);
    await pass(1);
    expect(values()).toEqual(['a', 'b']);
    await pass(1_000);
    expect(values()).toEqual(['a', 'b', 'c']);
  });

  it('rests for five seconds after the first five', async () => {
    const { outbox, values, pass } = outboxByHand();
    for (const key of 'abcdefgh') outbox.put({ key, identity: key, value: key, calm: true });
    await pass(5_000);
    expect(values().join('')).toBe('abcde');
    await pass(1_000);
    expect(values().join('')).toBe('abcdefgh');
  });

  it('holds up nothing that cannot', () => {
    const { outbox, values } = outboxByHand();
    for (const key of ['a', 'b', 'c']) outbox.put({ key, identity: key, value: key, calm: true });
    outbox.put({ key: 'urgent', identity: 'urgent', value: 'urgent' });
    expect(values()).toEqual(['a', 'urgent']);
  });

  it('leaves at once when it turns out that it cannot', () => {
    const { outbox, values } = outboxByHand();
    for (const key of ['a', 'b', 'c']) outbox.put({ key, identity: key, value: key, calm: true });
    outbox.put({ key: 'c', identity: 'c, differing', value: 'c, differing' });
    expect(values()).toEqual(['a', 'c, differing']);
  });

  it('leaves no more once all is over', async () => {
    const { outbox, values, over, pass } = outboxByHand();
    for (const key of ['a', 'b']) outbox.put({ key, identity: key, value: key, calm: true });
    over.abort();
    await pass(60_000);
    expect(values()).toEqual(['a']);
  });
});
