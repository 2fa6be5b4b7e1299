/** The configured leverage, set at the exchange before an entry can be placed with another one. */
import { refusal } from '../contract/refusal.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Side } from '../domain/terms.ts';
import { ExchangeFault } from '../exchanges/errors.ts';
import type { Exchange } from '../exchanges/exchange.ts';

/** Leverage stays set at the exchange, so each symbol and side is set once per process. */
export function createLeverage() {
  const done = new Set<string>();
  return async (exchange: Exchange, symbol: string, leverage: Decimal, side: Side): Promise<void> => {
    const key = `${exchange.account}/${symbol}/${side}`;
    if (done.has(key)) return;
    try {
      await exchange.setLeverage(symbol, leverage, side);
    } catch (error) {
      if (!(error instanceof ExchangeFault) || error.kind !== 'refused') throw error;
      throw refusal({ code: 'exchange_refused', text: leverageText(exchange, symbol, leverage, error) });
    }
    done.add(key);
  };
}

const leverageText = (
  { name, account }: Exchange,
  symbol: string,
  leverage: Decimal,
  { message }: ExchangeFault,
): string =>
  `${account}: ${name} does not set a leverage of ${leverage} on ${symbol} (${message}). Write another leverage into this account, or take it out to leave it as it is at the exchange`;
