/** `holdfast diagnose`: every difference between what is kept here and the exchanges, read-only. */
import type { Command } from 'commander';
import { eachAccount, meantAccounts, unusableAccounts } from '../accounts.ts';
import { daysArgument } from '../arguments.ts';
import type { Context, Session } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { diagnosisText, isDiagnosis, type Diagnosed } from '../render/differences.ts';
import { liveBanner, modesOf } from '../render/format.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; days?: number; json?: boolean };

export function addDiagnose(program: Command, context: Context): void {
  const command = program
    .command('diagnose')
    .description('Compare everything with the exchanges, in full; changes nothing')
    .option('-a, --account <name>', 'one account only')
    .option('--days <count>', 'how far back closed positions are looked for (default: 2)', daysArgument)
    .option('--json', 'as JSON, see docs/cli.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async (session) => {
      const all = await diagnoseAll(session, options);
      const banner = liveBanner(
        modesOf(session.config, meantAccounts(session.config, options.account)),
        context.colors,
      );
      context.out(
        options.json ? JSON.stringify(all, null, 2) : [...banner, diagnosisText(all, context)].join('\n'),
      );
      context.exitCode = exitCodeOf(all);
    }),
  );
}

/** All accounts in one run, each compared with its own exchange. */
export async function diagnoseAll(
  { holdfast, config }: Pick<Session, 'holdfast' | 'config'>,
  { account, days }: Pick<Options, 'account' | 'days'>,
): Promise<Diagnosed[]> {
  const found = await eachAccount(meantAccounts(config, account), (name) =>
    holdfast.diagnose(name, days === undefined ? {} : { days }),
  );
  return [...found, ...unusableAccounts(config, account)];
}

export function exitCodeOf(all: readonly Diagnosed[]): number {
  if (all.some((one) => isDiagnosis(one) && !one.agrees)) return EXIT.found;
  return all.every(isDiagnosis) ? EXIT.ok : EXIT.unreachable;
}
