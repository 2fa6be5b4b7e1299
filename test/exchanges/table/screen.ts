/** The conformance table at the end of a run: one column an exchange, a mark for each mode. */
import Table from 'cli-table3';
import { CARD_NAMES, CARDS } from '../conformance/cards.ts';
import { titleOf, type Cell, type Column } from './table.ts';

const MARKS: Record<Cell['is'], string> = {
  proven: 'yes',
  'not-offered': '-',
  failed: 'FAILED',
  missing: '?',
};

const BARE = { top: '', bottom: '', left: '', right: '', mid: '', middle: '', 'top-mid': '', 'top-left': '' };
const BORDERS = {
  ...BARE,
  'top-right': '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  'left-mid': '',
  'mid-mid': '',
  'right-mid': '',
};

export function screenOf(columns: readonly Column[]): string {
  const exchanges = [...new Set(columns.map(({ exchange }) => exchange))];
  const table = new Table({
    head: ['', ...exchanges.map(titleOf)],
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const card of CARD_NAMES) table.push([CARDS[card], ...exchanges.map((name) => marks(name, card))]);
  const modes = [...new Set(columns.map(({ mode }) => mode))].join(' and ');
  const lines = table.toString().split('\n');
  const title = `Conformance, in ${modes} mode (yes: proven, -: not offered)`;
  return [title, ...lines.map((line) => line.trimEnd()), ''].join('\n');

  function marks(exchange: string, card: (typeof CARD_NAMES)[number]): string {
    const words = columns
      .filter((column) => column.exchange === exchange)
      .map(({ cells }) => MARKS[cells[card].is]);
    return new Set(words).size === 1 ? (words[0] ?? '') : words.join('/');
  }
}
