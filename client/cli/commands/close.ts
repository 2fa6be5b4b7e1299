/** `holdfast close POSITION`: closes it at market or a limit, whole or in part. `close --all`: everything. */
import { InvalidArgumentError, type Command } from 'commander';
import type { ClosePositionRequest } from '../../../contract/messages.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { actOnPosition, type ActOptions } from '../act-on-position.ts';
import { amountArgument } from '../arguments.ts';
import { addPositionOptions } from '../chosen-position.ts';
import { closeAll } from '../close-all.ts';
import type { Context } from '../context.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type CloseOptions = Where & ActOptions & { quantity?: Decimal; limit?: Decimal };
type Options = CloseOptions & { tranche?: string; all?: boolean };

export function addClose(program: Command, context: Context): void {
  const command = addPositionOptions(
    program
      .command('close')
      .description('Close a position, whole or in part; or all of them')
      .argument('[position]', 'its symbol (btc, BTC/USDT:USDT) or workflow id'),
  );
  addCloseOptions(command)
    .option('--tranche <id>', 'one tranche only')
    .option('--all', 'every open position, of one account with --account; exit code 6 if one stays open');
  addWhere(command).action((text: string | undefined, options: Options) => {
    const { tranche, all } = options;
    if (all) return closeAll(context, refuseWithAll(text, options));
    if (text === undefined) throw new InvalidArgumentError('Say which position, or --all for every one.');
    return closePosition(context, text, options, tranche);
  });
}

/** How much, at which price, and how it is answered. */
export const addCloseOptions = (command: Command): Command =>
  command
    .option('--quantity <amount>', 'how much of it, in base units; without it all', amountArgument)
    .option('--limit <price>', 'at this price or better, resting until it fills', amountArgument)
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');

function refuseWithAll(text: string | undefined, options: Options): Options {
  const named = (['quantity', 'limit', 'tranche', 'leg'] as const).find((key) => options[key] !== undefined);
  if (text === undefined && named === undefined) return options;
  throw new InvalidArgumentError(`--all closes everything at market: leave out ${text ?? `--${named}`}.`);
}

/** At market or a limit, all of it or a part. */
export function closePosition(
  context: Context,
  text: string,
  options: CloseOptions,
  tranche: string | undefined,
): Promise<void> {
  const { quantity, limit } = options;
  const request: ClosePositionRequest = {
    ...(quantity !== undefined && { quantity }),
    ...(tranche !== undefined && { trancheId: tranche }),
    ...(limit !== undefined && { limitPrice: limit }),
  };
  const part = tranche === undefined ? '' : `tranche ${tranche} of `;
  return withSession(context.session(options), (session) =>
    actOnPosition(context, session, text, options, {
      question: (workflowId) => `close ${quantity ?? 'all'} of ${part}${workflowId}`,
      send: (ref) => session.holdfast.close(ref, request),
    }),
  );
}
