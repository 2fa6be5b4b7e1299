/** From what the file says of a symbol to what its positions get. */
import type { ProtectionPrice, TakeProfitLevel, TrailingStop } from '../contract/messages.ts';
import type { DefaultProtection } from '../domain/account/account.ts';
import { DEFAULT_SETTINGS, DEFAULT_VOLATILITY, type PositionSettings } from '../domain/settings.ts';
import type { SymbolSettings } from './config.ts';
import type { FileSymbol, FileTarget } from './symbol-schema.ts';

/** Percentages where something is switched on without a figure. */
const DEFAULT_TAKE_PROFIT_PERCENT = '2';
const DEFAULT_STOP_LOSS_PERCENT = '1';
const DEFAULT_TRAILING_PERCENT = '1';

/** @param instantTpEnabled where the symbol does not say */
export function resolveSymbol(symbol: FileSymbol, instantTpEnabled: boolean): SymbolSettings {
  return {
    workingType: symbol.working_type ?? DEFAULT_SETTINGS.workingType,
    instantTpEnabled: symbol.instant_tp_enabled ?? instantTpEnabled,
    ...tranches(symbol),
    protection: {
      ...stopLoss(symbol),
      ...takeProfit(symbol),
      ...trailing(symbol),
      ...breakEven(symbol),
      ...(typeof symbol.time_exit_minutes === 'number' && {
        timeExit: { afterMinutes: symbol.time_exit_minutes },
      }),
    },
  };
}

type Distance = { percent: string } | { atr: string };

/** Percent, average true ranges, or what is usual where it is only switched on; undefined: not wanted. */
function distance(
  enabled: boolean | undefined,
  { pct, atr }: { pct?: string | undefined; atr?: string | undefined },
  usual: string,
): Distance | undefined {
  if (enabled === false) return undefined;
  if (pct !== undefined) return { percent: pct };
  if (atr !== undefined) return { atr };
  return enabled === true ? { percent: usual } : undefined;
}

function stopLoss({ stop_loss_enabled, stop_loss_pct, stop_loss_atr }: FileSymbol): {
  stopLoss?: ProtectionPrice;
} {
  const at = distance(
    stop_loss_enabled,
    { pct: stop_loss_pct, atr: stop_loss_atr },
    DEFAULT_STOP_LOSS_PERCENT,
  );
  return at ? { stopLoss: at } : {};
}

function takeProfit(symbol: FileSymbol): Pick<DefaultProtection, 'takeProfit' | 'takeProfitLevels'> {
  const { take_profit_enabled: enabled, take_profit_levels: levels } = symbol;
  if (levels && enabled !== false) return { takeProfitLevels: levels.map(target) };
  const given = { pct: symbol.take_profit_pct, atr: symbol.take_profit_atr };
  const at = distance(enabled, given, DEFAULT_TAKE_PROFIT_PERCENT);
  return at ? { takeProfit: at } : {};
}

const target = ({ pct, atr, share }: FileTarget): TakeProfitLevel => ({
  // One of the two is there: symbol-rules.ts refuses a target without a place.
  at: pct === undefined ? { atr: atr ?? '' } : { percent: pct },
  share,
});

function trailing(symbol: FileSymbol): { trailing?: TrailingStop } {
  const given = { pct: symbol.trailing_stop_pct, atr: symbol.trailing_stop_atr };
  const behind = distance(symbol.trailing_stop_enabled, given, DEFAULT_TRAILING_PERCENT);
  if (!behind) return {};
  const { trailing_activation_pct: activation, trailing_step_pct: step } = symbol;
  return {
    trailing: {
      distance: behind,
      ...(activation !== undefined && { activation: { percent: activation } }),
      ...(step !== undefined && { step: { percent: step } }),
    },
  };
}

function breakEven(symbol: FileSymbol): Pick<DefaultProtection, 'breakEven'> {
  const { break_even_after_tp: targets, break_even_at_pct: percent, break_even_offset_pct: offset } = symbol;
  const after = typeof targets === 'number' ? { targets } : typeof percent === 'string' ? { percent } : null;
  return after ? { breakEven: { after, ...(offset !== undefined && { offset }) } } : {};
}

/** What nobody set is absent: positions carry their settings through history. */
function tranches(symbol: FileSymbol): Pick<PositionSettings, 'mergeProfitable' | 'volatility'> {
  const { merge_profitable_tranches_pct: percent, atr_timeframe: timeframe, atr_periods: periods } = symbol;
  return {
    ...(typeof percent === 'string' && { mergeProfitable: { percent } }),
    ...((timeframe !== undefined || periods !== undefined) && {
      volatility: {
        timeframe: timeframe ?? DEFAULT_VOLATILITY.timeframe,
        periods: periods ?? DEFAULT_VOLATILITY.periods,
      },
    }),
  };
}
