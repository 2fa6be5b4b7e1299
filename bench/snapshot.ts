/** What one reading of a whole account costs the gateway, beside plain ccxt calls for the same lists. */
import { createExchange } from '../exchanges/create.ts';
import { createBareCcxt, type BareCcxt } from './bare-ccxt.ts';
import { percentiles, ratioRow, type Report } from './report.ts';
import { marketOf, START_PRICE, symbolOf, venueUrl, type Setting } from './setting.ts';
import { figures } from './statistics.ts';

const ACCOUNT = 'readings';
const KEYS = { apiKey: 'key-of-readings', secret: 'secret-of-readings' };
const POSITIONS = 20;
/** How many markets it trades on. */
export const SNAPSHOT_MARKETS = POSITIONS;
const QUANTITY = '0.1';

/** @param firstIndex the first of its markets */
export async function snapshot(setting: Setting, samples: number, firstIndex: number): Promise<Report> {
  const { exchange } = setting;
  const { control } = setting.venue;
  await control.createAccount({ name: ACCOUNT, ...KEYS });
  const endpoint = venueUrl(setting);
  const connecting = { account: ACCOUNT, exchange, mode: 'paper', endpoint, ...KEYS } as const;
  const gateway = await createExchange({ ...connecting, rateLimits: 'off' });
  const bare = await createBareCcxt(exchange, endpoint, KEYS);
  const [ours, theirs]: [number[], number[]] = [[], []];
  try {
    for (let index = firstIndex; index < firstIndex + POSITIONS; index++) await hold(setting, gateway, index);
    await gateway.snapshot();
    await readBare(exchange, bare);
    const before = await control.requests({ account: ACCOUNT, limit: 1 });
    await gateway.snapshot();
    const sinceSeq = before.at(-1)?.seq ?? 0;
    const requests = (await control.requests({ account: ACCOUNT, sinceSeq })).length;
    for (let sample = 0; sample < samples; sample++) {
      ours.push(await timed(() => gateway.snapshot()));
      theirs.push(await timed(() => readBare(exchange, bare)));
    }
    return report({ ours, theirs, requests });
  } finally {
    await bare.close();
    await gateway.close();
  }
}

type Gateway = Awaited<ReturnType<typeof createExchange>>;

/** A position by hand, and a stop for it. */
async function hold({ venue: { control } }: Setting, gateway: Gateway, index: number): Promise<void> {
  await control.setPrice({ symbol: marketOf(index), last: START_PRICE });
  await control.trade({
    account: ACCOUNT,
    symbol: marketOf(index),
    leg: 'net',
    action: 'open',
    direction: 'long',
    quantity: QUANTITY,
  });
  const placed = await gateway.placeOrder({
    clientOrderId: `hfbench${index}`,
    symbol: symbolOf(index),
    leg: 'net',
    side: 'sell',
    kind: 'stop_market',
    quantity: QUANTITY,
    triggerPrice: '900',
    workingType: 'CONTRACT_PRICE',
    reduceOnly: true,
  });
  if (placed.outcome !== 'accepted') throw new Error(`the stop was not accepted: ${placed.reason}`);
}

/** The same lists: Binance keeps conditional orders in one of their own. */
const readBare = (exchange: Setting['exchange'], bare: BareCcxt): Promise<unknown> =>
  Promise.all([
    bare.fetchPositions(),
    bare.fetchOpenOrders(),
    ...(exchange === 'binance'
      ? [bare.fetchOpenOrders(undefined, undefined, undefined, { trigger: true })]
      : []),
  ]);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function report({ ours, theirs, requests }: { ours: number[]; theirs: number[]; requests: number }): Report {
  const [a, b] = [figures(ours), figures(theirs)];
  return {
    name: `a reading of ${POSITIONS} positions with a stop each, ${ours.length} samples each, in turns`,
    rows: [
      percentiles('gateway: a checked snapshot', a, 'venue, parsing, checking of every row'),
      percentiles('bare ccxt: the same lists', b, 'venue, parsing'),
      ratioRow('ratio of the medians', a.p50 / b.p50, 'checking of every row'),
      {
        what: 'requests',
        value: String(requests),
        unit: '',
        bound: "the exchange's lists",
        data: { requests },
      },
    ],
  };
}
