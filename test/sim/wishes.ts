/** What a person asks of a position that runs: other levels, a part closed, all of it closed. */
import { div, roundToStep } from '../../domain/decimal.ts';
import type { SetProtectionRequest } from '../../domain/commands.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { marketOf } from '../../venue/book/margin.ts';
import { one, type Scene } from './scene.ts';
import type { Life } from './life.ts';
import { scaled } from './market.ts';
import { venueSymbol } from './venue-rows.ts';

type Wish =
  | 'moveStop'
  | 'moveTarget'
  | 'dropTarget'
  | 'closePart'
  | 'closeTranche'
  | 'closeAtLimit'
  | 'takeBack'
  | 'mergeTranches'
  | 'close';

export function wish({ desk, pick, world }: Scene, deed: Wish): string | undefined {
  const lives = desk.running;
  const life = lives[pick % Math.max(1, lives.length)];
  if (!life) return undefined;
  const { symbol, side, market } = life.state;
  const { last } = marketOf(world.books, venueSymbol(symbol));
  const away = (percent: number): { price: string } => ({
    price: scaled(last, side === 'long' ? percent : -percent, market.tickSize),
  });
  switch (deed) {
    case 'moveStop':
      return asked(life, deed, set(life, pick, { stopLoss: away(-0.3 * (1 + (pick % 8))) }, last));
    case 'moveTarget':
      return asked(life, deed, set(life, pick, { takeProfit: away(0.4 * (1 + (pick % 5))) }, last));
    case 'dropTarget':
      return asked(life, deed, set(life, pick, { takeProfit: null }, last));
    case 'closePart': {
      const quantity = roundToStep(
        div(openQuantity(life.state), String(2 + (pick % 4))),
        market.lotSize,
        'down',
      );
      return asked(life, `${deed} ${quantity}`, life.command({ type: 'close', request: { quantity } }));
    }
    case 'closeTranche': {
      const trancheId = one(life.state.tranches, pick)?.id ?? 't1';
      return asked(life, `${deed} ${trancheId}`, life.command({ type: 'close', request: { trancheId } }));
    }
    case 'closeAtLimit': {
      // Now and then all that is free, and now and then at a price that fills at once.
      const { price: limitPrice } = away(0.2 * ((pick % 7) - 1));
      const part = roundToStep(div(openQuantity(life.state), '3'), market.lotSize, 'down');
      const request = { limitPrice, ...(pick % 3 !== 0 && { quantity: part }) };
      return asked(life, `${deed} ${limitPrice}`, life.command({ type: 'close', request }));
    }
    case 'takeBack': {
      const roles = one([undefined, ['entry' as const], ['close' as const]], pick);
      return asked(life, deed, life.command({ type: 'cancelOrders', request: { ...(roles && { roles }) } }));
    }
    case 'mergeTranches': {
      const request = pick % 3 === 0 ? { trancheIds: life.state.tranches.map(({ id }) => id).slice(-2) } : {};
      const price = pick % 2 === 0 ? { price: last } : {};
      return asked(life, deed, life.command({ type: 'mergeTranches', request, ...price }));
    }
    case 'close':
      return asked(life, deed, life.command({ type: 'close', request: {} }));
  }
}

const asked = (life: Life, what: string, refused: string | undefined): string =>
  `asked of ${life.id}: ${what}${refused === undefined ? '' : `, refused: ${refused}`}`;

function set(life: Life, pick: number, wanted: SetProtectionRequest, last: string): string | undefined {
  const tranche = life.state.tranches[pick % life.state.tranches.length];
  const request = pick % 2 === 0 && tranche ? { ...wanted, trancheId: tranche.id } : wanted;
  // Now and then the price is not known when somebody asks.
  return life.command({ type: 'setProtection', request, ...(pick % 5 !== 0 && { price: last }) });
}
