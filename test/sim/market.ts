/** Prices: how they move, and who is told that a level was crossed. */
import { add, div, gt, lt, mul, roundToStep, type Decimal } from '../../domain/decimal.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import { wantedTargets } from '../../domain/position/targets.ts';
import { wantedStop } from '../../domain/position/protective-prices.ts';
import { marketOf } from '../../venue/book/margin.ts';
import { movePrice } from '../../venue/book/match.ts';
import type { Scene } from './scene.ts';
import type { Life } from './life.ts';
import { venueSymbol } from './venue-rows.ts';
import { MARKETS } from './world.ts';

/** A watcher that hears ticks has seen a crossing after this. */
const CROSSING_MS = 60;
/** Prices stay near where they began. */
const FARTHEST_PERCENT = 12;

/** A price, so many percent away from another, on the tick. */
export const scaled = (price: Decimal, percent: number, tickSize: Decimal): Decimal =>
  roundToStep(add(price, div(mul(price, String(percent)), '100')), tickSize, 'nearest');

type Move = 'drift' | 'jump' | 'toStop' | 'toTarget' | 'toEntry';

export function moveTo(scene: Scene, move: Move): string | undefined {
  const { pick, desk, world } = scene;
  const lives = desk.running;
  const life = lives[pick % Math.max(1, lives.length)];
  if (move === 'drift' || move === 'jump') {
    const market = MARKETS[pick % MARKETS.length];
    if (!market) return undefined;
    const { last, tickSize } = marketOf(world.books, market.symbol);
    const percent = move === 'drift' ? ((pick % 9) - 4) * 0.06 : pick % 4 < 2 ? 2 : -2;
    return go(scene, market.symbol, scaled(last, percent, tickSize), move === 'jump');
  }
  const level = life && levelOf(life, move, pick);
  if (!life || level === undefined) return undefined;
  const symbol = venueSymbol(life.state.symbol);
  const { last, tickSize } = marketOf(world.books, symbol);
  // Just reached, or well beyond it.
  const beyond = (pick % 3) * 0.1 * (lt(level, last) ? -1 : 1);
  return go(scene, symbol, scaled(level, beyond, tickSize), pick % 2 === 0);
}

function levelOf(
  { state }: Life,
  move: 'toStop' | 'toTarget' | 'toEntry',
  pick: number,
): Decimal | undefined {
  if (move === 'toEntry')
    return state.intents.find(({ role, status }) => role === 'entry' && status.name === 'live')?.request
      .price;
  const tranche = state.tranches[pick % state.tranches.length];
  if (!tranche) return undefined;
  return (
    (move === 'toStop' ? wantedStop(state, tranche) : wantedTargets(state, tranche)[0]?.price) ?? undefined
  );
}

function go(scene: Scene, symbol: string, wanted: Decimal, jumps: boolean): string {
  const { world, desks } = scene;
  const { last: before, tickSize } = marketOf(world.books, symbol);
  const begin = MARKETS.find((market) => market.symbol === symbol)?.price ?? before;
  const low = scaled(begin, -FARTHEST_PERCENT, tickSize);
  const high = scaled(begin, FARTHEST_PERCENT, tickSize);
  const price = lt(wanted, low) || gt(wanted, high) ? begin : wanted;
  const to = { last: price, mark: price, index: price };
  const levels = desks.flatMap((desk) =>
    desk.running.flatMap((life) => levelsCrossed(life, symbol, before, price)),
  );
  world.books.transact(() => movePrice(world.books, { symbol, to, path: jumps ? 'jump' : 'walk' }));
  for (const { life, levelId } of levels) {
    const crossing = { crossingId: levelId, levelId, generation: 0, price, atMs: world.nowMs };
    world.in(CROSSING_MS, () => life.command({ type: 'priceCrossed', crossing }));
  }
  return `${symbol} ${jumps ? 'jumps' : 'walks'} from ${before} to ${price}`;
}

function levelsCrossed(life: Life, symbol: string, before: Decimal, price: Decimal) {
  if (venueSymbol(life.state.symbol) !== symbol) return [];
  return priceLevels(life.state)
    .filter(({ direction, price: level }) =>
      direction === 'down' ? gt(before, level) && !gt(price, level) : lt(before, level) && !lt(price, level),
    )
    .map(({ levelId }) => ({ life, levelId }));
}
