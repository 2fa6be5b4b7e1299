/** `holdfast check`: do Holdfast and the exchange agree? One line, and the exit code says it too. */
import type { Command } from 'commander';
import type { TruthReport } from '../../../config/serving.ts';
import type { CheckResult } from '../../check.ts';
import { eachAccount, meantAccounts, unusableAccounts } from '../accounts.ts';
import type { Context } from '../context.ts';
import { entriesLines } from '../entries.ts';
import { EXIT } from '../exit-codes.ts';
import { reportsOf } from '../not-served.ts';
import { liveBanner, modesOf, plural } from '../render/format.ts';
import { truthText } from '../render/truth.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; json?: boolean };

export function addCheck(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('Compare with the exchange; exit code 6 if they differ')
    .option('-a, --account <name>', 'one account only')
    .option('--json', 'as JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async (session) => {
      const { holdfast, config } = session;
      const accounts = meantAccounts(config, options.account);
      const checked = await eachAccount<Checked | Unknown>(accounts, (account) => holdfast.check(account));
      const reports = reportsOf(config, context.now());
      const results = [...checked, ...unusableAccounts(config, options.account)].map((each) => ({
        ...('error' in each ? notChecked(each) : each),
        truth: reports.get(each.account)?.truth ?? null,
      }));
      const banner = liveBanner(modesOf(config, accounts), context.colors);
      const off = await entriesLines(session, accounts, context);
      const lines = [...banner, ...results.map((result) => line(result, context)), ...off];
      if (options.json) for (const text of off) context.err(text);
      context.out(options.json ? JSON.stringify(results, null, 2) : lines.join('\n'));
      if (results.some(({ agrees }) => agrees === null)) context.exitCode = EXIT.unreachable;
      if (results.some(({ agrees }) => agrees === false)) context.exitCode = EXIT.found;
    }),
  );
}

/** `agrees` is null where the exchange could not be asked, and `error` says why. */
type Checked = CheckResult | (Omit<CheckResult, 'agrees' | 'positions'> & NotChecked);
type NotChecked = { agrees: null; positions: null; error: string };

/** What the worker that watches the account knows of it; null where none says anything. */
type Known = { truth: TruthReport | null };

type Unknown = { account: string; error: string };

const notChecked = ({ account, error }: Unknown): Checked => {
  const checkedAt = new Date().toISOString();
  return { account, agrees: null, positions: null, differences: [], checkedAt, error };
};

function line(checked: Checked & Known, { colors }: Context): string {
  const { account, differences, truth } = checked;
  if (checked.agrees === null) return `${colors.red('unknown')} ${account}: ${checked.error}`;
  if (checked.agrees)
    return `${colors.green('ok')} ${account}: Holdfast and exchange agree on ${plural(checked.positions, 'position', 'positions')}${truth ? `; ${truthText(truth, colors)}` : ''}`;
  const list = differences.map(({ symbol, leg, text }) => `  ${symbol} ${leg}: ${text}`);
  return [
    `${colors.red('differs')} ${account}: ${plural(differences.length, 'difference', 'differences')}`,
    ...list,
  ].join('\n');
}
