/** Whether something answers, asked by many at once. */
import { describe, expect, it, vi } from 'vitest';
import { createProbe } from '../../../worker/health/probe.ts';

type Ask = () => Promise<string | undefined>;

describe('a probe', () => {
  it('asks once for all who ask at the same time, and again when the answer is old', async () => {
    const ask = vi.fn<Ask>(async () => undefined);
    let nowMs = 0;
    const probe = createProbe(ask, { now: () => nowMs });
    expect(await Promise.all([probe(), probe(), probe()])).toEqual([
      { ok: true },
      { ok: true },
      { ok: true },
    ]);
    nowMs = 999;
    await probe();
    expect(ask).toHaveBeenCalledTimes(1);
    nowMs = 1_000;
    await probe();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('asks nothing more while an answer is awaited, however long that takes', async () => {
    const answer = Promise.withResolvers<undefined>();
    const ask = vi.fn<Ask>(() => answer.promise);
    let nowMs = 0;
    const probe = createProbe(ask, { now: () => nowMs });
    const first = probe();
    nowMs = 1_999;
    const second = probe();
    answer.resolve(undefined);
    expect(await Promise.all([first, second])).toEqual([{ ok: true }, { ok: true }]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('gives up what hangs', async () => {
    const probe = createProbe(() => new Promise(() => undefined), { withinMs: 5 });
    expect(await probe()).toEqual({ ok: false, problem: 'no answer within 0.005 s' });
  });

  it.each<[string, Ask, string]>([
    ['a rejection', () => Promise.reject(new Error('refused')), 'refused'],
    [
      'what is thrown at once',
      () => {
        throw new Error('at once');
      },
      'at once',
    ],
    ['what is wrong', async () => 'the disk is full', 'the disk is full'],
    ['no key', () => Promise.reject(new Error('a?signature=0123456789abcdef0123')), 'a?signature=[redacted]'],
    ['no endless text', () => Promise.reject(new Error('x '.repeat(9_999))), 'x '.repeat(150)],
  ])('tells %s', async (_, ask, problem) => {
    expect(await createProbe(ask)()).toEqual({ ok: false, problem });
  });
});
