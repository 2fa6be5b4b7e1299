/** The options by which every command says how something is to be protected, and the request they make. */
import { InvalidArgumentError, type Command } from 'commander';
import type { BreakEvenSpec, ProtectionPrice, TimeExit, TrailingStop } from '../../contract/messages.ts';
import type { ProtectionWish } from '../../domain/commands.ts';
import {
  breakEvenArgument,
  orNone,
  priceArgument,
  stepArgument,
  targetsArgument,
  timeExitArgument,
  trailArgument,
  type OrNone,
  type Target,
} from './protection-arguments.ts';

export type ProtectionOptions = {
  sl?: OrNone<ProtectionPrice>;
  tp?: OrNone<Target[]>;
  trail?: OrNone<TrailingStop['distance']>;
  trailFrom?: ProtectionPrice;
  trailStep?: NonNullable<TrailingStop['step']>;
  breakEven?: OrNone<BreakEvenSpec>;
};

/** `none` takes a part away, or leaves out what is configured. */
export function addProtectionOptions(command: Command): Command {
  const targets = (text: string, before?: OrNone<Target[]>): Target[] =>
    targetsArgument(text, before === 'none' ? [] : before);
  return command
    .option('--sl <price|none>', 'stop loss: 42500, 1% or 2atr', orNone(priceArgument))
    .option(
      '--tp <target|none>',
      'take profit: 44000, 2% or 3atr; several as 1%:40 with what each closes in percent, commas between',
      orNone(targets),
    )
    .option(
      '--trail <distance|none>',
      'the stop follows the best price: 1%, 2atr, or 150 quote units behind it',
      orNone(trailArgument),
    )
    .option('--trail-from <price>', 'it follows from here on: 2% or 44000', priceArgument)
    .option('--trail-step <step>', 'it moves once the best price went so much further: 0.1%', stepArgument)
    .option(
      '--break-even <when|none>',
      'the stop goes to the entry price after tp1, or at 1%; tp1+0.1% a little beyond it',
      orNone(breakEvenArgument),
    );
}

export const addTimeExit = (command: Command): Command =>
  command.option(
    '--time-exit <when|none>',
    'closed whatever its price: 90m after the first fill, or a time such as 2026-01-31T12:00Z',
    orNone(timeExitArgument),
  );

/** What was not named is absent. */
export function askedProtection(options: ProtectionOptions): ProtectionWish {
  const { sl, tp, breakEven } = options;
  return {
    ...(sl !== undefined && { stopLoss: orNull(sl) }),
    ...(tp !== undefined && askedTargets(tp)),
    ...askedTrailing(options),
    ...(breakEven !== undefined && { breakEven: orNull(breakEven) }),
  };
}

function askedTargets(targets: OrNone<Target[]>): Pick<ProtectionWish, 'takeProfit' | 'takeProfitLevels'> {
  if (targets === 'none') return { takeProfit: null };
  const [first, second] = targets;
  if (first && !second && first.share === undefined) return { takeProfit: first.at };
  return {
    takeProfitLevels: targets.map(({ at, share }) => {
      if (share !== undefined) return { at, share };
      throw new InvalidArgumentError(
        'Say how many percent each of several targets closes: --tp 1%:40 --tp 2%:60.',
      );
    }),
  };
}

function askedTrailing({ trail, trailFrom, trailStep }: ProtectionOptions): Pick<ProtectionWish, 'trailing'> {
  const hasDetails = trailFrom !== undefined || trailStep !== undefined;
  if (trail === 'none' && hasDetails)
    throw new InvalidArgumentError('--trail none takes no --trail-from and no --trail-step.');
  if (trail === 'none') return { trailing: null };
  if (trail !== undefined)
    return {
      trailing: {
        distance: trail,
        ...(trailFrom !== undefined && { activation: trailFrom }),
        ...(trailStep !== undefined && { step: trailStep }),
      },
    };
  if (hasDetails) throw new InvalidArgumentError('Say how far behind it trails, too: --trail 1%.');
  return {};
}

/** `null` is what takes a part away in a request. */
export const orNull = <T>(wish: OrNone<T>): T | null => (wish === 'none' ? null : wish);

/** Whether the stop is among what was asked to go. */
export const dropsStop = ({ sl }: ProtectionOptions): boolean => sl === 'none';

export type TimeExitOption = { timeExit?: OrNone<TimeExit> };
