/** What the rest of Holdfast asks a configuration about one account. */
import type { AccountLimits, ProtectionPrice } from '../contract/messages.ts';
import type { AccountConfiguration, DefaultProtection } from '../domain/account/account.ts';
import type { Decimal } from '../domain/decimal.ts';
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
  return settingsOf(found, symbolSettings(found, symbol));
}

/** The protection of an entry that does not name its own; a part that is absent is not wanted. */
export const protectionDefaults = (
  config: HoldfastConfig,
  account: string,
  symbol: Symbol,
): DefaultProtection => symbolSettings(accountConfig(config, account), symbol).protection;

export const accountLimits = (config: HoldfastConfig, account: string): AccountLimits =>
  accountConfig(config, account).limits;

/** What an account's workflow gets to know of its configuration. */
export function accountConfiguration(config: HoldfastConfig, name: string): AccountConfiguration {
  const account = accountConfig(config, name);
  const { exchange, mode, limits } = account;
  const bySymbol: [string, SymbolSettings][] = [
    ...Object.entries(account.symbols),
    ['*', account.otherSymbols],
  ];
  return {
    exchange,
    mode,
    limits,
    settings: Object.fromEntries(
      bySymbol.map(([symbol, settings]) => [symbol, settingsOf(account, settings)]),
    ),
    defaults: Object.fromEntries(bySymbol.map(([symbol, { protection }]) => [symbol, protection])),
    adoption: Object.fromEntries(
      bySymbol.map(([symbol, settings]) => [symbol, adoptionSettings(account, settings)]),
    ),
  };
}

const settingsOf = (
  { position }: AccountConfig,
  { protection: _protection, ...own }: SymbolSettings,
): PositionSettings => ({ ...position, ...own });

/** A symbol's own percentages come before those for adopted positions in general. */
const adoptionSettings = ({ adoption }: AccountConfig, settings: SymbolSettings): AdoptionSettings => ({
  policy: adoption.policy,
  stopLossPercent: stopLossPercent(settings) ?? adoption.stopLossPercent,
  takeProfitPercent: takeProfitPercent(settings) ?? adoption.takeProfitPercent,
});

/** Null where it is no percentage, or none at all. */
export const stopLossPercent = ({ protection }: SymbolSettings): Decimal | null =>
  percentOf(protection.stopLoss);

/** As `stopLossPercent`; several targets are no single percentage. */
export const takeProfitPercent = ({ protection }: SymbolSettings): Decimal | null =>
  percentOf(protection.takeProfit);

const percentOf = (price: ProtectionPrice | undefined): Decimal | null =>
  price && 'percent' in price ? price.percent : null;

const symbolSettings = (account: AccountConfig, symbol: Symbol): SymbolSettings =>
  account.symbols[symbol] ?? account.otherSymbols;
