/** Reading what people type: symbols, sides, quantities and prices, in the forms they use. */
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../../config/errors.ts';
import { nearest } from '../../config/nearest.ts';
import { parseSymbol } from '../../config/symbol.ts';
import type { AdoptionPolicy } from '../../domain/commands.ts';
import { isPositive, parseDecimal, type Decimal } from '../../domain/decimal.ts';
import type { LegName, Side, Symbol, WorkingType } from '../../domain/terms.ts';
import type { HoldfastConfig } from '../../config/config.ts';

export function symbolArgument(text: string): Symbol {
  const symbol = parseSymbol(text);
  if (symbol !== undefined) return symbol;
  throw new InvalidArgumentError(
    `"${text}" is not a symbol. Write it like BTC/USDT:USDT, BTC-USDT, BTCUSDT or btc.`,
  );
}

const SIDES: Readonly<Record<string, Side>> = {
  long: 'long',
  buy: 'long',
  l: 'long',
  short: 'short',
  sell: 'short',
  s: 'short',
};

export function sideArgument(text: string): Side {
  const side = SIDES[text.toLowerCase()];
  if (side !== undefined) return side;
  throw new InvalidArgumentError(`"${text}" is not a side. Write long (or buy), or short (or sell).`);
}

export function legArgument(text: string): LegName {
  if (text === 'long' || text === 'short' || text === 'net') return text;
  throw new InvalidArgumentError(`"${text}" is not a leg. Write long, short or net.`);
}

export function amountArgument(text: string): Decimal {
  const amount = parseDecimal(text.replaceAll('_', ''));
  if (amount !== undefined && isPositive(amount)) return amount;
  throw new InvalidArgumentError(`"${text}" is not an amount above 0, such as 0.05.`);
}

const WORKING_TYPES: Readonly<Record<string, WorkingType>> = {
  contract_price: 'CONTRACT_PRICE',
  contract: 'CONTRACT_PRICE',
  last: 'CONTRACT_PRICE',
  mark_price: 'MARK_PRICE',
  mark: 'MARK_PRICE',
};

export function workingTypeArgument(text: string): WorkingType {
  const type = WORKING_TYPES[text.toLowerCase().replaceAll('-', '_')];
  if (type !== undefined) return type;
  throw new InvalidArgumentError(
    `"${text}" is not a price to watch. Write CONTRACT_PRICE (or last), or MARK_PRICE (or mark).`,
  );
}

export function countArgument(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`"${text}" is not a whole number above 0.`);
}

/** A time, or a day at its beginning, UTC. */
export function timeArgument(text: string): string {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError(
      `"${text}" is not a time. Write it like 2026-01-31 or 2026-01-31T12:00:00Z.`,
    );
  return new Date(atMs).toISOString();
}

const MAX_DAYS = 180;

export function daysArgument(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= MAX_DAYS) return Number(text);
  throw new InvalidArgumentError(`"${text}" is not a number of days from 0 to ${MAX_DAYS}.`);
}

const POLICIES: readonly AdoptionPolicy[] = ['ignore', 'watch', 'protect', 'manage'];

export function policyArgument(text: string): AdoptionPolicy {
  const policy = POLICIES.find((name) => name === text.toLowerCase());
  if (policy !== undefined) return policy;
  throw new InvalidArgumentError(`"${text}" is not a policy. Write ${POLICIES.join(', ')}.`);
}

/** Such as `+09:00`, or `Z`. */
export function utcOffsetArgument(text: string): string {
  if (/^(?:Z|[+-]\d\d:\d\d)$/i.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError(`"${text}" is not an offset from UTC, such as +09:00 or Z.`);
}

/** The account that is meant: the one named, else the only one. */
export function chosenAccount(config: HoldfastConfig, named: string | undefined): string {
  const known = Object.keys(config.accounts);
  if (named === undefined) {
    const [only, second] = known;
    if (only !== undefined && second === undefined) return only;
    throw new InvalidArgumentError(
      `Say which account: ${known.map((name) => `--account ${name}`).join(', or ')}.`,
    );
  }
  if (known.includes(named)) return named;
  const unusable = Object.hasOwn(config.unusable, named) ? config.unusable[named] : undefined;
  if (unusable) throw new ConfigError(unusable.problems);
  const guess = nearest(named, known);
  throw new InvalidArgumentError(
    `There is no account ${named}${guess ? `; did you mean ${guess}?` : `.`} Configured: ${known.join(', ')}.`,
  );
}
