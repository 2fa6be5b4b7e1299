import { describe, expect, it } from 'vitest';
import { createLive } from '../../client/cli/live.ts';

function screen({ isTty, width = 20, height = 10 }: { isTty: boolean; width?: number; height?: number }) {
  let text = '';
  const live = createLive({
    out: (line) => void (text += `${line}\n`),
    raw: (part) => void (text += part),
    isTty,
    width,
    height,
  });
  return {
    live,
    /** What was written since the last call. */
    written: () => {
      const now = text;
      text = '';
      return now;
    },
  };
}

describe('lines that change', () => {
  it('are printed once each on a log, and again when they change', () => {
    const { live, written } = screen({ isTty: false });
    live.show(
      [],
      [
        { key: 'a', line: 'a open' },
        { key: 'b', line: 'b open' },
      ],
    );
    live.show(
      [],
      [
        { key: 'a', line: 'a open' },
        { key: 'b', line: 'b closing' },
      ],
    );
    expect(written()).toBe('a open\nb open\nb closing\n');
  });

  it('are drawn over on a terminal', () => {
    const { live, written } = screen({ isTty: true });
    live.show(['one', 'two'], []);
    expect(written()).toBe('\x1b[2Kone\n\x1b[2Ktwo\n\x1b[0J');
    live.show(['one', 'two'], []);
    expect(written()).toBe('');
    live.show(['three'], []);
    expect(written()).toBe('\x1b[2A\r\x1b[2Kthree\n\x1b[0J');
  });

  it('stay below what is printed between them', () => {
    const { live, written } = screen({ isTty: true });
    live.show(['status'], []);
    written();
    live.print('news');
    expect(written()).toBe('\x1b[1A\r\x1b[2Knews\n\x1b[2Kstatus\n\x1b[0J');
  });

  it('are cut at the edge, and the middle gives way on a low terminal', () => {
    const { live, written } = screen({ isTty: true, width: 10, height: 5 });
    live.show(['a line that is long', '2', '3', '4', '5', 'last'], []);
    expect(written()).toBe('\x1b[2Ka line ...\n\x1b[2K2\n\x1b[2K... 3 more\n\x1b[2Klast\n\x1b[0J');
  });
});
