/** Whether a row of the right side and size is the position that is known: by its average, and by its dates. */
import { describe, expect, it } from 'vitest';
import { sameLife, signsOf } from '../../domain/reconcile/same-life.ts';
import { exchangePosition, gateway } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const open = () => openPosition({ positionIds: false });
const heardAtMs = (position: ReturnType<typeof open>): number => position.intent('entry').filledAtMs ?? 0;

describe('the same life', () => {
  it('is one at our average, within a tick or so, or at one that our parts can make', () => {
    const { state } = open();
    expect(sameLife(state, { entryPrice: '109206.8' })).toBe(true);
    expect(sameLife(state, { entryPrice: '109207.1' })).toBe(true);
    expect(sameLife(state, { entryPrice: '109300' })).toBe(false);
  });

  it('is one of which the exchange tells nothing', () => {
    const { entryPrice: _, ...nameless } = exchangePosition();
    expect(sameLife(open().state, signsOf(nameless))).toBe(true);
    expect(sameLife(open().state, { entryPrice: '0' })).toBe(true);
  });

  it.each(['openedAtMs', 'changedAtMs'] as const)(
    'is none with a %s later than any change we know of',
    (sign) => {
      const position = open();
      expect(sameLife(position.state, { [sign]: heardAtMs(position) + 4_000 }), 'two clocks').toBe(true);
      expect(sameLife(position.state, { [sign]: heardAtMs(position) + 6_000 })).toBe(false);
    },
  );

  it('is not forgotten while a stop is on its way: the reading is not told again', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .wait(60_000);
    position.observe({ position: exchangePosition({ entryPrice: '109500' }), orders: [] });
    expect(position.wanted(), 'the stop first').toEqual(['place stop']);
    expect(position.accept('stop').accept('target').wanted()).toEqual(['readEvidence']);
  });

  it('is not forgotten right after a fill, which the list may not show yet: it is looked at later', () => {
    const position = new PositionDriver({ positionIds: false }).accept('entry', { filled: '0.05' });
    position.accept('stop').accept('target').wait(500);
    position.observe({ position: exchangePosition({ entryPrice: '109500' }) });
    expect([position.state.suspicion?.readings, position.wanted()]).toEqual([0, []]);
    expect(position.wait(position.state.settings.positionLagMs).wanted()).toContain('readEvidence');
  });

  it('is one that funding changed, by the hour', () => {
    const position = open();
    const hourMs = Math.ceil((heardAtMs(position) + 60_000) / 3_600_000) * 3_600_000;
    expect(sameLife(position.state, { changedAtMs: hourMs + 30_000 })).toBe(true);
    expect(sameLife(position.state, { changedAtMs: hourMs + 90_000 })).toBe(false);
    expect(sameLife(position.state, { openedAtMs: hourMs + 30_000 }), 'nothing opens by funding').toBe(false);
  });

  it('is looked into, and taken at its word where no execution tells of anything; then it is known', () => {
    const position = open().wait(60_000);
    const changed = { position: exchangePosition({ changedAtMs: gateway(position.now) - 2_000 }) };
    position.observe(changed);
    expect(position.wanted()).toEqual(['readEvidence']);
    position.weigh({ reading: position.reading(changed) });
    expect([position.state.suspicion, position.wanted(), position.state.findings]).toEqual([null, [], []]);
    expect(position.observe(changed).wanted()).toEqual([]);
  });
});
