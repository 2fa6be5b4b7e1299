/** `holdfast close POSITION`: closes it at market, whole or in part. */
import type { Command } from 'commander';
import type { Decimal } from '../../../domain/decimal.ts';
import { amountArgument } from '../arguments.ts';
import { addPositionArgument, chosenPosition, modeOf, type PositionOptions } from '../chosen-position.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { positionCard } from '../render/position-card.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & PositionOptions & { quantity?: Decimal; yes?: boolean; json?: boolean };

export function addClose(program: Command, context: Context): void {
  const command = addPositionArgument(
    program.command('close').description('Close a position at market, whole or in part'),
  )
    .option('--quantity <amount>', 'how much of it, in base units; without it all', amountArgument)
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, options: Options) =>
    withSession(context.session(options), (session) => close(context, session, text, options)),
  );
}

async function close(
  context: Context,
  { holdfast, config }: Session,
  text: string,
  options: Options,
): Promise<void> {
  const ref = chosenPosition(text, options, config);
  const { workflowId } = 'workflowId' in ref ? ref : (await holdfast.show(ref)).position;
  const what = `close ${options.quantity ?? 'all'} of ${workflowId}`;
  if (!(await confirmLive(context, modeOf(workflowId, config), what, options.yes))) return;
  const position = await holdfast.close(
    { workflowId },
    options.quantity === undefined ? {} : { quantity: options.quantity },
  );
  context.out(
    options.json
      ? JSON.stringify(position, null, 2)
      : positionCard({ position, answeredBy: 'workflow' }, context.colors, context.now()),
  );
}
