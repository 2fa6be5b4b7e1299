/** What others do in the simulated world, each as it would come from the market, a hand or an operator. */
import { div, max, mul, roundToStep } from '../../domain/decimal.ts';
import type { LegName, OrderKind } from '../../domain/terms.ts';
import { settleFunding } from '../../venue/book/funding.ts';
import { closeByExchange, tradeByHand, vanishOrder } from '../../venue/book/manual.ts';
import { marketOf } from '../../venue/book/margin.ts';
import type { Order, Position } from '../../venue/book/model.ts';
import { cancelOrder } from '../../venue/book/place.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import type { ManualTrade } from '../../venue/control/types.ts';
import { alterByHand } from './altering.ts';
import { moveTo, scaled } from './market.ts';
import type { Deed } from './schedule.ts';
import { addByRequest, openByRequest } from './entries.ts';
import { unifiedSymbol, venueSymbol } from './venue-rows.ts';
import { operate } from './operations.ts';
import { one, type Scene } from './scene.ts';
import { wish } from './wishes.ts';
import { MARKETS } from './world.ts';

/** @returns what was done, in words; undefined: there was nothing to do it to */
export function act(scene: Scene, deed: Deed): string | undefined {
  switch (deed) {
    case 'nothing':
      return undefined;
    case 'open':
    case 'openParts':
    case 'openLimit':
      return openByRequest(scene, deed);
    case 'drift':
    case 'jump':
    case 'toStop':
    case 'toTarget':
    case 'toEntry':
      return moveTo(scene, deed);
    case 'partialFill':
      return planPartial(scene);
    case 'reduceByHand':
    case 'addByHand':
    case 'closeByHand':
    case 'flip':
    case 'openByHand':
      return byHand(scene, deed);
    case 'liquidate':
    case 'deleverage':
      return force(scene, deed);
    case 'funding':
      settleFunding(scene.world.books, undefined, scene.pick % 2 === 0 ? '0.0001' : '-0.0003');
      return 'funding is settled';
    case 'cancelByHand':
    case 'vanish':
      return endOrder(scene, deed);
    case 'alterByHand':
      return alterByHand(scene);
    case 'foreignStop':
      return foreignStop(scene);
    case 'moveStop':
    case 'moveTarget':
    case 'dropTarget':
    case 'closePart':
    case 'closeTranche':
    case 'closeAtLimit':
    case 'takeBack':
    case 'mergeTranches':
    case 'close':
      return wish(scene, deed);
    case 'addTranche':
      return addByRequest(scene);
    case 'read':
    case 'oldReading':
    case 'watcherLost':
    case 'silence':
    case 'lie':
    case 'outage':
    case 'carryOver':
      return operate(scene, deed);
  }
}

const held = ({ world, desk }: Scene): Position[] =>
  [...world.books.positions.values()].filter(({ account }) => account === desk.name);

function planPartial({ world, desk, pick }: Scene): string {
  const market = MARKETS[pick % MARKETS.length] ?? MARKETS[0];
  if (!market) throw new Error('there are no markets');
  const quantity = mul(market.lotSize, String(1 + (pick % 97)));
  const restAfterMs = [500, 5_000, 20_000][pick % 3] ?? 500;
  world.books.partialPlans.push({ account: desk.name, symbol: market.symbol, quantity, restAfterMs });
  return `the next order on ${market.symbol} fills ${quantity} first, the rest after ${restAfterMs} ms`;
}

function byHand(
  scene: Scene,
  deed: 'reduceByHand' | 'addByHand' | 'closeByHand' | 'flip' | 'openByHand',
): string | undefined {
  const trade = deed === 'openByHand' ? openingTrade(scene) : changingTrade(scene, deed);
  if (!trade) return undefined;
  const made = tradeByHand(scene.world.books, trade);
  if (isRefusal(made)) return undefined;
  return `by hand: ${trade.action} ${trade.quantity ?? ''} ${trade.symbol} ${trade.leg}`;
}

