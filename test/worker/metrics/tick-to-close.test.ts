/** From the tick that crossed a level to the answer to the close order. */
import { describe, expect, it } from 'vitest';
import { createTickToClose } from '../../../worker/metrics/tick-to-close.ts';

function measuring() {
  const clock = { nowMs: 0 };
  const seconds: number[] = [];
  const measure = createTickToClose(
    () => clock.nowMs,
    (took) => seconds.push(took),
  );
  return { clock, seconds, ...measure };
}

describe('from tick to close', () => {
  it('counts from the first crossing of that very position, once', () => {
    const { clock, seconds, crossed, closed } = measuring();
    crossed('p');
    clock.nowMs = 10;
    crossed('p'); // its other level, or the same told again
    crossed('q');
    clock.nowMs = 14;
    closed('p');
    closed('p');
    expect(seconds).toEqual([0.014]);
  });

  it('says nothing of a close that no tick asked for', () => {
    const { seconds, closed } = measuring();
    closed('p');
    expect(seconds).toEqual([]);
  });

  it('forgets a crossing that led to no close', () => {
    const { clock, seconds, crossed, closed } = measuring();
    crossed('p');
    clock.nowMs = 120_001;
    closed('p');
    crossed('p');
    clock.nowMs += 5;
    closed('p');
    expect(seconds).toEqual([0.005]);
  });

  it('remembers only so many', () => {
    const { seconds, crossed, closed } = measuring();
    for (let index = 0; index < 10_003; index += 1) crossed(`p${index}`);
    closed('p0');
    closed('p10002');
    expect(seconds).toEqual([0]);
  });
});
