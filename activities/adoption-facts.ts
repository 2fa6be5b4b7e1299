/** What the exchange tells of a leg that is to be taken up; see `domain/position/adoption.ts`. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AdoptionFacts } from '../domain/position/adoption.ts';
import { beginningOf } from '../domain/position/beginning.ts';
import { eq } from '../domain/decimal.ts';
import type { ExchangePosition, Fill, LegSnapshot } from '../domain/exchange-truth.ts';
import type { PositionMode } from '../domain/terms.ts';
import { ExchangeFault } from '../exchanges/errors.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { LegInput } from './api.ts';
import { SIGHTING_GAP_MS } from './observe/differences.ts';

/** How far back a position's beginning is looked for: what every exchange tells executions of in one window. */
const LOOK_BACK_MS = 7 * 86_400_000 - 60_000;

/**
 * @param sighted it was seen before, some seconds ago; else it is read twice
 * @throws ExchangeFault where the leg cannot be read whole, changes while it is read, or was traded so
 *   shortly before that its list may not show it
 */
export async function readAdoptionFacts(
  exchange: Exchange,
  { symbol, leg }: Pick<LegInput, 'symbol' | 'leg'>,
  sighted: boolean,
  nowMs: number,
): Promise<AdoptionFacts> {
  const first = sighted ? undefined : await whole(exchange, { symbol, leg });
  if (first?.position) await delay(SIGHTING_GAP_MS);
  const [rules, positionMode, price, snapshot] = await Promise.all([
    exchange.marketRules(symbol),
    exchange.positionMode(),
    exchange.price(symbol),
    whole(exchange, { symbol, leg }),
  ]);
  if (first && !isSame(first.position, snapshot.position))
    throw new ExchangeFault('bad_answer', `${symbol} ${leg} is changing just now`);
  if (price.last === undefined) throw new ExchangeFault('bad_answer', `no contract price of ${symbol}`);
  insistOnLeg(positionMode, leg);
  const fills = snapshot.position ? await recentFills(exchange, snapshot.position, nowMs) : [];
  // What the list does not show yet would be counted as part of what it shows.
  if (fills.some(({ atMs }) => atMs > snapshot.takenAtMs - SIGHTING_GAP_MS))
    throw new ExchangeFault('bad_answer', `${symbol} ${leg} was traded a moment ago`);
  const began = snapshot.position && beginningOf(snapshot.position, fills);
  const { positionIds, orderBatches: batches } = exchange.capabilities;
  return {
    rules,
    positionMode,
    positionIds,
    batches,
    snapshot,
    price: price.last,
    openedAtMs: began?.openedAtMs ?? null,
    entryOrderId: began?.entryOrderId ?? null,
  };
}

async function whole(exchange: Exchange, leg: Pick<LegInput, 'symbol' | 'leg'>): Promise<LegSnapshot> {
  const snapshot = await exchange.legSnapshot(leg);
  if (snapshot.complete) return snapshot;
  throw new ExchangeFault(
    'bad_answer',
    `${leg.symbol} ${leg.leg} could not be read whole: ${snapshot.problems.join('; ')}`,
  );
}

const isSame = (a: ExchangePosition | undefined, b: ExchangePosition | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.side === b.side && eq(a.quantity, b.quantity);

function insistOnLeg(mode: PositionMode, leg: LegInput['leg']): void {
  if ((mode === 'hedge') === (leg !== 'net')) return;
  throw new ExchangeFault('bad_answer', `the account is in ${mode} mode, which has no leg ${leg}`);
}

/** Best effort: a position is taken up without them, too. */
async function recentFills(exchange: Exchange, position: ExchangePosition, nowMs: number): Promise<Fill[]> {
  const { symbol, leg, openedAtMs } = position;
  try {
    const sinceMs = Math.max(nowMs - LOOK_BACK_MS, (openedAtMs ?? 0) - 2_000);
    return await exchange.fills({ symbol, leg, sinceMs });
  } catch {
    return [];
  }
}
