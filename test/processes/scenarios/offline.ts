/** What happens while no worker runs is found out when one does. */
import { expect } from 'vitest';
import { bothLegs, openByHand, untilAdopted, closeAll } from './adoptions.ts';
import { endByTarget, expectEnded, tradesOf } from './ending.ts';
import { protectDirectly } from './directly.ts';
import {
  booksOf,
  byHand,
  isRunning,
  nextReading,
  open,
  openProtected,
  priceTo,
  sellersFor,
  shortLeg,
  stopOf,
  untilProtected,
  untilShown,
} from './play.ts';
import type { Offline } from './scenario.ts';
import { BINANCE, BINANCE_HEDGE, BINGX, BYBIT, BYBIT_HEDGE } from './where.ts';

export const OFFLINE: readonly Offline[] = [
  {
    // First, so that it is over before anybody looked twice.
    number: 93,
    title: 'what came and went between two sightings is taken for nothing',
    on: [BINGX, BYBIT, BINANCE],
    before: async () => {},
    meanwhile: (play) => openByHand(play, '5'),
    async after(play) {
      await byHand(play, { action: 'close' });
      for (let readings = 0; readings < 3; readings += 1) await nextReading(play);
      expect(await tradesOf(play)).toEqual([]);
      await expect(isRunning(play)).rejects.toThrow(/not found/i);
    },
  },
  {
    number: 5,
    title: 'closed by hand while no worker ran',
    on: [BINGX, BYBIT, BINANCE],
    before: (play) => openProtected(play, '2.222'),
    meanwhile: (play) => byHand(play, { action: 'close', price: '101.01' }),
    after: (play) => expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION']),
  },
  {
    number: 69,
    title: 'the rest of an entry filled while no worker ran: stop and target are for all of it',
    on: [BINGX, BYBIT, BINANCE],
    async before(play) {
      await sellersFor(play, '1');
      await open(play, { quantity: '2', limitPrice: '101' });
      await untilShown(play, { quantity: '1', covered: true });
    },
    async meanwhile(play) {
      await sellersFor(play, null);
      await priceTo(play, '100.5');
      expect((await booksOf(play)).positions[0]?.quantity).toBe('2');
    },
    async after(play) {
      await untilProtected(play, '2');
      await endByTarget(play);
    },
  },
  {
    number: 75,
    title: 'the stop filled while no worker ran: cause stop at its price, the peer untouched',
    on: [BINANCE_HEDGE, BYBIT_HEDGE],
    before: (play) => Promise.all([openProtected(play, '1'), openProtected(shortLeg(play), '0.5', 'short')]),
    meanwhile: (play) => priceTo(play, '89'),
    async after(play) {
      const [trade] = await expectEnded(play, ['STOP_LOSS']);
      expect(trade?.closePrice).toBe('90');
      await untilProtected(shortLeg(play), '0.5');
      await priceTo(play, '80');
      await expectEnded(shortLeg(play), ['TAKE_PROFIT']);
    },
  },
  {
    number: 81,
    title: 'half by the stop and half by hand while no worker ran: each its own',
    on: [BINGX, BINANCE],
    before: (play) => openProtected(play, '0.422'),
    async meanwhile(play) {
      await byHand(play, { action: 'reduce', quantity: '0.211', price: '99.5' });
      await priceTo(play, '90');
    },
    after: (play) => expectEnded(play, ['STOP_LOSS']),
  },
  {
    number: 13,
    title: 'opened by hand while no worker ran, and taken up at the start',
    on: [BINGX, BINANCE],
    before: async () => {},
    meanwhile: (play) => openByHand(play, '33.3', 'long', '100.4'),
    async after(play) {
      await untilAdopted(play, '33.3');
      await closeAll(play);
      await expectEnded(play, ['USER_CLOSE']);
    },
  },
  {
    number: 19,
    title: 'both legs opened by hand while no worker ran are two positions',
    on: [BINANCE_HEDGE, BYBIT_HEDGE],
    before: async () => {},
    meanwhile: async () => {},
    after: (play) => bothLegs(play, '10', '5'),
  },
  {
    number: 67,
    title: 'only a stop is live, of holdfast protect: it is taken up with the position, none beside it',
    on: [BYBIT, BINANCE],
    before: async () => {},
    async meanwhile(play) {
      await openByHand(play, '10');
      await protectDirectly(play);
    },
    async after(play) {
      const { orderId } = await stopOf(play);
      const { tranches } = await untilAdopted(play, '10');
      expect([tranches[0]?.stopLoss.price, (await stopOf(play)).orderId]).toEqual(['95', orderId]);
      await closeAll(play);
      await expectEnded(play, ['USER_CLOSE']);
    },
  },
  {
    number: 71,
    title: 'the stop vanished while no worker ran, and comes back',
    on: [BINGX, BYBIT],
    before: (play) => openProtected(play, '3'),
    async meanwhile(play) {
      const { orderId } = await stopOf(play);
      await play.processes.venue.control.vanishOrder(play.account, orderId);
    },
    async after(play) {
      await untilProtected(play, '3');
      await endByTarget(play);
    },
  },
];
