/** `holdfast pause` and `holdfast resume`: whether an account takes new entries. */
import type { Command } from 'commander';
import type { AccountView } from '../../../contract/messages.ts';
import { chosenAccount } from '../arguments.ts';
import type { Context } from '../context.ts';
import { keptOut } from '../entries.ts';
import { liveBanner } from '../render/format.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; reason?: string; json?: boolean };

export function addPause(program: Command, context: Context): void {
  const command = program
    .command('pause')
    .description('Take no new entries; open positions stay kept and protected')
    .option('-a, --account <name>', 'which account; needed where there are several')
    .option('--reason <text>', 'shown to whoever is refused')
    .option('--json', 'answer in JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast, config }) =>
      print(context, await holdfast.pause(chosenAccount(config, options.account), options.reason), options),
    ),
  );
}

export function addResume(program: Command, context: Context): void {
  const command = program
    .command('resume')
    .description('Take new entries again: ends a pause, and a halt once its orders were looked at')
    .option('-a, --account <name>', 'which account; needed where there are several')
    .option('--json', 'answer in JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), async ({ holdfast, config }) =>
      print(context, await holdfast.resume(chosenAccount(config, options.account)), options),
    ),
  );
}

function print({ out, colors }: Context, view: AccountView, { json }: Options): void {
  if (json) return out(JSON.stringify(view, null, 2));
  const open = `${view.legs.length} of ${view.limits.maxOpenPositions} positions`;
  const off = keptOut(view, colors).join(', ');
  const state = off || colors.green('taking entries');
  out(
    [
      ...liveBanner([view.mode], colors),
      `${colors.bold(view.account)} on ${view.exchange}, ${view.mode}: ${state}, ${open}`,
    ].join('\n'),
  );
}
