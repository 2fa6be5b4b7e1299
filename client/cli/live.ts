/**
 * Lines that change in place on a terminal; elsewhere, a line for whatever changed, so that a log
 * stays readable.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Context } from './context.ts';

/** One thing that has a line of its own; `key` stays the same while its line changes. */
export type LiveLine = { key: string; line: string };

export type Live = {
  /** @param screen what a terminal shows in place; @param lines what a log gets, as far as it changed */
  show(screen: readonly string[], lines: readonly LiveLine[]): void;
  /** Prints above the changing lines. */
  print(text: string): void;
  /** Leaves the last state standing. */
  end(): void;
};

type Output = Pick<Context, 'out' | 'raw' | 'isTty' | 'width' | 'height'>;

export function createLive(output: Output): Live {
  return output.isTty ? onTerminal(output) : onLog(output);
}

function onTerminal(output: Output): Live {
  let shown: string[] = [];
  // One write per change, so that nothing flickers: up to the first line, new text, clear what is left.
  const draw = (next: string[], above = ''): void => {
    const rows = shown.reduce((sum, line) => sum + rowsOf(line, output.width), 0);
    const up = rows === 0 ? '' : `\x1b[${rows}A\r`;
    output.raw(`${up}${above}${next.map((line) => `\x1b[2K${clip(line, output.width)}\n`).join('')}\x1b[0J`);
    shown = next.map((line) => clip(line, output.width));
  };
  return {
    show: (lines) => {
      const screen = fitting(lines, output.height);
      if (screen.map((line) => clip(line, output.width)).join('\n') !== shown.join('\n')) draw(screen);
    },
    print: (text) =>
      draw(
        shown,
        text
          .split('\n')
          .map((line) => `\x1b[2K${line}\n`)
          .join(''),
      ),
    end: () => {
      shown = [];
    },
  };
}

/** What scrolled off the top could not be redrawn: the middle gives way, the last line stays. */
function fitting(lines: readonly string[], height: number): string[] {
  const room = Math.max(3, height - 1);
  if (lines.length <= room) return [...lines];
  return [...lines.slice(0, room - 2), `... ${lines.length - room + 1} more`, ...lines.slice(-1)];
}

/** A terminal that became narrower has wrapped what was drawn. */
const rowsOf = (line: string, width: number): number =>
  Math.max(1, Math.ceil(stripVTControlCharacters(line).length / width));

/** A line longer than the terminal would wrap and break the count of lines. */
function clip(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 3))}...`;
}

function onLog({ out }: Output): Live {
  let before = new Map<string, string>();
  return {
    show: (_, lines) => {
      for (const { key, line } of lines) if (before.get(key) !== line) out(line);
      before = new Map(lines.map(({ key, line }) => [key, line]));
    },
    print: out,
    end: () => {},
  };
}
