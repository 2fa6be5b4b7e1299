/** Positions that are closed by the clock. */
import { describe, expect, it } from 'vitest';
import { nextWakeAtMs } from '../../domain/position/effects.ts';
import { timeExitAtMs } from '../../domain/position/time-exit.ts';
import { T0 } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('a time exit', () => {
  it('closes at market when its time has come, whatever the price', () => {
    const position = openPosition({ timeExit: { at: at(T0 + DAY) } });
    position.wait(DAY - 6_000);
    expect(position.stage).toBe('open');
    position.wait(6_000);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'TIME_EXIT' });
    position.accept('close', { filled: '0.05', price: '109500' });
    expect(position.state.exitReason).toBe('TIME_EXIT');
  });

  it('counts minutes from when it was open, not from when it was asked for', () => {
    const position = new PositionDriver({ limitPrice: '109000', timeExit: { afterMinutes: 90 } });
    position.accept('entry').wait(10 * MINUTE);
    expect(timeExitAtMs(position.state)).toBeNull();
    position.command({ type: 'entryFill', request: {} });
    position.find('entry', { filled: '0.05', status: 'filled' });
    expect(timeExitAtMs(position.state)).toBe(T0 + 100 * MINUTE);
    expect(nextWakeAtMs(position.state, T0 + 99 * MINUTE)).toBe(T0 + 100 * MINUTE);
  });

  it('takes back an entry that has not filled by then', () => {
    const position = new PositionDriver({ limitPrice: '100000', timeExit: { at: at(T0 + DAY) } });
    position.accept('entry').wait(DAY);
    expect(position.stage).toBe('entering');
    position.cancel('entry', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.state.exitReason).toBe('NEVER_OPENED');
  });

  it('closes what fills while its entry is taken back', () => {
    const position = new PositionDriver({ limitPrice: '100000', timeExit: { at: at(T0 + DAY) } });
    position.accept('entry').wait(DAY);
    position.cancel('entry', 'gone', { filled: '0.05', status: 'filled' });
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'TIME_EXIT' });
  });

  it('that no worker was there for happens as soon as one is', () => {
    const position = openPosition({ timeExit: { at: at(T0 + DAY) } });
    position.now = T0 + 3 * DAY;
    position.apply([]);
    expect(position.stage).toBe('closing');
  });

  it('can be set, moved and taken away', () => {
    const position = openPosition();
    position.command({ type: 'setProtection', request: { timeExit: { afterMinutes: 60 } } });
    position.command({ type: 'setProtection', request: { timeExit: { at: at(T0 + 2 * DAY) } } });
    position.wait(DAY);
    expect(position.stage).toBe('open');
    position.command({ type: 'setProtection', request: { timeExit: null } });
    expect(timeExitAtMs(position.state)).toBeNull();
    position.wait(3 * DAY);
    expect(position.stage).toBe('open');
  });

  it('of a position that was taken up counts from then', () => {
    const position = openPosition();
    const { openedHereAtMs: _unknown, ...state } = position.state;
    position.state = state;
    position.command({ type: 'setProtection', request: { timeExit: { afterMinutes: 60 } } });
    expect(timeExitAtMs(position.state)).toBe(T0 + 60 * MINUTE);
  });

  it.each([
    [{ at: 'tomorrow' }, 'timeExit.at must be a time in ISO 8601, not "tomorrow"'],
    [{ at: at(T0) }, 'timeExit.at must be in the future: "2026-01-02T03:04:05.000Z" is over'],
    [{ at: '2036-01-01T00:00:00Z' }, 'timeExit.at must be within 366 days, not "2036-01-01T00:00:00Z"'],
    [{ afterMinutes: '90' }, 'timeExit.afterMinutes must be over 0 and up to 527040, not "90"'],
    [{ afterMinutes: 1_000_000 }, 'timeExit.afterMinutes must be over 0 and up to 527040, not 1000000'],
    [{ afterMinutes: 30 }, 'timeExit would have been at 2026-01-02T03:34:05.000Z already: close it instead'],
    [{}, 'timeExit must be {"at": "2026-01-31T12:00:00Z"} or {"afterMinutes": 90}'],
    [{ in: 5 }, 'timeExit: there is no in: at, afterMinutes'],
  ])('%j is refused', (timeExit, text) => {
    const position = openPosition().wait(60 * MINUTE);
    // Requests are wrong on purpose, as people's are.
    const request = { timeExit } as never;
    expect(position.decide({ type: 'setProtection', request })).toEqual({
      refused: { code: 'bad_request', text },
    });
  });
});
