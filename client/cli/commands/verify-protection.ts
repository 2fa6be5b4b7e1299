/** `holdfast verify-protection`: does a live stop cover every position? Asks the exchange, and nobody else. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { protectionText } from '../protection/render.ts';
import { exitCodeOf, eachAccount } from '../protection/each-account.ts';
import { readProtection } from '../protection/reading.ts';
import { protectionOf } from '../protection/report.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; json?: boolean };

export function addVerifyProtection(program: Command, context: Context): void {
  const command = program
    .command('verify-protection')
    .description('Ask the exchange whether live stops cover every position; exit code 6 if not')
    .option('-a, --account <name>', 'one account only')
    .option('--json', 'as JSON');
  addWhere(command).action((options: Options) =>
    withSession(context.direct(options), async (direct) => {
      const accounts = await eachAccount(direct, options.account, context.now(), async (account, exchange) =>
        protectionOf(account, await readProtection(exchange, context.pause)),
      );
      context.out(options.json ? JSON.stringify(accounts, null, 2) : protectionText(accounts, context));
      context.exitCode = exitCodeOf(accounts);
    }),
  );
}
