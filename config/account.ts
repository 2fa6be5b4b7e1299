/** What the rest of Holdfast asks a configuration about one account. */
import type { AccountLimits, ProtectionPrice } from '../contract/messages.ts';
import type { AccountConfiguration, DefaultProtection } from '../domain/account/account.ts';
import type { AdoptionSettings } from '../domain/position/adoption.ts';
import type { PositionSettings } from '../domain/settings.ts';
import type { Symbol } from '../domain/terms.ts';
import type { AccountConfig, HoldfastConfig, SymbolSettings } from './config.ts';
import { ConfigError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Nobody configured an account of this name. */
export class UnknownAccountError extends Error {
  constructor(name: string, known: readonly string[]) {
    const guess = nearest(name, known);
    super(
      `There is no account ${name}${guess === undefined ? '' : `; did you mean ${guess}?`} Configured: ${known.join(', ') || 'none'}.`,
    );
    this.name = 'UnknownAccountError';
  }
}

/** Throws `UnknownAccountError`, and `ConfigError` for an account that cannot be used as it is written. */
export function accountConfig(config: HoldfastConfig, name: string): AccountConfig {
  const unusable = Object.hasOwn(config.unusable, name) ? config.unusable[name] : undefined;
  if (unusable !== undefined) throw new ConfigError(unusable.problems);
  const account = Object.hasOwn(config.accounts, name) ? config.accounts[name] : undefined;
  if (account === undefined) throw new UnknownAccountError(name, Object.keys(config.accounts));
  return account;
}

/** How a position of this account and symbol behaves. */
export function positionSettings(config: HoldfastConfig, account: string, symbol: Symbol): PositionSettings {
  const found = accountConfig(config, account);
  return { ...found.position, workingType: symbolSettings(found, symbol).workingType };
}

/** The protection of an entry that does not name its own; a part that is absent is not wanted. */
export function protectionDefaults(
  config: HoldfastConfig,
  account: string,
  symbol: Symbol,
): { stopLoss?: ProtectionPrice; takeProfit?: ProtectionPrice } {
  const { stopLossPercent, takeProfitPercent } = symbolSettings(accountConfig(config, account), symbol);
  return {
    ...(stopLossPercent !== null && { stopLoss: { percent: stopLossPercent } }),
    ...(takeProfitPercent !== null && { takeProfit: { percent: takeProfitPercent } }),
  };
}

export const accountLimits = (config: HoldfastConfig, account: string): AccountLimits =>
  accountConfig(config, account).limits;

/** What an account's workflow gets to know of its configuration. */
export function accountConfiguration(config: HoldfastConfig, name: string): AccountConfiguration {
  const account = accountConfig(config, name);
  const { exchange, mode, limits, position } = account;
  const bySymbol: [string, SymbolSettings][] = [
    ...Object.entries(account.symbols),
    ['*', account.otherSymbols],
  ];
  return {
    exchange,
    mode,
    limits,
    settings: Object.fromEntries(
      bySymbol.map(([symbol, { workingType }]) => [symbol, { ...position, workingType }]),
    ),
    defaults: Object.fromEntries(bySymbol.map(([symbol, settings]) => [symbol, defaultProtection(settings)])),
    adoption: Object.fromEntries(
      bySymbol.map(([symbol, settings]) => [symbol, adoptionSettings(account, settings)]),
    ),
  };
}

/** The protection of an entry that does not name its own; a part that is absent is not wanted. */
const defaultProtection = ({ stopLossPercent, takeProfitPercent }: SymbolSettings): DefaultProtection => ({
  ...(stopLossPercent !== null && { stopLoss: { percent: stopLossPercent } }),
  ...(takeProfitPercent !== null && { takeProfit: { percent: takeProfitPercent } }),
});

/** A symbol's own percentages come before those for adopted positions in general. */
const adoptionSettings = (
  { adoption }: AccountConfig,
  { stopLossPercent, takeProfitPercent }: SymbolSettings,
): AdoptionSettings => ({
  policy: adoption.policy,
  stopLossPercent: stopLossPercent ?? adoption.stopLossPercent,
  takeProfitPercent: takeProfitPercent ?? adoption.takeProfitPercent,
});

const symbolSettings = (account: AccountConfig, symbol: Symbol): SymbolSettings =>
  account.symbols[symbol] ?? account.otherSymbols;
