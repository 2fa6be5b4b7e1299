/** `holdfast tranche ...`: the parts of a position, each with its own stop and targets. */
import type { Command } from 'commander';
import type { MergeTranchesRequest } from '../../../contract/messages.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { TrancheRequest } from '../../api.ts';
import { actOnPosition, type ActOptions } from '../act-on-position.ts';
import { amountArgument } from '../arguments.ts';
import { addPositionArgument, chosenPosition } from '../chosen-position.ts';
import type { Context } from '../context.ts';
import { priceArgument } from '../protection-arguments.ts';
import { addProtectionOptions, askedProtection, type ProtectionOptions } from '../protection-options.ts';
import { tranchesText } from '../render/tranches.ts';
import { addWhere, withSession, type Where } from '../where.ts';
import { addCloseOptions, closePosition } from './close.ts';
import { insistOnLimit } from './open.ts';
import { setProtection } from './set.ts';

export function addTranche(program: Command, context: Context): void {
  const tranche = program
    .command('tranche')
    .description('The parts of a position, each with its own stop and targets: list, add, set, close, merge');
  addList(tranche, context);
  addAdd(tranche, context);
  addSetTranche(tranche, context);
  addCloseTranche(tranche, context);
  addMerge(tranche, context);
}

type Options = Where & ActOptions;

function addList(tranche: Command, context: Context): void {
  const command = addPositionArgument(
    tranche.command('list').description('The tranches of a position and how each is protected'),
  ).option('--json', 'as JSON: a list of TrancheView');
  addWhere(command).action((text: string, options: Options) =>
    withSession(context.session(options), async ({ holdfast, config }) => {
      const { position } = await holdfast.show(chosenPosition(text, options, config));
      context.out(
        options.json ? JSON.stringify(position.tranches, null, 2) : tranchesText(position, context),
      );
    }),
  );
}

type AddOptions = Options & ProtectionOptions & { limit?: Decimal; visible?: Decimal; requestId?: string };

function addAdd(tranche: Command, context: Context): void {
  const command = addPositionArgument(
    tranche.command('add').description("Add to a position, within its account's limits"),
  ).argument('<quantity>', 'in base units', amountArgument);
  addProtectionOptions(command)
    .option('--limit <price>', 'limit price; without it it goes at market', amountArgument)
    .option('--visible <amount>', 'of a limit entry only so much shows at a time', amountArgument)
    .option('--request-id <id>', 'sending the same id again adds nothing twice')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, quantity: Decimal, options: AddOptions) => {
    const { limit, visible, requestId } = insistOnLimit(options);
    const request: TrancheRequest = {
      quantity,
      ...(limit !== undefined && { limitPrice: limit }),
      ...(visible !== undefined && { visibleQuantity: visible }),
      ...askedProtection(options),
      ...(requestId !== undefined && { requestId }),
    };
    return withSession(context.session(options), (session) =>
      actOnPosition(context, session, text, options, {
        question: (workflowId) => `add ${quantity} to ${workflowId}`,
        send: async (ref) => (await session.holdfast.addTranche(ref, request)).position,
      }),
    );
  });
}

function addSetTranche(tranche: Command, context: Context): void {
  const command = addPositionArgument(
    tranche.command('set').description('Move or remove the protection of one tranche'),
  ).argument('<tranche>', 'its id, such as t2');
  addProtectionOptions(command)
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, id: string, options: Options & ProtectionOptions) =>
    setProtection(context, text, options, id),
  );
}

function addCloseTranche(tranche: Command, context: Context): void {
  const command = addPositionArgument(
    tranche.command('close').description('Close one tranche, whole or in part'),
  ).argument('<tranche>', 'its id, such as t2');
  addWhere(addCloseOptions(command)).action((text: string, id: string, options: Options) =>
    closePosition(context, text, options, id),
  );
}

type MergeOptions = Options & {
  into?: string;
  sl?: NonNullable<MergeTranchesRequest['stopLoss']>;
  tp?: NonNullable<MergeTranchesRequest['takeProfit']>;
};

function addMerge(tranche: Command, context: Context): void {
  const command = addPositionArgument(
    tranche.command('merge').description('Make several tranches one: all of them, unless some are named'),
  )
    .argument('[tranches...]', 'their ids, such as t1 t2')
    .option('--into <id>', 'whose protection holds for all; without it the oldest')
    .option('--sl <price>', 'another stop for all, no looser than the tightest of them', priceArgument)
    .option('--tp <price>', 'another target for all', priceArgument)
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action((text: string, ids: string[], { into, sl, tp, ...options }: MergeOptions) => {
    const request: MergeTranchesRequest = {
      ...(ids.length > 0 && { trancheIds: ids }),
      ...(into !== undefined && { into }),
      ...(sl !== undefined && { stopLoss: sl }),
      ...(tp !== undefined && { takeProfit: tp }),
    };
    return withSession(context.session(options), (session) =>
      actOnPosition(context, session, text, options, {
        question: null,
        send: (ref) => session.holdfast.mergeTranches(ref, request),
      }),
    );
  });
}
