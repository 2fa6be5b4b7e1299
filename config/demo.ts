/** The paper accounts of a copy whose configuration names none. */
import type { FileAccount } from './account-schema.ts';
import type { Demo } from './schema.ts';

export const DEFAULT_DEMO: Demo = 'paper';

/** One of them in hedge mode, so that both modes can be seen. */
const BY_EXCHANGE: Readonly<Record<Exclude<Demo, 'paper' | 'all'>, FileAccount>> = {
  bingx: { exchange: 'bingx', mode: 'paper', positionMode: 'one-way' },
  bybit: { exchange: 'bybit', mode: 'paper', positionMode: 'hedge' },
  binance: { exchange: 'binance', mode: 'paper', positionMode: 'one-way' },
};

/** By account name. */
export function demoAccounts(demo: Demo): Readonly<Record<string, FileAccount>> {
  switch (demo) {
    case 'paper':
      return { paper: BY_EXCHANGE.bingx };
    case 'all':
      return BY_EXCHANGE;
    default:
      return { [demo]: BY_EXCHANGE[demo] };
  }
}
