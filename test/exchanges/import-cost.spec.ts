/** Only what is in use is loaded: an account on one exchange costs that exchange's class, not all of ccxt. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_NAMES, EXCHANGES, type ExchangeName } from '../../domain/exchanges.ts';

type Cost = {
  proClasses: string[];
  wholeLibrary: boolean;
  adapters: string[];
  ms: number;
  megabytes: number;
};

const PROGRAM = join(import.meta.dirname, 'programs/import-cost.ts');
const run = promisify(execFile);

async function costOf(...exchanges: string[]): Promise<Cost> {
  const { stdout } = await run(process.execPath, [PROGRAM, ...exchanges]);
  return JSON.parse(stdout) as Cost; // the program is ours
}

/** Binance's USDT-margined class is a subclass of `binance`, that of Bybit Indonesia one of `bybit`. */
const CLASSES: Record<ExchangeName, readonly string[]> = {
  bingx: ['bingx'],
  bybit: ['bybit'],
  binance: ['binance', 'binanceusdm'],
  bybitid: ['bybit', 'bybitid'],
};

describe('an account on', () => {
  it.each(EXCHANGE_NAMES)('%s loads its own class and adapter, and no other', async (name) => {
    const cost = await costOf(name);
    const { protocol } = EXCHANGES[name];
    expect(cost).toMatchObject({ proClasses: CLASSES[name], adapters: [protocol], wholeLibrary: false });
  });

  it('each of them loads these, and still not all of ccxt', async () => {
    const cost = await costOf(...EXCHANGE_NAMES);
    expect(cost).toMatchObject({
      proClasses: [...new Set(Object.values(CLASSES).flat())].toSorted(),
      wholeLibrary: false,
    });
  });
});
