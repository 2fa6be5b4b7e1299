/** Settings of a symbol in layers: what is said nearer replaces what is said further away of the same thing. */
import type { FileSymbol } from './symbol-schema.ts';

/** Several ways to say one thing: naming one of them leaves behind what another layer said by another. */
export const ALTERNATIVES = [
  ['stop_loss_pct', 'stop_loss_atr'],
  ['take_profit_pct', 'take_profit_atr', 'take_profit_levels'],
  ['trailing_stop_pct', 'trailing_stop_atr'],
  ['break_even_after_tp', 'break_even_at_pct'],
] as const satisfies readonly (readonly (keyof FileSymbol)[])[];

/** @param layers the furthest first */
export const layered = (...layers: readonly (FileSymbol | undefined)[]): FileSymbol =>
  layers.reduce<FileSymbol>((below, above) => (above ? { ...without(below, above), ...above } : below), {});

function without(below: FileSymbol, above: FileSymbol): FileSymbol {
  const replaced: readonly string[] = ALTERNATIVES.filter((group) =>
    group.some((key) => above[key] !== undefined),
  ).flat();
  return Object.fromEntries(Object.entries(below).filter(([key]) => !replaced.includes(key)));
}
