/** What every benchmark runs on: real processes on loopback, one exchange, limits off, many markets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHoldfast } from '../client/index.ts';
import { WIRES, type TriedExchange } from '../test/processes/wire-of.ts';
import { startProcesses, type Processes } from '../test/support/processes.ts';
import type { RequestMatch } from '../venue/control/types.ts';

export const ACCOUNT = 'bench';
/** Keeps the limits that its exchange documents. */
export const LIFE_ACCOUNT = 'bench-life';
export const LIMITED_ACCOUNT = 'limited';
/** Of the loops that Holdfast is compared with; Holdfast does not know of it. */
export const BARE = { name: 'bare', apiKey: 'key-of-bare', secret: 'secret-of-bare' } as const;
/**
 * How many orders each exchange takes of one account, as it documents them (`exchanges/<name>/endpoints.ts`).
 * On BingX and Bybit the close counts against single orders alone, on Binance against all of them.
 */
export const ORDER_LIMITS: Record<TriedExchange, { limit: number; windowMs: number }> = {
  bingx: { limit: 10, windowMs: 1_000 },
  bybit: { limit: 10, windowMs: 1_000 },
  binance: { limit: 300, windowMs: 10_000 },
};

const MAX_OPEN_ORDERS = 100_000;
const ANSWERED_WITHIN_MS = 120_000;
/** Of every market. */
export const START_PRICE = '1000';

/** `B0007/USDT:USDT`: markets of the venue's own making, so that positions do not share a price. */
export const symbolOf = (index: number): string => `B${String(index).padStart(4, '0')}/USDT:USDT`;
export const marketOf = (index: number): string => `B${String(index).padStart(4, '0')}-USDT`;

export type Setting = Processes & { exchange: TriedExchange };

export const venueUrl = ({ config }: Pick<Setting, 'config'>): string =>
  `http://127.0.0.1:${config.venue.port}`;

/** The market order that closes a position, as the venue sees it. */
export function closeOn({ exchange }: Pick<Setting, 'exchange'>, index: number): RequestMatch {
  const { close } = WIRES[exchange](marketOf(index));
  const symbol = exchange === 'bingx' ? marketOf(index) : marketOf(index).replace('-', '');
  return { ...close, params: { ...close.params, symbol } };
}

/** @param markets how many markets the venue gets besides its own */
export async function startSetting(
  folder: string,
  exchange: TriedExchange,
  markets: number,
): Promise<Setting> {
  // From the start: the gateway reads the list of markets once.
  const marketsFile = join(folder, 'markets.json');
  const specs = Array.from({ length: markets }, (_, index) => ({
    symbol: marketOf(index),
    price: START_PRICE,
    tickSize: '0.1',
    lotSize: '0.001',
  }));
  writeFileSync(marketsFile, JSON.stringify(specs));
  const common = {
    exchange,
    positionMode: 'one-way',
    limits: { max_open_positions: 10_000 },
  } as const;
  // A crossing is acted on at once: the latency measured is ours, not the grace given to the exchange.
  const hasty = { ...common, advanced: { crossingGraceMs: 0 } };
  const processes = await startProcesses({
    folder,
    accounts: [
      { name: ACCOUNT, rate_limits: 'off', ...hasty },
      // What the exchange allows an account; all that run here share one address.
      { name: LIMITED_ACCOUNT, rate_limits: 'uid', ...hasty },
      // As people run it: a target's own order has the time that it is given.
      { name: LIFE_ACCOUNT, rate_limits: 'off', ...common },
    ],
    venueArguments: ['--no-rate-limits', '--position-lag-ms', '0', '--markets', marketsFile],
  });
  // A thousand positions with two orders each are more than an exchange takes of one account.
  await processes.venue.control.changeSettings({ maxOpenOrders: MAX_OPEN_ORDERS });
  const { client, journal } = processes;
  // A busy machine is slow, not broken.
  const holdfast = createHoldfast({ client, journal, timeouts: { updateMs: ANSWERED_WITHIN_MS } });
  return { ...processes, exchange, holdfast };
}
