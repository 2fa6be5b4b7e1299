/**
 * What is left to know of a position that has just been closed by an order of its own: whether its other
 * orders still rest, that the leg is flat, and the exchange's figures. Read in the call that learnt of the
 * close, because three calls of their own would tell the same later. Best effort: what cannot be read in
 * time is not told, and the position asks for it as if nobody had tried.
 */
import type { EndReport } from '../domain/position/ending.ts';
import type { Symbol } from '../domain/terms.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { EndInput } from './api.ts';
import { readFigures } from './figures.ts';
import { seenOrder } from './seen-order.ts';

/** Less than a few calls need one after the other is not worth beginning. */
const WORTH_MS = 300;

/** @param withinMs after this it is given up */
export async function readEnding(
  exchange: Exchange,
  input: EndInput & { symbol: Symbol },
  withinMs: number,
): Promise<EndReport | undefined> {
  if (withinMs < WORTH_MS) return undefined;
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), withinMs);
  try {
    return await Promise.race([readAll(exchange, input), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** All at once: the position is taken for open until this is read. */
async function readAll(
  exchange: Exchange,
  input: EndInput & { symbol: Symbol },
): Promise<EndReport | undefined> {
  const { symbol, leg, orderIds } = input;
  const [looked, snapshot, figures] = await Promise.all([
    Promise.all(orderIds.map((orderId) => exchange.findOrder({ symbol, orderId }))),
    exchange.legSnapshot({ symbol, leg }),
    readFigures(exchange, input),
  ]);
  const orders = looked.flatMap((lookup) => (lookup.found === 'one' ? [seenOrder(lookup.order)] : []));
  // One that rests is cancelled first, and the rest is read with that.
  if (orders.length < orderIds.length || orders.some(({ status }) => status === 'open')) return undefined;
  const askedAtMs = Math.min(snapshot.takenAtMs, ...looked.map((lookup) => lookup.askedAtMs));
  const fills = figures.fills.map(({ symbol: _symbol, leg: _leg, ...fill }) => fill);
  return { orders, askedAtMs, snapshot, figures: { ...figures, fills } };
}
