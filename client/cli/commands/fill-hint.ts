/** `holdfast fill-hint POSITION`: somebody heard of a fill of the entry; it is looked up at once. */
import type { Command } from 'commander';
import { actOnPosition, type ActOptions } from '../act-on-position.ts';
import { addPositionArgument } from '../chosen-position.ts';
import type { Context } from '../context.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & ActOptions & { order?: string };

export function addFillHint(program: Command, context: Context): void {
  const command = addPositionArgument(
    program
      .command('fill-hint')
      .description('Have the entry looked up at once, e.g. by a program that heard of a fill'),
  )
    .option('--order <id>', "the exchange's id of the order that filled")
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, options: Options) =>
    withSession(context.session(options), (session) =>
      actOnPosition(context, session, text, options, {
        question: null, // it is only looked
        send: (ref) =>
          session.holdfast.handleEntryFill(
            ref,
            options.order === undefined ? {} : { orderId: options.order },
          ),
      }),
    ),
  );
}
