/** Tick to close: from the price change at the venue to the close order's arrival there. */
import { createBareCcxt, type BareCcxt } from './bare-ccxt.ts';
import { withBareHops } from './bare-hops.ts';
import { createBareLoop } from './bare-loop.ts';
import { closedByWatcher, crossing, openByHand, openWatched, QUANTITY, targetsOf } from './crossing.ts';
import { pollingCloses } from './polling-loop.ts';
import { percentiles, ratioRow, type Report } from './report.ts';
import { ACCOUNT, BARE, symbolOf, venueUrl, type Setting } from './setting.ts';
import { figures } from './statistics.ts';
import { atLeast, atMost, both } from './target.ts';

const POLLED_EVERY_MS = [5_000, 1_000] as const;
/** Loops of each period; their phases are spread over it. */
const POLLING_LOOPS = 20;
const LEVEL = 1050;
const WARM_HOPS = 5;
/** From a client to an exchange on another continent. */
const EXCHANGE_LATENCY_MS = 100;
const HOPS = 'a workflow task and the call that it leads to: Temporal and its SDK';

/** Markets that `latency` takes for so many samples. */
export const latencyMarkets = (samples: number): number =>
  2 * samples + POLLED_EVERY_MS.length * POLLING_LOOPS;
export const delayedMarkets = (samples: number): number => 2 * samples;

/** Beside a bare ccxt loop and two loops that poll. @param first the first of its markets */
export async function latency(setting: Setting, samples: number, first: number): Promise<Report> {
  return withBareCcxt(setting, async (exchange) => {
    const { ours, bare } = await inTurns(setting, exchange, samples, first);
    const hops = await bareHops(setting, samples);
    const polled: number[] = [];
    for (const [nth, periodMs] of POLLED_EVERY_MS.entries()) {
      const from = first + 2 * samples + nth * POLLING_LOOPS;
      const indexes = Array.from({ length: POLLING_LOOPS }, (_, index) => from + index);
      polled.push(figures(await pollingCloses(setting, exchange, indexes, periodMs)).p50);
    }
    const [a, b, c, [slow = 0, quick = 0]] = [figures(ours), figures(bare), figures(hops), polled];
    return {
      name: `tick to close, ${samples} samples each, in turns`,
      rows: [
        percentiles(
          'holdfast: price change to close order at the venue',
          a,
          HOPS,
          both(atMost(a.p50, 20, 'ms'), atMost(a.p99, 60, 'ms')),
        ),
        percentiles('bare ccxt loop, the same', b, 'ccxt: parse, sign, send'),
        percentiles('bare workflow, from an update to the call', c, 'the Temporal server and its SDK'),
        ratioRow('holdfast against both, one after the other', a.p50 / (b.p50 + c.p50), 'what a position is'),
        ratioRow(
          '5 s polling loop against holdfast',
          slow / a.p50,
          'half a period',
          atLeast(slow / a.p50, 100, 'x'),
        ),
        ratioRow(
          '1 s polling loop against holdfast',
          quick / a.p50,
          'half a period',
          atLeast(quick / a.p50, 25, 'x'),
        ),
      ],
    };
  });
}

/** The same with every request 100 ms on its way to the exchange. */
export async function delayedLatency(setting: Setting, samples: number, first: number): Promise<Report> {
  const { control } = setting.venue;
  return withBareCcxt(setting, async (exchange) => {
    const params = { ms: EXCHANGE_LATENCY_MS, before: true };
    for (const account of [ACCOUNT, BARE.name])
      await control.planFault({ kind: 'latency', match: { account }, count: null, params });
    try {
      const { ours, bare } = await inTurns(setting, exchange, samples, first);
      const [a, b] = [figures(ours), figures(bare)];
      const ratio = a.p50 / b.p50;
      return {
        name: `tick to close, every request ${EXCHANGE_LATENCY_MS} ms on its way, ${samples} samples each, in turns`,
        rows: [
          percentiles('holdfast', a, `${EXCHANGE_LATENCY_MS} ms, and ${HOPS}`),
          percentiles('bare ccxt loop', b, `${EXCHANGE_LATENCY_MS} ms, and ccxt`),
          ratioRow('ratio of the medians', ratio, 'the hops, against the latency', atMost(ratio, 1.25, 'x')),
        ],
      };
    } finally {
      await control.clearFaults();
    }
  });
}

async function withBareCcxt<T>(setting: Setting, work: (exchange: BareCcxt) => Promise<T>): Promise<T> {
  await setting.venue.control.createAccount(BARE);
  const exchange = await createBareCcxt(setting.exchange, venueUrl(setting), BARE);
  try {
    return await work(exchange);
  } finally {
    await exchange.close();
  }
}

/** One by one and in turns, so that both see the same machine. */
async function inTurns(setting: Setting, exchange: BareCcxt, samples: number, first: number) {
  const [ours, bare]: [number[], number[]] = [[], []];
  const loop = createBareLoop(exchange);
  for (let sample = 0; sample < samples; sample++) {
    const index = first + 2 * sample;
    await openWatched(setting, index);
    ours.push(await closedByWatcher(setting, index, await targetsOf(setting)));
    bare.push(await bareClose(setting, loop, index + 1));
  }
  return { ours, bare };
}

const bareHops = (setting: Setting, samples: number): Promise<number[]> =>
  withBareHops(setting, async ({ once }) => {
    for (let warm = 0; warm < WARM_HOPS; warm++) await once();
    const took: number[] = [];
    for (let sample = 0; sample < samples; sample++) took.push(await once());
    return took;
  });

async function bareClose(
  setting: Setting,
  loop: ReturnType<typeof createBareLoop>,
  index: number,
): Promise<number> {
  await openByHand(setting, BARE.name, index);
  await loop.warm(symbolOf(index));
  const closing = loop.closeAt(symbolOf(index), LEVEL, Number(QUANTITY));
  const took = await crossing(setting, index);
  await closing;
  return took;
}
