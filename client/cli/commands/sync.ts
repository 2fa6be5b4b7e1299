/** `holdfast sync`: shows what would bring bot and exchanges together; with `--execute`, does it. */
import type { Command } from 'commander';
import type { HoldfastConfig } from '../../../config/config.ts';
import type { AdoptionPolicy } from '../../../domain/commands.ts';
import { planSync } from '../../../domain/audit/sync-plan.ts';
import { isClean, type SyncReport } from '../../../domain/audit/sync-report.ts';
import { meantAccounts, unusableAccounts } from '../accounts.ts';
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
  const accounts = meantAccounts(config, options.account);
  if (options.json !== true)
    for (const line of liveBanner(modesOf(config, accounts), context.colors)) context.out(line);
  if (options.execute === true) return execute(context, session, accounts, options);
  const found = await diagnoseAll(session, options);
  const plans = plansOf(found, config, options.policy);
  context.exitCode = exitCodeOf(found);
  if (options.json === true)
    return context.out(JSON.stringify({ executed: false, plans, diagnoses: found }, null, 2));
  context.out([...unknownLines(found, context), planText(plans, context)].join('\n'));
  if (plans.some(({ actions }) => actions.some(({ action }) => action !== 'by_hand')))
    context.out('Nothing was changed. Add --execute to do it.');
}

/**
 * The worker plans anew, by the same planner, and reads through the gateway that serves the account: a
 * second one would take from what the exchange allows. Only a person who must be asked sees the plan before.
 */
async function execute(
  context: Context,
  session: Session,
  accounts: readonly string[],
  options: Options,
): Promise<void> {
  const { config } = session;
  if (!(await allowed(context, session, accounts, options))) return;
  const report = await executed(session, accounts, options.policy);
  const unusable = unusableAccounts(config, options.account);
  const { json } = options;
  if (json === true) context.out(JSON.stringify({ executed: true, report, unusable }, null, 2));
  else context.out([...unknownLines(unusable, context), reportText(report, context)].join('\n'));
  context.exitCode = codeOf(report, unusable.length > 0);
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

/** A person is asked once, for all accounts with real money, and sees what it would come to. */
async function allowed(
  context: Context,
  session: Session,
  accounts: readonly string[],
  options: Options,
): Promise<boolean> {
  const live = accounts.filter((account) => session.config.accounts[account]?.mode === 'live');
  if (live.length === 0 || options.yes === true || !context.isTty) return true;
  const found = await diagnoseAll(session, options);
  context.out(planText(plansOf(found, session.config, options.policy), context));
  return confirmLive(context, 'live', `sync ${live.join(', ')}`, options.yes);
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

function codeOf(report: SyncReport, hasUnusable: boolean): number {
  if (report.accounts.some((each) => each.state === 'examined' && !each.after.agrees)) return EXIT.found;
  return isClean(report) && !hasUnusable ? EXIT.ok : EXIT.unreachable;
}
