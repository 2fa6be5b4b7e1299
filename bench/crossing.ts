/** A price moved over a level, and how long it took until the order that closes reached the venue. */
import { setTimeout as delay } from 'node:timers/promises';
import { gt } from '../domain/decimal.ts';
import { eventually } from '../test/support/eventually.ts';
import type { Books } from '../venue/control/types.ts';
import { opened } from './open.ts';
import { ACCOUNT, closeOn, marketOf, START_PRICE, symbolOf, type Setting } from './setting.ts';

const SETTLED_WITHIN_MS = 60_000;
/** A thousand rows cost time that others need. */
const LOOK_EVERY_MS = 200;
/** Over every target of the benchmarks. */
export const CROSSING_PRICE = '1100';
export const TARGET_PRICE = '1050';
/** A price that crosses nothing, and is not the one that markets begin with. */
const START_PRICE_TICK = '1000.1';
export const QUANTITY = '0.1';
export const STOP_PRICE = '900';

/** Terms of a position that the watcher closes once its target has vanished from the exchange. */
export const TERMS = {
  quantity: QUANTITY,
  stopLoss: { price: STOP_PRICE },
  takeProfit: { price: TARGET_PRICE },
} as const;

/** Opens a position and has its price seen. */
export async function openWatched(setting: Setting, index: number): Promise<void> {
  await opened(setting, index, TERMS);
  await watched(setting, index);
}

/**
 * Cancels the target by hand, so that closing is the watcher's doing and not the venue's, and crosses its
 * level before anybody has heard of that. Waits until nothing of the position is left to do, so that the
 * next one does not wait for it.
 */
export async function closedByWatcher(setting: Setting, index: number, targets: Targets): Promise<number> {
  await setting.venue.control.cancelOrder(ACCOUNT, targetOf(targets, index));
  const took = await crossing(setting, index);
  await eventually(
    async () => {
      const left = (await setting.journal.positions(ACCOUNT)).some(
        ({ symbol }) => symbol === symbolOf(index),
      );
      if (left) throw new Error(`${symbolOf(index)} is not settled yet`);
    },
    SETTLED_WITHIN_MS,
    LOOK_EVERY_MS,
  );
  return took;
}

/** Moves the price over the level and waits for the market order that closes. @returns ms, by the venue's clock */
export async function crossing(setting: Setting, index: number): Promise<number> {
  const { control } = setting.venue;
  const [latest] = await control.requests({ limit: 1 });
  const waiting = control.waitForRequest({
    ...closeOn(setting, index),
    sinceSeq: latest?.seq ?? 0,
    timeoutMs: 30_000,
  });
  const changedAtMs = Date.now();
  await control.setPrice({ symbol: marketOf(index), last: CROSSING_PRICE });
  return (await waiting).atMs - changedAtMs;
}

/** A position that Holdfast knows nothing of, with a first tick of its market. */
export async function openByHand(
  { venue: { control } }: Setting,
  account: string,
  index: number,
): Promise<void> {
  const symbol = marketOf(index);
  await control.trade({ account, leg: 'net', symbol, action: 'open', direction: 'long', quantity: QUANTITY });
  await control.setPrice({ symbol, last: START_PRICE_TICK });
}

/** Until the watcher has had a tick of this market, its level cannot be crossed. */
async function watched(setting: Setting, index: number): Promise<void> {
  for (let tick = 0; tick < 6; tick++) {
    await setting.venue.control.setPrice({
      symbol: marketOf(index),
      last: tick % 2 === 0 ? START_PRICE_TICK : START_PRICE,
    });
    await delay(50);
  }
}

/** The order id of the target that rests on each market. */
export type Targets = ReadonlyMap<string, string>;

export const targetsOf = async ({ venue: { control } }: Setting, account = ACCOUNT): Promise<Targets> =>
  restingTargets(await control.books(account));

const restingTargets = ({ orders }: Books): Targets =>
  new Map(
    orders.flatMap(({ symbol, state, stopPrice, orderId }) =>
      state === 'new' && stopPrice !== null && gt(stopPrice, START_PRICE) ? [[symbol, orderId] as const] : [],
    ),
  );

/** Takes a position's target away without a trace. */
export async function vanish(
  { venue: { control } }: Setting,
  targets: Targets,
  index: number,
  account = ACCOUNT,
): Promise<void> {
  await control.vanishOrder(account, targetOf(targets, index));
}

function targetOf(targets: Targets, index: number): string {
  const target = targets.get(marketOf(index));
  if (target === undefined) throw new Error(`no target rests for ${marketOf(index)}`);
  return target;
}
