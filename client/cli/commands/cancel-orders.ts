/** `holdfast cancel-orders POSITION`: takes back what rests of the entry, and closes at a limit. */
import type { Command } from 'commander';
import type { CancelOrdersRequest } from '../../../contract/messages.ts';
import { actOnPosition, type ActOptions } from '../act-on-position.ts';
import { addPositionArgument } from '../chosen-position.ts';
import type { Context } from '../context.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & ActOptions & { entry?: boolean; close?: boolean; tranche?: string };

export function addCancelOrders(program: Command, context: Context): void {
  const command = addPositionArgument(
    program
      .command('cancel-orders')
      .description('Take back what rests of the entry, and closes at a limit; stops and targets stay'),
  )
    .option('--entry', 'only what rests of the entry')
    .option('--close', 'only closes at a limit')
    .option('--tranche <id>', 'one tranche only')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, options: Options) => {
    const roles = (['entry', 'close'] as const).filter((role) => options[role]);
    const request: CancelOrdersRequest = {
      ...(roles.length > 0 && { roles }),
      ...(options.tranche !== undefined && { trancheId: options.tranche }),
    };
    return withSession(context.session(options), (session) =>
      actOnPosition(context, session, text, options, {
        question: null,
        send: (ref) => session.holdfast.cancelOrders(ref, request),
      }),
    );
  });
}
