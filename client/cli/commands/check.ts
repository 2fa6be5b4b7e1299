/** `holdfast check`: do Holdfast and the exchange agree? One line, and the exit code says it too. */
import type { Command } from 'commander';
import { whatIsWrong } from '../../../config/errors.ts';
import type { CheckResult } from '../../check.ts';
import { HoldfastError } from '../../errors.ts';
import type { Holdfast } from '../../holdfast.ts';
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
      const unusable = options.account === undefined ? Object.values(config.unusable) : [];
      const results = [
        ...(await Promise.all(accounts.map((account) => checkOne(holdfast, account, accounts)))),
        ...unusable.map(({ name, problems }) => notChecked(name, problems.map(whatIsWrong).join('; '))),
      ];
      const banner = liveBanner(modesOf(config, accounts), context.colors);
      const lines = [...banner, ...results.map((result) => line(result, context))];
      context.out(options.json ? JSON.stringify(results, null, 2) : lines.join('\n'));
      if (results.some(({ agrees }) => agrees === null)) context.exitCode = EXIT.unreachable;
      if (results.some(({ agrees }) => agrees === false)) context.exitCode = EXIT.found;
    }),
  );
}

/** `agrees` is null where the exchange could not be asked, and `error` says why. */
type Checked = CheckResult | (Omit<CheckResult, 'agrees' | 'positions'> & NotChecked);
type NotChecked = { agrees: null; positions: null; error: string };

/** Of several accounts, one that cannot be compared does not keep the others from being compared. */
async function checkOne(
  holdfast: Pick<Holdfast, 'check'>,
  account: string,
  all: readonly string[],
): Promise<Checked> {
  try {
    return await holdfast.check(account);
  } catch (error) {
    if (all.length === 1 || !(error instanceof HoldfastError)) throw error;
    return notChecked(account, error.message);
  }
}

const notChecked = (account: string, error: string): Checked => {
  const checkedAt = new Date().toISOString();
  return { account, agrees: null, positions: null, differences: [], checkedAt, error };
};

function line(checked: Checked, { colors }: Context): string {
  const { account, differences } = checked;
  if (checked.agrees === null) return `${colors.red('unknown')} ${account}: ${checked.error}`;
  if (checked.agrees)
    return `${colors.green('ok')} ${account}: Holdfast and exchange agree on ${checked.positions} ${checked.positions === 1 ? 'position' : 'positions'}`;
  const list = differences.map(({ symbol, leg, text }) => `  ${symbol} ${leg}: ${text}`);
  return [
    `${colors.red('differs')} ${account}: ${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`,
    ...list,
  ].join('\n');
}
