/** Tables that fit the terminal: columns have a rank, and the lowest ranks give way first. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

export type Column<Row> = {
  head: string;
  cell: (row: Row) => string;
  align?: 'left' | 'right';
  /** 0 always shows; the higher, the sooner it is left out. */
  rank: number;
};

const GAP = 2;
const BLANK = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};

/** Lines without borders, at most `width` wide where the columns of rank 0 allow it. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
  paintHead: (text: string) => string,
): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const shown = fitting(columns, cells, width);
  const grid = new Table({
    head: shown.map((index) => paintHead(columns[index]?.head ?? '')),
    colAligns: shown.map((index) => columns[index]?.align ?? 'left'),
    chars: BLANK,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  grid.push(...cells.map((row) => shown.map((index) => row[index] ?? '')));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Indexes of the columns that fit, in their order. */
function fitting<Row>(columns: readonly Column<Row>[], cells: readonly string[][], width: number): number[] {
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...cells.map((row) => visible(row[index] ?? ''))),
  );
  const shown = columns.map((_, index) => index);
  const total = () => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + GAP, -GAP);
  while (total() > width) {
    const ranks = shown.map((index) => columns[index]?.rank ?? 0);
    const highest = Math.max(...ranks);
    if (highest === 0) break;
    shown.splice(ranks.lastIndexOf(highest), 1);
  }
  return shown;
}

const visible = (text: string): number => stripVTControlCharacters(text).length;
