/** Tick to close: from the price change at the venue to the close order's arrival there. */
import { setTimeout as delay } from 'node:timers/promises';
import { accountConfig } from '../config/account.ts';
import { connection } from '../config/connection.ts';
import { createBareCcxt } from './bare-ccxt.ts';
import { createBareLoop } from './bare-loop.ts';
import { ACCOUNT, closeOn, marketOf, symbolOf, venueUrl, type Setting } from './setting.ts';
import { opened, vanishTarget } from './open.ts';
import type { Report } from './report.ts';
import { figures, rounded } from './statistics.ts';

const QUANTITY = '0.1';
/** Far over any target below. */
const CROSSING_PRICE = '1100';

export async function latency(setting: Setting, samples: number): Promise<Report> {
  const ours: number[] = [];
  const bare: number[] = [];
  const keys = connection(accountConfig(setting.config, ACCOUNT));
  const loop = createBareLoop(await createBareCcxt(setting.exchange, venueUrl(setting), keys));
  try {
    // One by one and in turns, so that both see the same machine.
    for (let index = 0; index < samples; index++) {
      ours.push(await ourClose(setting, 2 * index));
      bare.push(await bareClose(setting, loop, 2 * index + 1));
    }
  } finally {
    await loop.close();
  }
  const [a, b] = [figures(ours), figures(bare)];
  const row = (what: string, { p50, p99 }: typeof a, bound: string) => ({
    what,
    value: `${rounded(p50)} / ${rounded(p99)}`,
    unit: 'ms',
    bound,
    data: { p50, p99 },
  });
  return {
    name: `tick to close, ${samples} samples each, in turns`,
    rows: [
      row(
        'holdfast: price change to close order at the venue, p50 / p99',
        a,
        'signal, workflow task, activity task: three hops through Temporal',
      ),
      row('bare ccxt loop, the same', b, 'ccxt: parse, sign, send'),
      {
        what: 'ratio of the medians',
        value: rounded(a.p50 / b.p50),
        unit: 'x',
        bound: '',
        data: { ratio: a.p50 / b.p50 },
      },
    ],
  };
}

async function ourClose(setting: Setting, index: number): Promise<number> {
  await opened(setting, index, {
    quantity: QUANTITY,
    stopLoss: { price: '900' },
    takeProfit: { price: '1050' },
  });
  await watched(setting, index);
  // Its target vanishes, so that the close is the watcher's doing and not the venue's.
  await vanishTarget(setting, index);
  return crossing(setting, index);
}

async function bareClose(
  setting: Setting,
  loop: ReturnType<typeof createBareLoop>,
  index: number,
): Promise<number> {
  await setting.venue.control.trade({
    account: ACCOUNT,
    leg: 'net',
    symbol: marketOf(index),
    action: 'open',
    direction: 'long',
    quantity: QUANTITY,
  });
  await setting.venue.control.setPrice({ symbol: marketOf(index), last: '1000.1' });
  await loop.warm(symbolOf(index));
  const closing = loop.closeAt(symbolOf(index), 1050, Number(QUANTITY));
  const took = await crossing(setting, index);
  await closing;
  return took;
}

/** Moves the price over the level and waits for the market order that closes. */
async function crossing(setting: Setting, index: number): Promise<number> {
  const { control } = setting.venue;
  const before = await control.requests({});
  const sinceSeq = before.at(-1)?.seq ?? 0;
  const waiting = control.waitForRequest({
    ...closeOn(setting, index),
    sinceSeq,
    timeoutMs: 10_000,
  });
  const changedAtMs = Date.now();
  await control.setPrice({ symbol: marketOf(index), last: CROSSING_PRICE });
  return (await waiting).atMs - changedAtMs;
}

/** Until the watcher has had a tick of this market, its level cannot be crossed. */
async function watched(setting: Setting, index: number): Promise<void> {
  for (let tick = 0; tick < 6; tick++) {
    await setting.venue.control.setPrice({
      symbol: marketOf(index),
      last: tick % 2 === 0 ? '1000.1' : '1000',
    });
    await delay(50);
  }
}
