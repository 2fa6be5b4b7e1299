/** Orders that fill in parts, end in the middle, or grow. */
import { expect } from 'vitest';
import { endByTarget, expectEnded } from './ending.ts';
import {
  booksOf,
  cancelByHand,
  fillsInPart,
  open,
  openProtected,
  priceTo,
  rests,
  stopsOf,
  until,
  untilProtected,
  untilShown,
  type Play,
} from './play.ts';
import type { Scenario } from './scenario.ts';
import { BINANCE, BINANCE_HEDGE, BINGX, BYBIT, BYBIT_HEDGE } from './where.ts';

/** The order that opens: the only one that is neither stop nor target. */
async function entryOf(play: Play) {
  const { orders } = await booksOf(play);
  const entry = orders.find(({ stopPrice, state }) => stopPrice === null && state === 'partially_filled');
  if (!entry) throw new Error(`${play.symbol}: no entry works`);
  return entry;
}

export const PARTIAL_FILLS: readonly Scenario[] = [
  {
    number: 41,
    title: 'a market entry that the exchange ended in the middle is what it filled',
    on: [BYBIT, BINANCE],
    async play(play) {
      await fillsInPart(play, '0.4');
      await open(play, { quantity: '1' });
      await untilShown(play, { quantity: '0.4', covered: true });
      await cancelByHand(play, await entryOf(play));
      await untilProtected(play, '0.4');
      await endByTarget(play);
    },
  },
  {
    number: 47,
    title: 'a limit entry cancelled after a part filled is a position of that part',
    on: [BINGX, BINANCE, BYBIT_HEDGE],
    async play(play) {
      await fillsInPart(play, '2.5');
      await open(play, { quantity: '10', limitPrice: '101' });
      await until(async () => cancelByHand(play, await entryOf(play)));
      await untilProtected(play, '2.5', { requestedQuantity: '10' });
      await endByTarget(play);
    },
  },
  {
    number: 51,
    title: 'cancelled with 1 of 2 filled, and told three times, is 1 with a stop for 1',
    on: [BINGX, BINANCE_HEDGE],
    async play(play) {
      await fillsInPart(play, '1');
      await open(play, { quantity: '2', limitPrice: '100.5' });
      await untilShown(play, { quantity: '1', covered: true });
      const match = { account: play.account, stream: 'private' } as const;
      await play.processes.venue.control.sockets({ action: 'duplicate', count: 3, match });
      await cancelByHand(play, await entryOf(play));
      await untilProtected(play, '1');
      expect((await stopsOf(play)).map(({ quantity }) => quantity)).toEqual(['1']);
      await endByTarget(play);
    },
  },
  {
    number: 57,
    title: 'a stop that ends after half of it filled leaves the other half, under a stop for it',
    on: [BINGX, BYBIT],
    async play(play) {
      await openProtected(play, '30');
      await fillsInPart(play, '15');
      await priceTo(play, '90');
      await priceTo(play, '100');
      const { orders } = await booksOf(play);
      const working = orders.find((order) => rests(order) && order.state === 'partially_filled');
      if (working) await cancelByHand(play, working);
      await untilProtected(play, '15');
      await priceTo(play, '120');
      await expectEnded(play, ['TAKE_PROFIT']);
    },
  },
  {
    number: 97,
    title: 'a limit entry in two parts is one position growing, its protection following',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await fillsInPart(play, '0.4', 4_000);
      await open(play, {
        quantity: '1',
        limitPrice: '105',
        stopLoss: { percent: '10' },
        takeProfit: { percent: '20' },
      });
      await untilShown(play, { quantity: '0.4', covered: true });
      await priceTo(play, '104');
      const { entryPrice } = await untilProtected(play, '1');
      const { positions } = await booksOf(play);
      expect(entryPrice).toBe(positions[0]?.entryPrice);
      await endByTarget(play, '130');
    },
  },
];
