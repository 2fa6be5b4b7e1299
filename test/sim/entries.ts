/** Requests to open a position: whole or in parts, at market or at a limit, protected in one way or another. */
import { div, mul, roundToStep, sub, sum, type Decimal } from '../../domain/decimal.ts';
import type { OpenPositionRequest } from '../../domain/commands.ts';
import type { ProtectionSpec } from '../../domain/position/tranche.ts';
import { legFor, type Side } from '../../domain/terms.ts';
import { marketOf } from '../../venue/book/margin.ts';
import { legKey } from '../../venue/book/model.ts';
import { one, type Scene } from './scene.ts';
import type { Part } from './life.ts';
import { scaled } from './market.ts';
import { unifiedSymbol, venueSymbol } from './venue-rows.ts';
import { MARKETS } from './world.ts';

export function openByRequest(scene: Scene, deed: 'open' | 'openParts' | 'openLimit'): string | undefined {
  const { desk, pick, world } = scene;
  const market = MARKETS[pick % MARKETS.length];
  if (!market) return undefined;
  const { last, tickSize, lotSize } = marketOf(world.books, market.symbol);
  const side: Side = pick % 4 < 2 ? 'long' : 'short';
  // Within the lag of the lists nobody can know; what then becomes of the two as one is nobody's promise.
  const leg = legFor(desk.plan.hedge ? 'hedge' : 'one-way', side);
  if (world.books.positions.has(legKey(desk.name, market.symbol, leg))) return undefined;
  const sign = side === 'long' ? 1 : -1;
  const limitPrice = deed === 'openLimit' ? scaled(last, sign * -0.1 * (1 + (pick % 5)), tickSize) : null;
  const total = mul(lotSize, String(300 + pick));
  const count = deed === 'openParts' ? 2 + (pick % 2) : 1;
  const spec = (percent: number): ProtectionSpec =>
    pick % 3 === 0
      ? { price: scaled(limitPrice ?? last, sign * percent, tickSize) }
      : { percent: String(Math.abs(percent)) };
  const parts = sharesOf(total, count, lotSize).map((quantity, index): Part => {
    const bare = pick % 11 === 0 && index === 0;
    return {
      quantity,
      limitPrice,
      stopLoss: bare ? null : spec(-(1 + index * 0.25)),
      takeProfit: pick % 5 === 0 ? null : spec(1.5 + index * 0.5),
      ...movingTerms(pick + index, quantity, limitPrice, lotSize),
    };
  });
  const [first] = parts;
  const request: OpenPositionRequest = {
    symbol: unifiedSymbol(market.symbol),
    side,
    quantity: total,
    ...(limitPrice !== null && { limitPrice }),
    ...(first?.stopLoss && { stopLoss: first.stopLoss }),
    ...(first?.takeProfit && { takeProfit: first.takeProfit }),
  };
  const refused = desk.open(request, parts);
  const what = `open ${side} ${parts.map(({ quantity }) => quantity).join(' + ')} ${market.symbol}`;
  return `${what}${limitPrice === null ? '' : ` at ${limitPrice}`}${refused ? `: refused, ${refused}` : ''}`;
}

/** More of a position that runs: at market or at a limit, protected in one way or another, or not at all. */
export function addByRequest({ desk, pick, world }: Scene): string | undefined {
  const life = one(desk.running, pick);
  if (!life) return undefined;
  const { symbol, leg, side } = life.state;
  const { last, tickSize, lotSize } = marketOf(world.books, venueSymbol(symbol));
  // Turned over within the lag of the lists: as with an entry, nobody can know.
  const there = world.books.positions.get(legKey(desk.name, venueSymbol(symbol), leg));
  if (there && there.side !== side) return undefined;
  const sign = side === 'long' ? 1 : -1;
  const limitPrice = pick % 3 === 0 ? scaled(last, sign * -0.1 * (1 + (pick % 4)), tickSize) : undefined;
  const quantity = mul(lotSize, String(100 + pick));
  const visible = roundToStep(div(quantity, '3'), lotSize, 'up');
  const levels = [40, 60].map((share, index) => ({
    at: { percent: String(1.2 + index * 0.7) },
    share: String(share),
  }));
  const request = {
    symbol,
    leg,
    quantity,
    requestId: `add${world.nowMs}${pick}`,
    ...(limitPrice !== undefined && { limitPrice }),
    ...(limitPrice !== undefined && pick % 4 === 0 && { visibleQuantity: visible }),
    ...(pick % 13 !== 0 && { stopLoss: { percent: String(0.6 + (pick % 4) * 0.4) } }),
    ...(pick % 5 === 1
      ? { takeProfitLevels: levels }
      : { takeProfit: { percent: String(0.8 + (pick % 6) * 0.5) } }),
    ...(pick % 7 === 3 && { trailing: { distance: { percent: '0.7' } } }),
  };
  const refused = desk.add(life, request);
  return `add ${quantity} to ${life.id}${limitPrice === undefined ? '' : ` at ${limitPrice}`}${refused ? `: refused, ${refused}` : ''}`;
}

const SHARES = [['40', '30', '30'], ['50', '25'], ['100']];

/** Several targets, a stop that follows or goes to the entry, slices of an entry: each now and then. */
function movingTerms(
  pick: number,
  quantity: Decimal,
  limitPrice: Decimal | null,
  lotSize: Decimal,
): Partial<Part> {
  const shares = pick % 5 === 1 ? SHARES[pick % SHARES.length] : undefined;
  const visible = roundToStep(div(quantity, '3'), lotSize, 'up');
  return {
    ...(shares && {
      takeProfit: null,
      targets: shares.map((share, index) => ({
        id: String(index + 1),
        at: { percent: String(1 + index * 0.6) },
        share,
      })),
    }),
    ...(pick % 6 === 1 && {
      trailing: {
        distance: { percent: '0.8' },
        ...(pick % 12 === 1 && { activation: { percent: '0.5' } }),
      },
    }),
    ...(pick % 7 === 2 && {
      breakEven: { after: pick % 2 === 0 ? { targets: 1 } : { percent: '0.7' }, offset: '0.1' },
    }),
    ...(pick % 5 === 2 && limitPrice !== null && { iceberg: { total: quantity, visible, limitPrice } }),
  };
}

/** Shares that fit the lot and add up to the whole. */
function sharesOf(total: Decimal, count: number, lotSize: Decimal): Decimal[] {
  const share = roundToStep(div(total, String(count + 0.4)), lotSize, 'down');
  const firsts = Array.from({ length: count - 1 }, () => share);
  return [...firsts, sub(total, sum(firsts))];
}
