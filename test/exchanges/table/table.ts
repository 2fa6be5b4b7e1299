/** The conformance table (exchange x mode x card): made of test results, written as Markdown, compared with what is kept. */
import { EXCHANGE_NAMES, EXCHANGES } from '../../../domain/exchanges.ts';
import type { PositionMode } from '../../../domain/terms.ts';
import { CARD_NAMES, CARDS, type Card } from '../conformance/cards.ts';

/** What became of one test. `reason`: why it was skipped, by the test itself. */
export type CardResult = {
  exchange: string;
  mode: PositionMode;
  /** Absent: the test belongs to no card. */
  card?: Card;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
  reason?: string;
  /** The test's full name. */
  test: string;
};

/** What the tests of one card say of one exchange in one mode. */
export type Cell =
  | { is: 'proven' }
  | { is: 'not-offered'; reason: string }
  | { is: 'failed'; tests: readonly string[] }
  | { is: 'missing' };

/** One exchange in one mode. */
export type Column = { exchange: string; mode: PositionMode; cells: Readonly<Record<Card, Cell>> };

const MODES: readonly PositionMode[] = ['one-way', 'hedge'];

/** Every exchange in every mode, in the order of the table. */
export const SUBJECTS = EXCHANGE_NAMES.flatMap((exchange) => MODES.map((mode) => ({ exchange, mode })));

/** @returns the columns that have results, in the order of the table; unknown exchanges come last */
export function columnsOf(results: readonly CardResult[]): Column[] {
  const foreign = results.filter(({ exchange }) => !SUBJECTS.some((one) => one.exchange === exchange));
  const subjects = [...SUBJECTS, ...foreign.map(({ exchange, mode }) => ({ exchange, mode }))];
  const keys = new Map(subjects.map((subject) => [nameOf(subject), subject]));
  return [...keys.values()].flatMap(({ exchange, mode }) => {
    const own = results.filter((result) => result.exchange === exchange && result.mode === mode);
    if (own.length === 0) return [];
    const cells = CARD_NAMES.map((card) => [card, cellOf(own.filter((one) => one.card === card))]);
    return [{ exchange, mode, cells: Object.fromEntries(cells) as Column['cells'] }]; // every card has one
  });
}

/** One failed test fails the card; a test that ended in nothing leaves it without proof. */
function cellOf(results: readonly CardResult[]): Cell {
  const failed = results.filter(({ state }) => state === 'failed').map(({ test }) => test);
  if (failed.length > 0) return { is: 'failed', tests: failed };
  const reasons = new Set(results.filter(({ state }) => state === 'skipped').map(({ reason }) => reason));
  const [reason] = reasons;
  const proven = results.length > 0 && results.every(({ state }) => state === 'passed');
  if (proven) return { is: 'proven' };
  const skipped = results.every(({ state }) => state === 'skipped');
  return skipped && reasons.size === 1 && reason ? { is: 'not-offered', reason } : { is: 'missing' };
}

export const nameOf = ({ exchange, mode }: Pick<Column, 'exchange' | 'mode'>): string =>
  `${titleOf(exchange)}, ${mode}`;

export const titleOf = (exchange: string): string =>
  Object.entries(EXCHANGES).find(([name]) => name === exchange)?.[1].title ?? exchange;

/** What speaks against the table itself, whatever is kept: each a sentence. */
export function defectsOf(results: readonly CardResult[], columns: readonly Column[]): string[] {
  const stray = results
    .filter(({ card }) => card === undefined)
    .map(({ test }) => `belongs to no card: ${test}`);
  const cells = columns.flatMap((column) =>
    CARD_NAMES.flatMap((card) => {
      const { is } = column.cells[card];
      return is === 'failed' || is === 'missing' ? [`${is} for ${nameOf(column)}: ${CARDS[card]}`] : [];
    }),
  );
  const run = new Set(columns.map(nameOf));
  const halves = columns
    .flatMap(({ exchange }) => MODES.map((mode) => nameOf({ exchange, mode })))
    .filter((name) => !run.has(name))
    .map((name) => `no test of ${name}`);
  return [...stray, ...cells, ...halves];
}
