/** `holdfast check`: do Holdfast and the exchange agree? One line, and the exit code says it too. */
import type { Command } from 'commander';
import type { CheckResult } from '../../check.ts';
import { chosenAccount } from '../arguments.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { liveBanner, modesOf } from '../render/format.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; json?: boolean };

export function addCheck(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('Compare with the exchange; exit code 6 if they differ')
    .option('-a, --account <name>', 'one account only')
    .option('--json', 'as JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast, config }) => {
      const accounts =
        options.account === undefined
          ? Object.keys(config.accounts)
          : [chosenAccount(config, options.account)];
      const results: CheckResult[] = [];
      for (const account of accounts) results.push(await holdfast.check(account));
      const banner = liveBanner(modesOf(config, accounts), context.colors);
      const lines = [...banner, ...results.map((result) => line(result, context))];
      context.out(options.json ? JSON.stringify(results, null, 2) : lines.join('\n'));
      if (results.some(({ agrees }) => !agrees)) context.exitCode = EXIT.found;
    }),
  );
}

function line({ account, agrees, positions, differences }: CheckResult, { colors }: Context): string {
  if (agrees)
    return `${colors.green('ok')} ${account}: Holdfast and exchange agree on ${positions} ${positions === 1 ? 'position' : 'positions'}`;
  const list = differences.map(({ symbol, leg, text }) => `  ${symbol} ${leg}: ${text}`);
  return [
    `${colors.red('differs')} ${account}: ${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`,
    ...list,
  ].join('\n');
}
