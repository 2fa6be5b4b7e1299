/** What every benchmark runs on: real processes on loopback, limits off, many markets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcesses, type Processes } from '../test/support/processes.ts';

export const ACCOUNT = 'bench';

/** `B0007/USDT:USDT`: markets of the venue's own making, so that positions do not share a price. */
export const symbolOf = (index: number): string => `B${String(index).padStart(4, '0')}/USDT:USDT`;
export const marketOf = (index: number): string => `B${String(index).padStart(4, '0')}-USDT`;

/** @param markets how many markets the venue gets besides its own */
export async function startSetting(folder: string, markets: number): Promise<Processes> {
  // From the start: the gateway reads the list of markets once.
  const marketsFile = join(folder, 'markets.json');
  const specs = Array.from({ length: markets }, (_, index) => ({
    symbol: marketOf(index),
    price: '1000',
    tickSize: '0.1',
    lotSize: '0.001',
  }));
  writeFileSync(marketsFile, JSON.stringify(specs));
  return startProcesses({
    folder,
    accounts: [ACCOUNT],
    account: {
      rate_limits: 'off',
      limits: { max_open_positions: 10_000 },
      // A crossing is acted on at once: the latency measured is ours, not the grace given to the exchange.
      advanced: { crossingGraceMs: 0 },
    },
    venueArguments: ['--no-rate-limits', '--position-lag-ms', '0', '--markets', marketsFile],
  });
}
