/** `holdfast sync`: shows what would bring bot and exchanges together; with `--execute`, does it. */
import type { Command } from 'commander';
import type { HoldfastConfig } from '../../../config/config.ts';
import type { AdoptionPolicy } from '../../../domain/commands.ts';
import { planSync } from '../../../domain/sync-plan.ts';
import { isClean, type SyncReport } from '../../../domain/sync-report.ts';
import { meantAccounts } from '../accounts.ts';
import { policyArgument } from '../arguments.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { diagnosisText, isDiagnosis, type Diagnosed } from '../render/differences.ts';
import { liveBanner, modesOf } from '../render/format.ts';
import { planText, reportText, type Plan } from '../render/sync.ts';
import { addWhere, withSession, type Where } from '../where.ts';
import { diagnoseAll, exitCodeOf } from './diagnose.ts';

type Options = Where & {
  account?: string;
  policy?: AdoptionPolicy;
  execute?: boolean;
  yes?: boolean;
  json?: boolean;
};

export function addSync(program: Command, context: Context): void {
  const command = program
    .command('sync')
    .description('Show what would bring Holdfast and the exchanges together; --execute does it')
    .option('-a, --account <name>', 'one account only')
    .option('--execute', 'do it, through the worker; without it nothing is changed')
    .option(
      '--policy <policy>',
      'how positions are taken up that nobody keeps: ignore, watch, protect or manage (default: as configured, protect where that is ignore)',
      policyArgument,
    )
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'as JSON, see docs/cli.md');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), (session) => sync(context, session, options)),
  );
}

async function sync(context: Context, session: Session, options: Options): Promise<void> {
  const { config } = session;
  const found = await diagnoseAll(session, options);
  const plans = plansOf(found, config, options.policy);
  const banner = liveBanner(modesOf(config, meantAccounts(config, options.account)), context.colors);
  const say = (...lines: string[]): void => {
    if (options.json !== true) context.out(lines.join('\n'));
  };
  say(...banner, ...unknownLines(found, context), planText(plans, context));
  const doable = plans.filter(({ actions }) => actions.some(({ action }) => action !== 'by_hand'));
  context.exitCode = exitCodeOf(found);
  if (options.execute !== true || doable.length === 0) {
    if (options.json === true)
      context.out(JSON.stringify({ executed: false, plans, diagnoses: found }, null, 2));
    else if (doable.length > 0) say('Nothing was changed. Add --execute to do it.');
    return;
  }
  const accounts = doable.map(({ account }) => account);
  if (!(await allowed(context, session, accounts, options))) return;
  const report = await executed(session, accounts, options.policy);
  context.out(
    options.json === true
      ? JSON.stringify({ executed: true, plans, report }, null, 2)
      : reportText(report, context),
  );
  context.exitCode = codeAfter(report, found);
}

/** Whoever asks for a sync wants what is found taken care of: `ignore` is for what happens by itself. */
const policyFor = (
  { accounts }: HoldfastConfig,
  account: string,
  asked: AdoptionPolicy | undefined,
): AdoptionPolicy => {
  const configured = accounts[account]?.adoption.policy ?? 'protect';
  return asked ?? (configured === 'ignore' ? 'protect' : configured);
};

const plansOf = (
  found: readonly Diagnosed[],
  config: HoldfastConfig,
  asked: AdoptionPolicy | undefined,
): Plan[] =>
  found.filter(isDiagnosis).map(({ account, differences }) => ({
    account,
    actions: planSync(differences, policyFor(config, account, asked)),
  }));

const unknownLines = (found: readonly Diagnosed[], context: Context): string[] => {
  const unknown = found.filter((one) => !isDiagnosis(one));
  return unknown.length === 0 ? [] : [diagnosisText(unknown, context)];
};

/** A person is asked once, for all accounts with real money. */
async function allowed(
  context: Context,
  { config }: Session,
  accounts: readonly string[],
  { yes }: Options,
): Promise<boolean> {
  const live = accounts.filter((account) => config.accounts[account]?.mode === 'live');
  if (live.length === 0) return true;
  return confirmLive(context, 'live', `sync ${live.join(', ')}`, yes);
}

/** Accounts that are taken up by different policies go one policy after the other. */
async function executed(
  { holdfast, config }: Session,
  accounts: readonly string[],
  asked: AdoptionPolicy | undefined,
): Promise<SyncReport> {
  const groups = Map.groupBy(accounts, (account) => policyFor(config, account, asked));
  const reports: SyncReport[] = [];
  for (const [policy, group] of groups) reports.push(await holdfast.sync({ accounts: group, policy }));
  const [first] = reports;
  if (!first) throw new Error('there was no account to sync');
  return { ...first, accounts: reports.flatMap((report) => report.accounts) };
}

/** What was found before counts only where it was not worked on. */
function codeAfter(report: SyncReport, found: readonly Diagnosed[]): number {
  const worked = new Set(report.accounts.map(({ account }) => account));
  const others = exitCodeOf(found.filter(({ account }) => !worked.has(account)));
  if (isClean(report)) return others;
  return report.accounts.some((each) => each.state === 'examined' && !each.after.agrees)
    ? EXIT.found
    : EXIT.unreachable;
}
