/** Opens one account's gateway, in bounded time and with every failure in words. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AccountConfig } from '../config/config.ts';
import { connection } from '../config/connection.ts';
import { createExchange } from '../exchanges/create.ts';
import type { Exchange } from '../exchanges/exchange.ts';

/** Loading ccxt on a busy machine and one request; an adapter that hangs must not hold the account for ever. */
const OPEN_WITHIN_MS = 20_000;

export type OpenGateway = (account: AccountConfig, log: Logger) => Promise<Exchange>;

/** Reads the keys anew. Throws `ConfigError` for keys, and whatever the adapter throws. */
export const openGateway: OpenGateway = (account, log) =>
  createExchange({ ...connection(account), log: log.child({ account: account.name }) });

/** The same, given up after a while; a gateway that opens after all is closed again. */
export function openWithin(
  open: OpenGateway,
  account: AccountConfig,
  log: Logger,
  withinMs = OPEN_WITHIN_MS,
): Promise<Exchange> {
  // Within a promise, so that what is thrown at once is a rejection too.
  const opening = Promise.resolve().then(() => open(account, log));
  const over = new AbortController();
  const late = delay(withinMs, undefined, { signal: over.signal, ref: false }).then(() => {
    opening
      .then(
        (exchange) => exchange.close(),
        () => undefined,
      )
      .catch(() => undefined);
    throw new Error(`its gateway did not open within ${withinMs / 1_000} s`);
  });
  return Promise.race([opening, late]).finally(() => over.abort());
}
