/** `holdfast report`: what the daily comparison found, and what a sync did. */
import type { Command } from 'commander';
import { isClean } from '../../../domain/audit/sync-report.ts';
import { countArgument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { reportsTable, reportText } from '../render/sync.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { limit?: number; json?: boolean };

const DEFAULT_LIMIT = 10;

export function addReport(program: Command, context: Context): void {
  const command = program
    .command('report')
    .description('Show what the daily comparisons found; the newest in full if something was left')
    .option('-n, --limit <count>', `at most so many (default: ${DEFAULT_LIMIT})`, countArgument)
    .option('--json', 'as JSON, see docs/cli.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast }) => {
      const reports = await holdfast.syncReports(options.limit ?? DEFAULT_LIMIT);
      if (options.json) return context.out(JSON.stringify(reports, null, 2));
      const [newest] = reports;
      context.out(reportsTable(reports, context));
      if (newest && !isClean(newest)) context.out(`\n${reportText(newest, context)}`);
    }),
  );
}
