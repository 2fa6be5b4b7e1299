/** The conformance table as it is kept: stable, so that it changes only when a gateway does. */
import { CARD_NAMES, CARDS } from '../conformance/cards.ts';
import { nameOf, type Cell, type Column } from './table.ts';

const INTRODUCTION = `# Conformance

What the conformance suite (\`test/exchanges/conformance.ts\`) proves of each gateway, in each position mode, against a venue
that speaks the exchange's protocol. Made of the results of the tests: \`npm test -- conformance.spec -u\` writes this file, and
every run of the suite fails that does not agree with it.

\`yes\`: every test of the card passed. \`no\`: the exchange does not offer it, for the reason of that number.
`;

export function markdownOf(columns: readonly Column[]): string {
  const reasons = reasonsOf(columns);
  const rows = CARD_NAMES.map((card) => [
    CARDS[card],
    ...columns.map(({ cells }) => wordFor(cells[card], reasons)),
  ]);
  const head = ['', ...columns.map(nameOf)];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return [INTRODUCTION, ...lines, '', ...notes, ''].join('\n');
}

/** In the order in which the table comes to them. */
function reasonsOf(columns: readonly Column[]): string[] {
  const all = CARD_NAMES.flatMap((card) =>
    columns.flatMap(({ cells: { [card]: cell } }) => (cell.is === 'not-offered' ? [cell.reason] : [])),
  );
  return [...new Set(all)];
}

function wordFor(cell: Cell, reasons: readonly string[]): string {
  if (cell.is === 'proven') return 'yes';
  return cell.is === 'not-offered' ? `no (${reasons.indexOf(cell.reason) + 1})` : cell.is.toUpperCase();
}

/**
 * Where what is kept and what was run differ, each a sentence. Of a run of some exchanges only theirs are compared.
 *
 * @param kept the file's text; empty if there is none
 */
export function differences(kept: string, columns: readonly Column[]): string[] {
  const keptCells = cellsOf(kept);
  const runCells = cellsOf(markdownOf(columns));
  return columns.flatMap((column) => {
    const name = nameOf(column);
    if (!keptCells.has(name)) return [`has no column for ${name}`];
    const [before, now] = [keptCells.get(name), runCells.get(name)];
    const cards = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])]);
    return [...cards].flatMap((card) => {
      const [was, is] = [before?.get(card) ?? 'nothing', now?.get(card) ?? 'nothing'];
      return was === is ? [] : [`says "${was}" where the run says "${is}" for ${name}: ${card}`];
    });
  });
}

type Words = Map<string, string>;

/** Column by column: card to word, with the reason in place of its number. */
function cellsOf(markdown: string): Map<string, Words> {
  const lines = markdown.split('\n');
  const reasons = lines.flatMap((line) => /^\d+\. (.*)$/.exec(line)?.[1] ?? []);
  const [head = [], , ...rows] = lines.filter((line) => line.startsWith('|')).map(splitRow);
  const spelled = (word: string): string =>
    word.replace(/^no \((\d+)\)$/, (_, number) => `no: ${reasons[Number(number) - 1] ?? 'without a reason'}`);
  return new Map(
    head
      .slice(1)
      .map((name, index) => [
        name,
        new Map(rows.map(([card = '', ...words]) => [card, spelled(words[index] ?? '')])),
      ]),
  );
}

const splitRow = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
