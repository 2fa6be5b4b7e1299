import { describe, expect, it } from 'vitest';
import { waitUntilOpen } from '../../client/cli/wait-until-open.ts';
import { HoldfastError } from '../../client/errors.ts';
import type { PositionView } from '../../domain/view.ts';
import { view } from './views.ts';

/** Answers in their order, the last one for ever; every question takes a step of time. */
async function waiting(answers: readonly (PositionView | HoldfastError)[], stepMs = 250) {
  let asked = 0;
  let nowMs = 0;
  const result = await waitUntilOpen(
    { now: () => nowMs, pause: async () => ((nowMs += stepMs), true) },
    {
      show: async () => {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        if (answer instanceof HoldfastError) throw answer;
        return { position: answer ?? view(), answeredBy: 'workflow' };
      },
    },
    view().workflowId,
  );
  return { ...result, nowMs };
}

const entering = view({ stage: 'entering', covered: false, exchangePositionId: null });

describe('waiting for an entry', () => {
  it('ends when it is open, covered and has its position id', async () => {
    const result = await waiting([
      entering,
      view({ covered: false }),
      view({ exchangePositionId: null }),
      view(),
    ]);
    expect(result).toMatchObject({ settled: true, nowMs: 750 });
  });

  it('waits for a position id only so long', async () => {
    expect(await waiting([view({ exchangePositionId: null })])).toMatchObject({
      settled: true,
      nowMs: 4_000,
    });
  });

  it('lasts while a worker restarts', async () => {
    expect(await waiting([new HoldfastError('no_worker', ''), entering, view()])).toMatchObject({
      settled: true,
    });
  });

  it('ends when the entry came to nothing', async () => {
    expect((await waiting([entering, view({ stage: 'closed', quantity: '0' })])).shown.position.stage).toBe(
      'closed',
    );
  });

  it('gives up the waiting, not the entry, after a minute', async () => {
    expect(await waiting([entering])).toMatchObject({ settled: false, nowMs: 60_000 });
  });

  it('does not hide what will not pass', async () => {
    await expect(waiting([new HoldfastError('no_such_position', 'gone')])).rejects.toMatchObject({
      code: 'no_such_position',
    });
  });
});
