/** The one way to an exchange: picks the adapter by the protocol that it speaks, and loads only that one. */
import { EXCHANGES, type ExchangeProtocol } from '../domain/exchanges.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeConnection } from './connection.ts';

export type { ExchangeConnection } from './connection.ts';

type Connect = (connection: ExchangeConnection) => Promise<Exchange>;

const ADAPTERS: Record<ExchangeProtocol, () => Promise<Connect>> = {
  bingx: async () => (await import('./bingx/exchange.ts')).createBingxExchange,
  bybit: async () => (await import('./bybit/exchange.ts')).createBybitExchange,
  binance: async () => (await import('./binance/exchange.ts')).createBinanceExchange,
};

/**
 * Connects one account. Sends nothing that changes the account; resolves although the exchange does
 * not answer, so that a worker starts while its venue is still down. Throws on a connection that
 * can never work: an unknown exchange, a malformed endpoint, `paper` without an endpoint, `demo` where
 * the exchange has none.
 */
export async function createExchange(connection: ExchangeConnection): Promise<Exchange> {
  const name: string = connection.exchange;
  if (!Object.hasOwn(EXCHANGES, name)) throw new Error(`unknown exchange ${name}`);
  const { protocol, title, demo } = EXCHANGES[connection.exchange];
  if (connection.mode === 'demo' && !demo) throw new Error(`${title} has no demo`);
  const connect = await ADAPTERS[protocol]();
  return connect(connection);
}
