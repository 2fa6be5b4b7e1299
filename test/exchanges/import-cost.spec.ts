/** Only what is in use is loaded: an account on one exchange costs that exchange's class, not all of ccxt. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

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

/** Binance's USDT-margined class is a subclass of `binance`. */
const CLASSES = {
  bingx: ['bingx'],
  bybit: ['bybit'],
  binance: ['binance', 'binanceusdm'],
} as const;

describe('an account on', () => {
  it.each(Object.entries(CLASSES))(
    '%s loads its own class and adapter, and no other',
    async (name, classes) => {
      const cost = await costOf(name);
      expect(cost).toMatchObject({ proClasses: classes, adapters: [name], wholeLibrary: false });
    },
  );

  it('each of the three loads the three, and still not all of ccxt', async () => {
    const cost = await costOf(...Object.keys(CLASSES));
    expect(cost).toMatchObject({
      proClasses: Object.values(CLASSES).flat().toSorted(),
      wholeLibrary: false,
    });
  });
});
