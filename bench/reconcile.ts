/**
 * One of a hundred positions changed by hand at the exchange: how much is told, how soon it is settled, and
 * whether prices wait meanwhile.
 */
import { gt } from '../domain/decimal.ts';
import { eventually } from '../test/support/eventually.ts';
import { closedByWatcher, targetsOf } from './crossing.ts';
import { metric } from './exposition.ts';
import { percentiles, ratioRow, type Report } from './report.ts';
import { ACCOUNT, marketOf, symbolOf, type Setting } from './setting.ts';
import { figures, seconds } from './statistics.ts';
import { atMost } from './target.ts';

const SHARE = 100;
const TAKEN_AWAY = '0.05';
const WITHIN_MS = 60_000;
/** While they are read, told and settled, so often prices are crossed. */
const CROSSINGS_MEANWHILE = 30;

/**
 * @param open positions of 0.1 each
 * @returns also those that are open afterwards
 */
export async function reconcile(
  setting: Setting,
  open: readonly number[],
): Promise<{ reports: Report[]; open: number[] }> {
  const differing = Math.max(1, Math.floor(open.length / SHARE));
  const settling = await settle(setting, open.slice(0, differing));
  const crossings = Math.min(CROSSINGS_MEANWHILE, Math.floor(open.length / 4));
  const rest = open.slice(differing);
  const idle = await crossed(setting, rest.slice(0, crossings));
  const [crossedMeanwhile, left] = [rest.slice(crossings, 2 * crossings), rest.slice(2 * crossings)];
  const busy = await whileReconciling(setting, crossedMeanwhile, left, differing);
  const reports = [
    {
      name: `reconciling ${open.length} positions of which ${differing} differ`,
      rows: [
        {
          what: 'signals',
          value: String(settling.signals),
          unit: '',
          bound: 'one for each leg that differs',
          data: { signals: settling.signals },
          target: atMost(settling.signals, differing, ''),
        },
        {
          what: 'from the first change to all settled',
          value: seconds(settling.tookMs),
          unit: 's',
          bound: 'a reading after the hint, executions of each leg, the journal',
          data: { ms: settling.tookMs },
          target: atMost(settling.tookMs / 1_000, 1, 's'),
        },
      ],
    },
    meanwhile(open.length, figures(idle), figures(busy)),
  ];
  return { reports, open: left };
}

function meanwhile(
  count: number,
  idle: ReturnType<typeof figures>,
  busy: ReturnType<typeof figures>,
): Report {
  const ratio = busy.p99 / idle.p99;
  return {
    name: `tick to close with ${count} open, ${idle.count} samples each`,
    rows: [
      percentiles('nothing else to do', idle, 'a workflow task and a call: Temporal'),
      percentiles('one in a hundred changing all the time', busy, 'the same, and two cores'),
      ratioRow('ratio of p99', ratio, 'the reading keeps the worker from its prices', atMost(ratio, 2, 'x')),
    ],
  };
}

/** Half of each is closed by hand; settled when every position says so. */
async function settle(
  setting: Setting,
  indexes: readonly number[],
): Promise<{ signals: number; tookMs: number }> {
  const signals = () =>
    metric(setting, 'holdfast_signals_total', { account: ACCOUNT, signal: 'reconcile', result: 'delivered' });
  const before = await signals();
  const startedMs = Date.now();
  await reduceByHand(setting, indexes);
  await settled(setting, indexes);
  const tookMs = Date.now() - startedMs;
  return { signals: (await signals()) - before, tookMs };
}

const reduceByHand = ({ venue: { control } }: Setting, indexes: readonly number[]): Promise<unknown> =>
  Promise.all(
    indexes.map((index) =>
      control.trade({
        account: ACCOUNT,
        leg: 'net',
        symbol: marketOf(index),
        action: 'reduce',
        quantity: TAKEN_AWAY,
      }),
    ),
  );

function settled({ journal }: Setting, indexes: readonly number[]): Promise<void> {
  const symbols = new Set(indexes.map(symbolOf));
  return eventually(async () => {
    const waiting = (await journal.positions(ACCOUNT)).filter(
      ({ symbol, quantity }) => symbols.has(symbol) && gt(quantity, TAKEN_AWAY),
    );
    if (waiting.length > 0) throw new Error(`${waiting.length} positions do not know it yet`);
  }, WITHIN_MS);
}

async function crossed(setting: Setting, indexes: readonly number[]): Promise<number[]> {
  const targets = await targetsOf(setting);
  const times: number[] = [];
  for (const index of indexes) times.push(await closedByWatcher(setting, index, targets));
  return times;
}

/** Crosses some while others are changed, `atOnce` at a time, round after round. */
async function whileReconciling(
  setting: Setting,
  indexes: readonly number[],
  changed: readonly number[],
  atOnce: number,
): Promise<number[]> {
  let going = true;
  const changing = (async () => {
    for (let from = 0; going && from + atOnce <= changed.length; from += atOnce) {
      const some = changed.slice(from, from + atOnce);
      await reduceByHand(setting, some);
      await settled(setting, some);
    }
  })();
  try {
    return await crossed(setting, indexes);
  } finally {
    going = false;
    await changing;
  }
}
