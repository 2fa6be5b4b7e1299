/** The one way to an exchange: picks the adapter by name and loads only that one. */
import type { Exchange } from './exchange.ts';
import type { ExchangeConnection } from './connection.ts';

export type { ExchangeConnection } from './connection.ts';

/**
 * Connects one account. Sends nothing that changes the account; resolves although the exchange does
 * not answer, so that a worker starts while its venue is still down. Throws on a connection that
 * can never work: an exchange without an adapter, a malformed endpoint, `paper` without an endpoint.
 */
export async function createExchange(connection: ExchangeConnection): Promise<Exchange> {
  switch (connection.exchange) {
    case 'bingx': {
      const { createBingxExchange } = await import('./bingx/exchange.ts');
      return createBingxExchange(connection);
    }
    case 'bybit': {
      const { createBybitExchange } = await import('./bybit/exchange.ts');
      return createBybitExchange(connection);
    }
    case 'binance': {
      const { createBinanceExchange } = await import('./binance/exchange.ts');
      return createBinanceExchange(connection);
    }
    default: {
      const unknown: never = connection.exchange;
      throw new Error(`unknown exchange ${String(unknown)}`);
    }
  }
}