function changingTrade(
  scene: Scene,
  deed: 'reduceByHand' | 'addByHand' | 'closeByHand' | 'flip',
): ManualTrade | undefined {
  const position = one(held(scene), scene.pick);
  if (!position) return undefined;
  const { account, symbol, leg, quantity } = position;
  const { lotSize } = marketOf(scene.world.books, symbol);
  const part = max(lotSize, roundToStep(div(quantity, String(2 + (scene.pick % 5))), lotSize, 'down'));
  const ref = { account, symbol, leg };
  switch (deed) {
    case 'reduceByHand':
      return { ...ref, action: 'reduce', quantity: part };
    case 'addByHand':
      return { ...ref, action: 'add', quantity: part };
    case 'closeByHand':
      return { ...ref, action: 'close' };
    case 'flip':
      // In hedge mode it opens the other leg: not where a position of ours may be on its way to it.
      return leg !== 'net' && isTaken(scene, symbol, leg === 'long' ? 'short' : 'long')
        ? undefined
        : { ...ref, action: 'flip', quantity: part };
  }
}

/** Somebody else's position, on a leg that nobody keeps. */
function openingTrade({ desk, pick }: Scene): ManualTrade | undefined {
  const market = one(MARKETS, pick);
  if (!market) return undefined;
  const direction = pick % 4 < 2 ? 'long' : 'short';
  const leg = desk.plan.hedge ? direction : 'net';
  if (isTaken({ desk }, market.symbol, leg)) return undefined;
  const quantity = mul(market.lotSize, String(100 + pick));
  return { account: desk.name, symbol: market.symbol, leg, action: 'open', direction, quantity };
}

const isTaken = ({ desk }: Pick<Scene, 'desk'>, symbol: string, leg: LegName): boolean =>
  desk.account.legs.some((each) => venueSymbol(each.symbol) === symbol && each.leg === leg);

function force(scene: Scene, deed: 'liquidate' | 'deleverage'): string | undefined {
  const position = one(held(scene), scene.pick);
  if (!position) return undefined;
  const { account, symbol, leg, quantity } = position;
  const { lotSize } = marketOf(scene.world.books, symbol);
  const half = max(lotSize, roundToStep(div(quantity, '2'), lotSize, 'down'));
  if (deed === 'liquidate') closeByExchange(scene.world.books, { account, symbol, leg }, 'liquidation');
  else
    closeByExchange(
      scene.world.books,
      { account, symbol, leg },
      'adl',
      scene.pick % 3 === 0 ? undefined : half,
    );
  return `the exchange ${deed}s ${symbol} ${leg}`;
}

function endOrder({ world, desk, pick }: Scene, deed: 'cancelByHand' | 'vanish'): string | undefined {
  const order: Order | undefined = one(
    [...world.books.open.values()].filter(({ account }) => account === desk.name),
    pick,
  );
  if (!order) return undefined;
  const { orderId, label, clientOrderId } = order;
  if (deed === 'vanish') vanishOrder(world.books, desk.name, orderId);
  else cancelOrder(world.books, desk.name, { orderId }, 'by-hand');
  return `${deed} of ${label} ${orderId} ${clientOrderId ?? ''}`;
}

/** A stop that somebody else keeps on the whole position. */
function foreignStop(scene: Scene): string | undefined {
  const { desk, pick, world } = scene;
  const position = one(held(scene), pick);
  if (!position) return undefined;
  const { symbol, leg, side, quantity } = position;
  const { last, tickSize } = marketOf(world.books, symbol);
  const level = scaled(last, side === 'long' ? -8 : 8, tickSize);
  const kind: OrderKind = 'stop_market';
  const report = desk.exchange.place({
    clientOrderId: `hand${world.nowMs}${pick}`,
    symbol: unifiedSymbol(symbol),
    leg,
    side: side === 'long' ? 'sell' : 'buy',
    kind,
    quantity,
    triggerPrice: level,
    workingType: 'CONTRACT_PRICE',
    reduceOnly: true,
  });
  return `somebody places a stop of ${quantity} at ${level}: ${report.outcome}`;
}
