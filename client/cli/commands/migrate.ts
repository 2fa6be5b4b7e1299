/** `holdfast migrate --from FILE`: takes positions over from an older bot's records. */
import { InvalidArgumentError, type Command } from 'commander';
import { accountConfig } from '../../../config/account.ts';
import { chosenAccount, utcOffsetArgument } from '../arguments.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { compareRecords } from '../migrate/compare.ts';
import { executePlan, TO_DO, uncovered, type Outcome } from '../migrate/execute.ts';
import { readRecords } from '../migrate/read-file.ts';
import { asksForSomebody, migrationText, type MigrationReport } from '../migrate/report.ts';
import { insistServed } from '../not-served.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & {
  from: string;
  account?: string;
  utcOffset?: string;
  execute?: boolean;
  simulateOnly?: boolean;
  yes?: boolean;
  json?: boolean;
};

export function addMigrate(program: Command, context: Context): void {
  const command = program
    .command('migrate')
    .description("Take positions over from an older bot's records: JSON state or SQLite tables")
    .requiredOption('--from <file>', 'JSON with trades[], or SQLite with position_tp_sl, order_relationships')
    .option('-a, --account <name>', 'which account; needed where there are several')
    .option('--utc-offset <offset>', 'of times that name no zone, e.g. +09:00', utcOffsetArgument)
    .option('--execute', 'do it; without it nothing is changed')
    .option('--simulate-only', 'only show what would be done, as without --execute')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'as JSON, see docs/migrating.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), (session) => migrate(context, session, options)),
  );
}

async function migrate(context: Context, session: Session, options: Options): Promise<void> {
  if (options.execute && options.simulateOnly)
    throw new InvalidArgumentError('Say either --execute or --simulate-only.');
  const account = chosenAccount(session.config, options.account);
  const { mode } = accountConfig(session.config, account);
  const { records, unreadable } = readRecords(options.from, options.utcOffset);
  const items = await compareRecords(session, account, records, context.now());
  const report: MigrationReport = {
    account,
    mode,
    from: options.from,
    executed: false,
    items: items.map((item): Outcome => ({ ...item, done: null, error: null })),
    unreadable,
    uncovered: [],
  };
  const done = options.execute ? await execute(context, session, report, options.yes) : report;
  context.out(options.json ? JSON.stringify(done, null, 2) : migrationText(done, context));
  if (asksForSomebody(done)) context.exitCode = EXIT.found;
}

async function execute(
  context: Context,
  session: Session,
  report: MigrationReport,
  yes: boolean | undefined,
): Promise<MigrationReport> {
  const { account, mode, items } = report;
  const toDo = items.filter(({ step }) => TO_DO.includes(step));
  if (toDo.some(({ step }) => step !== 'write_trade')) insistServed(session.config, account, context.now());
  const what = `carry out ${toDo.length} ${toDo.length === 1 ? 'step' : 'steps'} on ${account}; the old bot is stopped`;
  if (toDo.length > 0 && !(await confirmLive(context, mode, what, yes))) return report;
  const outcomes = await executePlan(session, account, items);
  const naked = await uncovered(context, session, account, outcomes);
  return { ...report, executed: true, items: outcomes, uncovered: naked };
}
