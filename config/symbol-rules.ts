/** What must fit together in the settings of a symbol. */
import { gt, sum } from '../domain/decimal.ts';
import { ALTERNATIVES, layered } from './layered-symbol.ts';
import type { FileSymbol, FileTarget } from './symbol-schema.ts';

/** @param at below `symbols`, e.g. `BTCUSDT`, `take_profit_levels`, 0 */
type AddBroken = (at: readonly PropertyKey[], problem: string, fix: string) => void;

type Symbols = Readonly<Record<string, FileSymbol>>;

/** @param usual what holds for every symbol besides, from the layer below */
export function symbolRules(
  symbols: Symbols | undefined,
  usual: FileSymbol | undefined,
  add: AddBroken,
): void {
  const fallback = layered(usual, symbols?.['default']);
  for (const [name, symbol] of Object.entries(symbols ?? {})) {
    const addHere: AddBroken = (at, problem, fix) => add([name, ...at], problem, fix);
    onceRules(symbol, addHere);
    targetRules(symbol.take_profit_levels ?? [], addHere);
    wholeRules(symbol, layered(fallback, symbol), addHere);
  }
}

/** One thing is said in one way; `null` and what is switched off say nothing. */
function onceRules(symbol: FileSymbol, add: AddBroken): void {
  for (const group of ALTERNATIVES) {
    const [first, second] = group.filter((key) => symbol[key] !== undefined && symbol[key] !== null);
    if (first !== undefined && second !== undefined)
      add([second], `${first} says it already, and both cannot hold`, `Keep ${group.join(' or ')}`);
  }
}

function targetRules(levels: readonly FileTarget[], add: AddBroken): void {
  levels.forEach(({ pct, atr }, index) => {
    const at = ['take_profit_levels', index];
    if (pct !== undefined && atr !== undefined)
      add([...at, 'atr'], 'pct says it already, and both cannot hold', 'Keep pct or atr');
    if (pct === undefined && atr === undefined)
      add(at, 'it does not say where', 'Write pct (percent) or atr (average true ranges) beside the share');
    const before = levels[index - 1];
    for (const [key, here, there] of [
      ['pct', pct, before?.pct],
      ['atr', atr, before?.atr],
    ] as const)
      if (here !== undefined && there !== undefined && !gt(here, there))
        add([...at, key], `${here} is not further away than the ${there} before it`, 'Put the nearest first');
  });
  const share = sum(levels.map((level) => level.share));
  if (gt(share, '100'))
    add(['take_profit_levels'], `the shares add up to ${share}`, 'Make them 100 together, or less');
}

/** A setting that would never have an effect is a mistake. */
function wholeRules(symbol: FileSymbol, whole: FileSymbol, add: AddBroken): void {
  const says = (value: unknown): boolean => value !== undefined && value !== null;
  // What is switched off by its own switch may keep its figures.
  const trails = [whole.trailing_stop_enabled, whole.trailing_stop_pct, whole.trailing_stop_atr].some(says);
  for (const key of ['trailing_activation_pct', 'trailing_step_pct'] as const)
    if (symbol[key] !== undefined && !trails)
      add([key], 'no stop trails here', 'Write trailing_stop_pct or trailing_stop_atr too, or remove it');
  const evens = says(whole.break_even_after_tp) || says(whole.break_even_at_pct);
  if (symbol.break_even_offset_pct !== undefined && !evens)
    add(
      ['break_even_offset_pct'],
      'nothing says when the stop goes to the entry price',
      'Write break_even_after_tp or break_even_at_pct too, or remove it',
    );
  const { break_even_after_tp: count, take_profit_levels: levels } = whole;
  if (typeof symbol.break_even_after_tp === 'number' && levels && count && count > levels.length)
    add(
      ['break_even_after_tp'],
      `only so many targets are named: ${levels.length}`,
      `Write a number up to it`,
    );
}
