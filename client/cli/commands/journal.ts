/** `holdfast journal`: what became of every position, and what else is on record. */
import { Option, type Command } from 'commander';
import { isRecovered } from '../../../domain/audit/recovered-trade.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { TradeQuery } from '../../../journal/journal.ts';
import { countArgument, symbolArgument, timeArgument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { balancesTable, reconciliationsTable } from '../render/records.ts';
import { summarize, summaryLines, tradesTable } from '../render/trades.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & {
  account?: string;
  symbol?: Symbol;
  since?: string;
  until?: string;
  limit?: number;
  summary?: boolean;
  reconciliations?: boolean;
  balances?: boolean;
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
    .option('--since <time>', 'of then or later, e.g. 2026-01-31', timeArgument)
    .option('--until <time>', 'of then or earlier', timeArgument)
    .option('-n, --limit <count>', `at most so many (default: ${DEFAULT_LIMIT})`, countArgument)
    .option('--summary', 'sums per account instead of rows')
    .addOption(
      new Option('--reconciliations', 'what was brought in line with the exchange').conflicts('summary'),
    )
    .addOption(
      new Option('--balances', 'what the accounts were worth').conflicts(['summary', 'reconciliations']),
    )
    .option('--json', 'as JSON: TradeRow and others, see docs/cli.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast }) => {
      const print = <Row>(rows: readonly Row[], asTable: (rows: readonly Row[], look: Context) => string) =>
        context.out(options.json ? JSON.stringify(rows, null, 2) : asTable(rows, context));
      const query = queryOf(options);
      if (options.reconciliations) return print(await holdfast.reconciliations(query), reconciliationsTable);
      if (options.balances) return print(await holdfast.balances(query), balancesTable);
      const rows = await holdfast.trades(query);
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
