/** What may be set for one symbol: how its positions are protected where a request does not say. */
import { z } from 'zod';
import { MAX_PERIODS, TIMEFRAMES } from '../domain/candles.ts';
import { decimal, offsetPercent, partPercent, sharePercent } from './schema-parts.ts';

/** As many as a position takes. */
const MAX_TARGETS = 10;
/** A year. */
const MAX_MINUTES = 366 * 24 * 60;

/** Beside `symbols` too, where they hold for every symbol that does not say otherwise. */
export const volatilityAndMerging = {
  atr_timeframe: z
    .enum(TIMEFRAMES)
    .describe('Length of the candles that the average true range (..._atr) is read from; default 15m')
    .optional(),
  atr_periods: z
    .int()
    .min(1)
    .max(MAX_PERIODS)
    .describe('How many candles the average true range is taken over; default 14')
    .optional(),
  merge_profitable_tranches_pct: decimal
    .nullable()
    .describe(
      'Tranches whose price is this many percent beyond their entry become one with the oldest such tranche; null: never, the default',
    )
    .optional(),
};

/** One of several targets. */
export const targetSchema = z
  .strictObject({
    pct: decimal.describe('Percent away from the entry price; either this or atr').optional(),
    atr: decimal.describe('Average true ranges away from the entry price; either this or pct').optional(),
    share: sharePercent.describe('Percent of the tranche that is closed there'),
  })
  .meta({ title: 'Target', description: 'A price, and how much of the tranche is closed there' });

export const symbolSchema = z
  .strictObject({
    take_profit_enabled: z
      .boolean()
      .describe('false: no target by default. true without a distance: 2 percent')
      .optional(),
    take_profit_pct: decimal.describe('Target, percent away from the entry price').optional(),
    take_profit_atr: decimal.describe('Target, average true ranges away from the entry price').optional(),
    take_profit_levels: z
      .array(targetSchema)
      .min(1, { error: 'a list of no targets | Name one, or write take_profit_enabled: false' })
      .max(MAX_TARGETS, { error: `more than ${MAX_TARGETS} targets | Name ${MAX_TARGETS} at most` })
      .describe('Several targets, nearest first; what their shares leave runs without a target')
      .optional(),
    stop_loss_enabled: z
      .boolean()
      .describe('false: no stop by default. true without a distance: 1 percent')
      .optional(),
    stop_loss_pct: decimal.describe('Stop, percent away from the entry price').optional(),
    stop_loss_atr: decimal.describe('Stop, average true ranges away from the entry price').optional(),
    trailing_stop_enabled: z
      .boolean()
      .describe('false: the stop does not trail. true without a distance: 1 percent')
      .optional(),
    trailing_stop_pct: partPercent
      .describe('The stop follows the best price at this distance, and never goes back')
      .optional(),
    trailing_stop_atr: decimal.describe('The same, in average true ranges').optional(),
    trailing_activation_pct: decimal
      .describe('It follows once the price is this many percent beyond the entry; default: at once')
      .optional(),
    trailing_step_pct: partPercent
      .describe(
        'The best price must go this much further before the stop moves; default: a tenth of the distance',
      )
      .optional(),
    break_even_after_tp: z
      .int()
      .min(1)
      .max(MAX_TARGETS)
      .nullable()
      .describe('The stop goes to the entry price once so many targets have filled; null: never')
      .optional(),
    break_even_at_pct: decimal
      .nullable()
      .describe('The stop goes to the entry price once the price was this far beyond it; null: never')
      .optional(),
    break_even_offset_pct: offsetPercent
      .describe('Then not to the entry price itself, but this far beyond it, e.g. for the fees; default 0')
      .optional(),
    time_exit_minutes: z
      .number()
      .gt(0)
      .max(MAX_MINUTES)
      .nullable()
      .describe('The position is closed this long after its first fill, whatever its price; null: never')
      .optional(),
    instant_tp_enabled: z
      .boolean()
      .describe('Close at market when the price is beyond a target that has not filled')
      .optional(),
    working_type: z
      .enum(['CONTRACT_PRICE', 'MARK_PRICE'])
      .describe('Which price stop and target watch; default CONTRACT_PRICE')
      .optional(),
    ...volatilityAndMerging,
  })
  .meta({
    id: 'symbol',
    title: 'Settings of a symbol',
    description: 'What an entry gets that names no protection of its own',
  });

export type FileSymbol = z.output<typeof symbolSchema>;
export type FileTarget = z.output<typeof targetSchema>;
