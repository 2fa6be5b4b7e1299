/**
 * `holdfast protect`: covers every position that is not covered, straight on the exchange: for when
 * Holdfast itself is down. What a running Holdfast keeps is left to it.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { AccountConfig } from '../../../config/config.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { confirmLive } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Direct } from '../direct.ts';
import { eachAccount, exitCodeOf } from '../protection/each-account.ts';
import { execute, planAccount, type Protecting } from '../protection/protect-account.ts';
import { readProtection } from '../protection/reading.ts';
import { modesOf } from '../render/format.ts';
import { protectionText } from '../protection/render.ts';
import {
  doneOrders,
  leftOf,
  plannedOrders,
  protectionOf,
  type AccountProtection,
} from '../protection/report.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & {
  account?: string;
  checkOnly?: boolean;
  force?: boolean;
  yes?: boolean;
  json?: boolean;
};

export function addProtect(program: Command, context: Context): void {
  const command = program
    .command('protect')
    .description('Place the stops that are missing, straight on the exchange; exit code 6 if any still is')
    .option('-a, --account <name>', 'one account only')
    .option('--check-only', 'say what would be placed, and place nothing')
    .option('--force', 'also for positions that a running Holdfast keeps')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'as JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.direct(options), (direct) => protect(context, direct, options)),
  );
}

async function protect(context: Context, direct: Direct, options: Options): Promise<void> {
  insistOnYes(context, direct, options);
  const agrees = asker(context, options);
  const accounts = await eachAccount(direct, options.account, context.now(), (account, exchange) =>
    protectAccount({ account, exchange, keeps: direct.keeps }, options, context, agrees),
  );
  context.out(options.json ? JSON.stringify(accounts, null, 2) : protectionText(accounts, context));
  context.exitCode = exitCodeOf(accounts);
}

async function protectAccount(
  protecting: Protecting & { exchange: Exchange },
  options: Options,
  context: Context,
  agrees: Asker,
): Promise<AccountProtection> {
  const { account, exchange } = protecting;
  const reading = await readProtection(exchange, context.pause);
  const plans = await planAccount(protecting, reading, { force: options.force === true });
  const left = leftOf(account.name, plans);
  const orders = plannedOrders(account.name, plans);
  const planned = protectionOf(account, reading, { orders, left });
  if (orders.length === 0 || options.checkOnly === true || !(await agrees(account, planned))) return planned;
  const done = await execute(protecting, plans, reading);
  const after = await readProtection(exchange, context.pause);
  return protectionOf(account, after, { orders: doneOrders(account.name, done), left });
}

/** Where nobody can be asked, real money needs the word beforehand: not only on the day when it matters. */
function insistOnYes(context: Context, { config }: Direct, options: Options): void {
  const { account, checkOnly, yes, json } = options;
  const isLive = modesOf(config, account === undefined ? undefined : [account]).includes('live');
  if (!isLive || checkOnly === true || yes === true || (context.isTty && json !== true)) return;
  throw new InvalidArgumentError(
    'This would place orders with real money, and nobody can be asked here. Add --yes, or --check-only to look first.',
  );
}

type Asker = (account: AccountConfig, planned: AccountProtection) => Promise<boolean>;

/** One question at a time, under what it is about. */
function asker(context: Context, { yes }: Options): Asker {
  let asked: Promise<unknown> = Promise.resolve();
  return (account, planned) => {
    const ask = async (): Promise<boolean> => {
      if (account.mode !== 'live' || yes === true) return true;
      context.out(protectionText([planned], context));
      return confirmLive(context, account.mode, `place these orders on ${account.name}`, yes);
    };
    const answer = asked.then(ask);
    asked = answer.catch(() => undefined);
    return answer;
  };
}
