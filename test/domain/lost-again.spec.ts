/** An order that is sent again and again, and that no list ever shows: its client id may be spent. */
import { describe, expect, it } from 'vitest';
import { PositionDriver } from '../support/position-driver.ts';

/** Every placement of a stop is lost, and no look-up finds it. */
function loseStops(position: PositionDriver, untilMs: number): void {
  for (const beganMs = position.now; position.now - beganMs < untilMs;) {
    const wanted = position.wanted();
    if (wanted.includes('place stop')) position.lose('stop');
    else if (wanted.includes('find stop')) position.find('stop', 'none');
    else position.wait(250);
    if (position.stage !== 'open') return;
  }
}

const opened = (): PositionDriver => {
  const position = new PositionDriver();
  return position.accept('entry', { filled: position.intent('entry').request.quantity });
};

describe('a stop that never appears', () => {
  it('gives way to one under another client id, after it was sent again twice', () => {
    const position = opened();
    loseStops(position, 27_000);
    const [first, second] = position.intents('stop');
    expect(first?.status).toMatchObject({ name: 'done', how: 'unsent' });
    expect(second?.request.clientOrderId).not.toBe(first?.request.clientOrderId);
  });

  it('does not hold up the emergency close for ever', () => {
    const position = opened();
    loseStops(position, 60_000);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'EMERGENCY_CLOSE' });
  });
});
