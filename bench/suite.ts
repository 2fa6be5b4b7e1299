/** All benchmarks of one exchange on one setting, in an order in which they can use what earlier ones left open. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXCHANGES } from '../domain/exchanges.ts';
import type { TriedExchange } from '../test/processes/wire-of.ts';
import { burst } from './burst.ts';
import { closing, limitedClosing } from './closing.ts';
import { delayedLatency, delayedMarkets, latency, latencyMarkets } from './latency.ts';
import { life } from './life.ts';
import { priceIndex } from './price-index.ts';
import { reconcile } from './reconcile.ts';
import { recovery } from './recovery.ts';
import type { Findings, Report } from './report.ts';
import { scale, scaleMarkets } from './scale.ts';
import { startSetting, type Setting } from './setting.ts';
import { snapshot, SNAPSHOT_MARKETS } from './snapshot.ts';

export const BENCHMARKS = [
  'index',
  'life',
  'latency',
  'delayed',
  'snapshot',
  'burst',
  'closing',
  'limited',
  'scale',
  'reconcile',
  'recovery',
] as const;
export type Benchmark = (typeof BENCHMARKS)[number];

export type Sizes = {
  /** Of each latency. */
  samples: number;
  /** Opened, and crossed, at once. */
  positions: number;
  /** Open on one account, step by step. */
  steps: readonly number[];
};

export const FULL: Sizes = { samples: 50, positions: 100, steps: [10, 100, 1_000] };
/** To see that everything runs; its figures say little. */
export const QUICK: Sizes = { samples: 5, positions: 10, steps: [40, 80, 120] };

type Options = {
  exchange: TriedExchange;
  sizes: Sizes;
  wanted: (name: Benchmark) => boolean;
  say: (text: string) => void;
};

export async function measure({ exchange, sizes, wanted, say }: Options): Promise<Findings> {
  const { title } = EXCHANGES[exchange];
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  say(`${title}: starting Temporal, venue and worker ...`);
  const setting = await startSetting(folder, exchange, marketsFor(sizes));
  const reports: Report[] = [];
  const tell = async (what: string, run: () => Promise<Report | Report[]>): Promise<void> => {
    say(`${title}: ${what} ...`);
    try {
      reports.push(...[await run()].flat());
    } catch (error) {
      // The others are worth having all the same.
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      reports.push(failed(what, error));
    }
  };
  try {
    await single(setting, sizes, wanted, tell);
    return { exchange: title, reports };
  } finally {
    await setting.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const failed = (what: string, error: unknown): Report => ({
  name: what,
  rows: [
    {
      what: 'could not be measured',
      value: '',
      unit: '',
      bound: error instanceof Error ? error.message : String(error),
      data: {},
      target: { text: '', met: false },
    },
  ],
});

const marketsFor = ({ samples, positions, steps }: Sizes): number =>
  1 +
  latencyMarkets(samples) +
  delayedMarkets(samples) +
  SNAPSHOT_MARKETS +
  2 * positions +
  scaleMarkets(steps);

type Tell = (what: string, run: () => Promise<Report | Report[]>) => Promise<void>;

async function single(
  setting: Setting,
  { samples, positions, steps }: Sizes,
  wanted: Options['wanted'],
  tell: Tell,
): Promise<void> {
  const take = createMarkets();
  const some = (count: number): number[] => Array.from({ length: count }, () => take(1));
  if (wanted('index')) await tell('price index', () => Promise.resolve(priceIndex()));
  if (wanted('life')) await tell('one life', () => life(setting, take(1)));
  if (wanted('latency'))
    await tell('tick to close', () => latency(setting, samples, take(latencyMarkets(samples))));
  if (wanted('delayed'))
    await tell('tick to close, far away', () =>
      delayedLatency(setting, samples, take(delayedMarkets(samples))),
    );
  if (wanted('snapshot')) await tell('a reading', () => snapshot(setting, samples, take(SNAPSHOT_MARKETS)));
  const entered = some(positions);
  if (wanted('burst') || wanted('closing'))
    await tell(`${positions} entries at once`, () => burst(setting, entered));
  if (wanted('closing')) await tell(`${positions} crossings at once`, () => closing(setting, entered));
  if (wanted('limited'))
    await tell(`${positions} crossings within limits`, () => limitedClosing(setting, some(positions)));
  if (wanted('scale') || wanted('reconcile') || wanted('recovery'))
    await large(setting, { steps, first: take(scaleMarkets(steps)) }, wanted, tell);
}

async function large(
  setting: Setting,
  { steps, first }: { steps: readonly number[]; first: number },
  wanted: Options['wanted'],
  tell: Tell,
): Promise<void> {
  let open: number[] = [];
  await tell(`${steps.join(', ')} positions`, async () => {
    const grown = await scale(setting, steps, first);
    open = grown.open;
    return grown.reports;
  });
  if (wanted('reconcile'))
    await tell('reconciling', async () => {
      const done = await reconcile(setting, open);
      open = done.open;
      return done.reports;
    });
  if (wanted('recovery')) await tell('recovery', () => recovery(setting, open));
}

/** Gives every benchmark markets of its own: the first of `count`. */
function createMarkets(): (count: number) => number {
  let next = 0;
  return (count) => {
    const first = next;
    next += count;
    return first;
  };
}
