/** `holdfast journal`: what became of every position. */
import type { Command } from 'commander';
import { isRecovered } from '../../../domain/recovered-trade.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { TradeQuery } from '../../../journal/journal.ts';
import { countArgument, symbolArgument, timeArgument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { summarize, summaryLines, tradesTable } from '../render/trades.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & {
  account?: string;
  symbol?: Symbol;
  since?: string;
  until?: string;
  limit?: number;
  summary?: boolean;
  json?: boolean;
};

const DEFAULT_LIMIT = 50;
/** A summary adds up everything, within reason. */
const SUMMARY_LIMIT = 100_000;

export function addJournal(program: Command, context: Context): void {
  const command = program
    .command('journal')
    .description('List finished trades, newest first')
    .option('-a, --account <name>', 'of one account only')
    .option('--symbol <symbol>', 'of one symbol only', symbolArgument)
    .option('--since <time>', 'ended then or later, e.g. 2026-01-31', timeArgument)
    .option('--until <time>', 'ended then or earlier', timeArgument)
    .option('-n, --limit <count>', `at most so many (default: ${DEFAULT_LIMIT})`, countArgument)
    .option('--summary', 'sums per account instead of rows')
    .option('--json', 'as JSON: TradeRow, see docs/cli.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast }) => {
      const rows = await holdfast.trades(queryOf(options));
      const result = options.summary
        ? summarize(rows)
        : rows.map((row) => ({ ...row, recovered: isRecovered(row) }));
      if (options.json) return context.out(JSON.stringify(result, null, 2));
      context.out(
        options.summary ? summaryLines(summarize(rows), context.colors) : tradesTable(rows, context),
      );
    }),
  );
}

function queryOf({ account, symbol, since, until, limit, summary }: Options): TradeQuery {
  return {
    ...(account !== undefined && { account }),
    ...(symbol !== undefined && { symbol }),
    ...(since !== undefined && { sinceAt: since }),
    ...(until !== undefined && { untilAt: until }),
    limit: limit ?? (summary ? SUMMARY_LIMIT : DEFAULT_LIMIT),
  };
}
