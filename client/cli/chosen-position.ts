/** Which position a command means: by symbol, or by workflow id. */
import { InvalidArgumentError, type Command } from 'commander';
import type { HoldfastConfig } from '../../config/config.ts';
import { parsePositionWorkflowId } from '../../contract/ids.ts';
import type { AccountMode, LegName } from '../../domain/terms.ts';
import type { PositionRef } from '../position-ref.ts';
import { chosenAccount, legArgument, symbolArgument } from './arguments.ts';

export type PositionOptions = { account?: string; leg?: LegName };

/** The argument and options by which every command names a position. */
export const addPositionArgument = (command: Command): Command =>
  addPositionOptions(command.argument('<position>', 'its symbol (btc, BTC/USDT:USDT) or workflow id'));

/** For a command whose argument is not always needed. */
export const addPositionOptions = (command: Command): Command =>
  command
    .option('-a, --account <name>', 'where several accounts hold the symbol')
    .option('--leg <leg>', 'long or short, where both are open', legArgument);

export function chosenPosition(
  text: string,
  { account, leg }: PositionOptions,
  config: HoldfastConfig,
): PositionRef {
  if (text.startsWith('position/')) return { workflowId: text };
  return {
    symbol: symbolArgument(text),
    ...(account !== undefined && { account: chosenAccount(config, account) }),
    ...(leg !== undefined && { leg }),
  };
}

/** The mode of the account that a position belongs to; accounts of another configuration count as live. */
export function modeOf(workflowId: string, config: HoldfastConfig): AccountMode {
  const leg = parsePositionWorkflowId(workflowId);
  if (!leg)
    throw new InvalidArgumentError(
      `"${workflowId}" is not a position's workflow id. Write position/ACCOUNT/SYMBOL/LEG.`,
    );
  return config.accounts[leg.account]?.mode ?? 'live';
}
