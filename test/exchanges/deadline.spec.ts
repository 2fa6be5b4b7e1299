import { describe, expect, it } from 'vitest';
import { DeadlineExceeded, withDeadline } from '../../exchanges/ccxt/deadline.ts';
import { parseExactJson } from '../../exchanges/ccxt/exact-json.ts';

describe('a deadline', () => {
  it('trap: holds for work that ignores its signal, such as a compressed body that stalls inside ccxt', async () => {
    const forever = withDeadline('reading', 20, () => new Promise<never>(() => undefined));
    await expect(forever).rejects.toThrow(new DeadlineExceeded('reading', 20));
  });

  it('aborts the work', async () => {
    let aborted = false;
    const work = (signal: AbortSignal): Promise<never> => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => undefined);
    };
    await expect(withDeadline('asking', 20, work)).rejects.toThrow(DeadlineExceeded);
    expect(aborted).toBe(true);
  });

  it('swallows what the abandoned work throws afterwards', async () => {
    const work = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => setImmediate(() => reject(new Error('too late'))));
      });
    await expect(withDeadline('asking', 20, work)).rejects.toThrow(DeadlineExceeded);
    // An unhandled rejection would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('passes results and errors through', async () => {
    expect(await withDeadline('asking', 1_000, async () => 7)).toBe(7);
    await expect(withDeadline('asking', 1_000, async () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
  });
});

describe('exact JSON', () => {
  it('trap: keeps every digit of ids and prices, also as the last member of an object', () => {
    expect(parseExactJson('{"id":1742968678528512003,"p":0.10,"q":1e-7,"n":null,"b":true,"s":"12"}')).toEqual(
      {
        id: '1742968678528512003',
        p: '0.10',
        q: '1e-7',
        n: null,
        b: true,
        s: '12',
      },
    );
  });

  it.each(['', '<html></html>', '{"half":', '"text"', '12'])('is nothing for %j', (text) => {
    expect(parseExactJson(text)).toBeUndefined();
  });
});
