/** The `holdfast` command line: every command, on whatever context it is given. */
import { Command } from 'commander';
import { addCancelOrders } from './commands/cancel-orders.ts';
import { addCheck } from './commands/check.ts';
import { addClose } from './commands/close.ts';
import { addConfig } from './commands/config.ts';
import { addDiagnose } from './commands/diagnose.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFillHint } from './commands/fill-hint.ts';
import { addJournal } from './commands/journal.ts';
import { addMigrate } from './commands/migrate.ts';
import { addOpen } from './commands/open.ts';
import { addPause, addResume } from './commands/pause.ts';
import { addPositions } from './commands/positions.ts';
import { addProtect } from './commands/protect.ts';
import { addRecover } from './commands/recover.ts';
import { addReport } from './commands/report.ts';
import { addSet } from './commands/set.ts';
import { addShow } from './commands/show.ts';
import { addSync } from './commands/sync.ts';
import { addTranche } from './commands/tranche.ts';
import { addUp } from './commands/up.ts';
import { addVenue } from './commands/venue.ts';
import { addVerifyProtection } from './commands/verify-protection.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { reportError } from './report-error.ts';

const COMMANDS = [
  addUp,
  addOpen,
  addPositions,
  addShow,
  addSet,
  addTranche,
  addClose,
  addCancelOrders,
  addFillHint,
  addPause,
  addResume,
  addCheck,
  addDiagnose,
  addSync,
  addReport,
  addVerifyProtection,
  addProtect,
  addJournal,
  addRecover,
  addMigrate,
  addVenue,
  addDoctor,
  addConfig,
];

/** Carries out one command line (without `node` and the script) and gives its exit code. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return reportError(error, context);
  }
}

function createProgram(context: Context): Command {
  const program = new Command('holdfast')
    .description('Keeps perpetual-futures positions alive and protected.')
    .helpCommand(true)
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText(
      'after',
      `\nExit codes: ${Object.entries(EXIT)
        .map(([name, code]) => `${code} ${name.replace('notFound', 'not found')}`)
        .join(', ')}. All of it: docs/cli.md`,
    );
  for (const add of COMMANDS) add(program, context);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.err(text.trimEnd()),
    });
  }
  return program;
}
