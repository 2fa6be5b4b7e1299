/** `holdfast set POSITION`: moves or removes stop, targets, trailing, break-even and time exit. */
import { InvalidArgumentError, type Command } from 'commander';
import type { SetProtectionRequest } from '../../../contract/messages.ts';
import { actOnPosition, type ActOptions } from '../act-on-position.ts';
import { addPositionArgument } from '../chosen-position.ts';
import type { Context } from '../context.ts';
import {
  addProtectionOptions,
  addTimeExit,
  askedProtection,
  dropsStop,
  orNull,
  type ProtectionOptions,
  type TimeExitOption,
} from '../protection-options.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & ActOptions & ProtectionOptions & TimeExitOption & { tranche?: string };

export function addSet(program: Command, context: Context): void {
  const command = addPositionArgument(
    program
      .command('set')
      .description('Move or remove stop, targets, trailing, break-even and time exit')
      .addHelpText(
        'after',
        '\nA stop that is set by hand holds: it ends trailing and break-even, unless they are named too.',
      ),
  );
  addTimeExit(addProtectionOptions(command))
    .option('--tranche <id>', 'one tranche only')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, options: Options) =>
    setProtection(context, text, options, options.tranche),
  );
}

/** Throws `InvalidArgumentError` where nothing is to be set. */
export async function setProtection(
  context: Context,
  text: string,
  options: Omit<Options, 'tranche'>,
  tranche: string | undefined,
): Promise<void> {
  const wish = askedProtection(options);
  const { timeExit } = options;
  if (Object.keys(wish).length === 0 && timeExit === undefined)
    throw new InvalidArgumentError('Say what to set: --sl, --tp, --trail, --break-even or --time-exit.');
  const request: SetProtectionRequest = {
    ...(tranche !== undefined && { trancheId: tranche }),
    ...wish,
    ...(timeExit !== undefined && { timeExit: orNull(timeExit) }),
  };
  await withSession(context.session(options), (session) =>
    actOnPosition(context, session, text, options, {
      // Moving a stop is everyday work; taking it away leaves real money uncovered.
      question: dropsStop(options) ? (workflowId) => `remove the stop of ${workflowId}` : null,
      send: (ref) => session.holdfast.setProtection(ref, request),
    }),
  );
}
