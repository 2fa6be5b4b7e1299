/**
 * Many positions whose levels are crossed at the same moment, until all are closed: as fast as the machine
 * can, and within the exchange's documented limits.
 */
import { eventually } from '../test/support/eventually.ts';
import { CROSSING_PRICE, targetsOf, TERMS, vanish } from './crossing.ts';
import { openedTogether } from './open.ts';
import { ratioRow, type Report, type Row } from './report.ts';
import { ACCOUNT, LIMITED_ACCOUNT, marketOf, ORDER_LIMITS, type Setting } from './setting.ts';
import { allowedMs, seconds } from './statistics.ts';
import { atMost } from './target.ts';

const WITHIN_MS = 240_000;

/** @param indexes of positions that are open on the account without limits */
export async function closing(setting: Setting, indexes: readonly number[]): Promise<Report> {
  const tookMs = await crossAll(setting, ACCOUNT, indexes);
  const row: Row = {
    what: 'price changes to the last close',
    value: seconds(tookMs),
    unit: 's',
    bound: 'two cores; a workflow task and a call for each',
    data: { ms: tookMs },
    target: atMost(tookMs / 1_000, 3, 's'),
  };
  return { name: `${indexes.length} positions crossing at once, no limits`, rows: [row] };
}

/** @param indexes of markets without a position on the account that keeps limits */
export async function limitedClosing(setting: Setting, indexes: readonly number[]): Promise<Report> {
  const { control } = setting.venue;
  await control.changeSettings({ rateLimits: true });
  try {
    await openedTogether(setting, indexes, TERMS, { account: LIMITED_ACCOUNT });
    const tookMs = await crossAll(setting, LIMITED_ACCOUNT, indexes);
    const limit = ORDER_LIMITS[setting.exchange];
    const leastMs = allowedMs(indexes.length, limit);
    const bound = `${limit.limit} orders in ${limit.windowMs / 1_000} s`;
    return {
      name: `${indexes.length} positions crossing at once, within the exchange's limits`,
      rows: [
        {
          what: 'price changes to the last close',
          value: seconds(tookMs),
          unit: 's',
          bound,
          data: { ms: tookMs },
        },
        {
          what: 'the least that the limit allows',
          value: seconds(leastMs),
          unit: 's',
          bound,
          data: { ms: leastMs },
        },
        // Where all leave at once the limit takes no time, and nothing can be compared with it.
        ...(leastMs > 0
          ? [ratioRow('against it', tookMs / leastMs, bound, atMost(tookMs / leastMs, 1.05, 'x'))]
          : []),
      ],
    };
  } finally {
    await control.changeSettings({ rateLimits: false });
  }
}

/** @returns ms from the first price change to the last order that closed, by the venue's books */
async function crossAll(setting: Setting, account: string, indexes: readonly number[]): Promise<number> {
  const { control } = setting.venue;
  const targets = await targetsOf(setting, account);
  for (const index of indexes) await vanish(setting, targets, index, account);
  const markets = new Set(indexes.map(marketOf));
  const startedMs = Date.now();
  await Promise.all(
    indexes.map((index) => control.setPrice({ symbol: marketOf(index), last: CROSSING_PRICE })),
  );
  const history = await eventually(
    async () => {
      const { positions, positionHistory } = await control.books(account);
      const open = positions.filter(({ symbol }) => markets.has(symbol));
      if (open.length > 0) throw new Error(`${open.length} of ${indexes.length} are still open`);
      return positionHistory;
    },
    WITHIN_MS,
    250,
  );
  await settled(setting, account);
  const closedAtMs = history.flatMap((row) => (markets.has(row.symbol) ? [row.closedAtMs] : []));
  return Math.max(...closedAtMs) - startedMs;
}

/** What is still being looked up would count against the limits of the next benchmark. */
const settled = ({ journal }: Setting, account: string): Promise<void> =>
  eventually(
    async () => {
      const { length } = await journal.positions(account);
      if (length > 0) throw new Error(`${length} positions are not settled`);
    },
    WITHIN_MS,
    250,
  );
