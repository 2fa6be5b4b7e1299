/** Puts the parts of an adapter together: what is the same on every exchange stands here once. */
import type { ExchangeApi } from './ccxt/api.ts';
import type { ExchangeConnection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { createHealth, type HealthReads } from './health.ts';
import type { Markets } from './market-list.ts';
import { createStreamKeeper } from './streams/keeper.ts';

/** What an adapter brings. */
export type Parts<E extends string, S> = Omit<
  Exchange,
  'name' | 'account' | 'marketRules' | 'symbols' | 'positionMode' | 'health' | 'close'
> &
  HealthReads & { api: ExchangeApi<E, S>; markets: Markets };

/** Sends one request, for the exchange's time; an exchange that is down fails later, call by call. */
export async function assembleExchange<E extends string, S>(
  { account, exchange }: ExchangeConnection,
  { api, markets, positionMode, permissions, streamPrices, streamAccount, ...parts }: Parts<E, S>,
): Promise<Exchange> {
  const streams = createStreamKeeper();
  const unmeasured = await api.measureClock();
  if (unmeasured) api.log.warn({ reason: unmeasured.reason }, `${api.name} did not tell its time yet`);
  return {
    ...parts,
    name: exchange,
    account,
    positionMode,
    marketRules: async (symbol) => (await markets.bySymbol(symbol)).rules,
    symbols: async () =>
      (await markets.all()).filter((market) => market.tradable).map((market) => market.symbol),
    streamPrices: (options) => streams.keep(streamPrices(options)),
    streamAccount: (options) => streams.keep(streamAccount(options)),
    health: createHealth(api, { positionMode, permissions }),
    close: async () => {
      await streams.stopAll();
      await api.close();
    },
  };
}
