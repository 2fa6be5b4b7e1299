/** `holdfast set POSITION`: moves or removes stop and target. */
import { InvalidArgumentError, type Command } from 'commander';
import type { ProtectionPrice, SetProtectionRequest } from '../../../contract/messages.ts';
import { protectionOrNone } from '../arguments.ts';
import { addPositionArgument, chosenPosition, modeOf, type PositionOptions } from '../chosen-position.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { positionCard } from '../render/position-card.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where &
  PositionOptions & {
    sl?: ProtectionPrice | 'none';
    tp?: ProtectionPrice | 'none';
    tranche?: string;
    yes?: boolean;
    json?: boolean;
  };

export function addSet(program: Command, context: Context): void {
  const command = addPositionArgument(
    program.command('set').description('Move or remove stop loss and take profit'),
  )
    .option('--sl <price|percent|none>', 'stop loss: 42500, 1% from the entry, or none', protectionOrNone)
    .option('--tp <price|percent|none>', 'take profit: 44000, 2% from the entry, or none', protectionOrNone)
    .option('--tranche <id>', 'one tranche only')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, options: Options) =>
    withSession(context.session(options), (session) => set(context, session, text, options)),
  );
}

async function set(
  context: Context,
  { holdfast, config }: Session,
  text: string,
  options: Options,
): Promise<void> {
  const { sl, tp, tranche } = options;
  if (sl === undefined && tp === undefined)
    throw new InvalidArgumentError('Say what to set: --sl PRICE, --tp PRICE, or both.');
  const ref = chosenPosition(text, options, config);
  const { workflowId } = 'workflowId' in ref ? ref : (await holdfast.show(ref)).position;
  // Moving a stop is everyday work; taking it away leaves real money uncovered.
  if (
    sl === 'none' &&
    !(await confirmLive(context, modeOf(workflowId, config), `remove the stop of ${workflowId}`, options.yes))
  )
    return;
  const request: SetProtectionRequest = {
    ...(tranche !== undefined && { trancheId: tranche }),
    ...(sl !== undefined && { stopLoss: orNull(sl) }),
    ...(tp !== undefined && { takeProfit: orNull(tp) }),
  };
  const position = await holdfast.setProtection({ workflowId }, request);
  context.out(
    options.json
      ? JSON.stringify(position, null, 2)
      : positionCard({ position, answeredBy: 'workflow' }, context.colors, context.now()),
  );
}

const orNull = (wish: ProtectionPrice | 'none'): ProtectionPrice | null => (wish === 'none' ? null : wish);
