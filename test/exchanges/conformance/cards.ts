/**
 * The cards of the conformance table: one for each thing that the suite proves of a gateway. A test says with
 * `proves` which card it belongs to; a card holds for an exchange when each of its tests passed there. What an
 * exchange does not offer, a test skips with the reason, and the table repeats it.
 */
import type { PositionMode } from '../../../domain/terms.ts';

/** In the order of the table. */
export const CARDS = {
  marketEntry: 'a market entry fills under its client id',
  lookup: 'a resting order is found by client id and by order id, and cancelled once',
  closersRest: 'stop and target rest, can only close, and are found by their shape',
  closeOnly: 'an order that closes never opens',
  limitClose: 'a close at a limit rests, can only close, and fills at its price',
  wouldTrigger: 'a stop beyond the price is refused as one that would trigger',
  repeatedId: 'a repeated client id makes no second order',
  idForEver: 'a client id stays taken after its order has filled',
  conditionalId: 'a conditional order is found by its client id alone',
  batches: 'orders of one moment leave in one request',
  neverWas: 'an order that never was is none',
  funds: 'what the account cannot pay for is refused',
  lostPlacement: 'a placement that lost its answer is unknown, and the lookup tells what became of it',
  oneRequest: 'a placement sends one request, whatever happens',
  lostStop: 'a conditional order that lost its answer is found',
  turnedAway: 'a rate-limited placement is refused, and goes through later',
  ownCode: "the exchange's own refusal is told with its code",
  lostCancel: 'a cancellation that lost its answer is unknown',
  brokenPositions: 'a snapshot is incomplete when positions fail',
  brokenOrders: 'a snapshot is incomplete when open orders fail',
  brokenLookup: 'a lookup throws rather than say none while a list fails',
  brokenReads: 'every other read that fails throws',
  clocks: 'goes on after the clocks went apart',
  rules: 'knows the rules of its markets',
  account: 'tells position mode, prices, health, permissions and equity',
  leverage: 'sets the leverage',
  emptySnapshot: 'an empty account is a complete reading of nothing',
  wholeSnapshot: 'a snapshot holds every position and order of the books',
  oneLeg: 'one leg is read without the other',
  readingOrder: 'readings count upwards and are dated',
  priceRange: 'tells how far the price went while nobody watched',
  candles: 'gives closed candles of every timeframe, oldest first',
  partialFill: 'tells the filled part of an order, never more',
  ownLimits: "stays within the exchange's limits by itself",
  fills: 'tells the fills of a leg with their fees, and of no other',
  stopAttribution: 'a close by a stop is attributed to that stop',
  closedFigures: 'has the prices, profit, fees and net of a closed position as the books have them',
  positionIds: 'finds a closed position by the id it had while open',
  forced: 'marks what the exchange closed by force',
  ticks: 'tells contract and mark price as they change',
  droppedSocket: 'the price stream comes back after a dropped socket',
  silentSocket: 'the price stream goes on while the socket is silent',
  hints: 'hints at an order and its position',
  reconnected: 'the account stream says that it was away',
  expiredKey: 'the account stream survives an expired listen key',
} as const;

export type Card = keyof typeof CARDS;

// `Object.keys` forgets which keys the declaration above fixes.
export const CARD_NAMES = Object.keys(CARDS) as readonly Card[];

declare module 'vitest' {
  interface TaskMeta {
    /** Which gateway a conformance test is about. */
    subject?: { exchange: string; mode: PositionMode };
    card?: Card;
  }
}

/** Options of a test that is part of the proof of a card. */
export const proves = (card: Card): { meta: { card: Card } } => ({ meta: { card } });
