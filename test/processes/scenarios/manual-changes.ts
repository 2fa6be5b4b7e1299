/** A person, or another program, changes what Holdfast keeps. */
import { expect } from 'vitest';
import { endByTarget } from './ending.ts';
import { placedByOthers } from './directly.ts';
import {
  booksOf,
  byHand,
  cancelByHand,
  openProtected,
  stopOf,
  stopsOf,
  until,
  untilProtected,
  untilShown,
} from './play.ts';
import type { Scenario } from './scenario.ts';
import { BINANCE, BINANCE_HEDGE, BINGX, BINGX_HEDGE, BYBIT, BYBIT_HEDGE } from './where.ts';

export const MANUAL_CHANGES: readonly Scenario[] = [
  {
    number: 1,
    title: 'more outside is an external addition, the average true, the protection for all of it',
    on: [BINGX, BINANCE, BYBIT_HEDGE],
    async play(play) {
      await openProtected(play, '100');
      await byHand(play, { action: 'add', quantity: '50', price: '103' });
      const { entryPrice } = await untilProtected(play, '150');
      const { positions } = await booksOf(play);
      expect([entryPrice, positions[0]?.entryPrice]).toEqual(['101', '101']);
      await endByTarget(play);
    },
  },
  {
    number: 3,
    title: 'less outside is an external reduction, and the protection shrinks',
    on: [BINGX, BYBIT, BINANCE_HEDGE],
    async play(play) {
      await openProtected(play, '150');
      await byHand(play, { action: 'reduce', quantity: '50', price: '101.5' });
      await untilProtected(play, '100');
      await endByTarget(play);
    },
  },
  {
    number: 55,
    title: 'a stop cancelled by hand comes back at the same price, for the same size',
    on: [BYBIT, BINANCE, BINGX_HEDGE],
    async play(play) {
      await openProtected(play, '12');
      const first = await stopOf(play);
      await cancelByHand(play, first);
      await until(async () => expect((await stopOf(play)).orderId).not.toBe(first.orderId));
      await untilProtected(play, '12');
      await endByTarget(play);
    },
  },
  {
    number: 65,
    title: 'a stop that somebody put in place of ours is shown and left, and ours comes back beside it',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await openProtected(play, '9');
      await placedByOthers(play, { quantity: '9', triggerPrice: '80' });
      await cancelByHand(play, await stopOf(play));
      await until(async () =>
        expect(new Set((await stopsOf(play)).map(({ stopPrice }) => stopPrice))).toEqual(
          new Set(['80', '90']),
        ),
      );
      const { findings } = await untilShown(play, { stage: 'open', covered: true, unknownOrders: [] });
      expect(findings.map(({ code }) => code)).toContain('foreign_order');
      const foreign = (await stopsOf(play)).find(({ stopPrice }) => stopPrice === '80');
      if (foreign) await cancelByHand(play, foreign);
      await untilProtected(play, '9');
      await endByTarget(play);
    },
  },
  {
    number: 71,
    title: 'a stop that is in no list and has not filled is placed again',
    on: [BINGX, BINANCE, BYBIT_HEDGE],
    async play(play) {
      await openProtected(play, '6');
      const { orderId } = await stopOf(play);
      await play.processes.venue.control.vanishOrder(play.account, orderId);
      await until(async () => expect((await stopOf(play)).orderId).not.toBe(orderId));
      await untilProtected(play, '6');
      await endByTarget(play);
    },
  },
];
