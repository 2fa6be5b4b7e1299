/** Positions that no workflow opened: taken up, each as what it is. */
import { expect } from 'vitest';
import { HoldfastError } from '../../../client/errors.ts';
import { expectEnded } from './ending.ts';
import {
  booksOf,
  byHand,
  openProtected,
  priceTo,
  shortLeg,
  untilProtected,
  workflowOf,
  type Play,
} from './play.ts';
import type { Scenario } from './scenario.ts';
import { BINANCE, BINANCE_HEDGE, BINGX, BINGX_HEDGE, BYBIT, BYBIT_HEDGE, HEDGE, ONE_WAY } from './where.ts';

/** As somebody opens it in the exchange's app. */
export const openByHand = (
  play: Play,
  quantity: string,
  direction: 'long' | 'short' = 'long',
  price = '100',
) => byHand(play, { action: 'open', quantity, direction, price });

/** Taken up, covered 5 % away from its entry, nothing invented. */
export async function untilAdopted(play: Play, quantity: string, side: 'long' | 'short' = 'long') {
  const view = await untilProtected(play, quantity, { adopted: true, side });
  const { positions } = await booksOf(play);
  expect(view.entryPrice).toBe(positions[0]?.entryPrice);
  if (play.exchange === 'bingx') expect(view.exchangePositionId).toBe(positions[0]?.positionId);
  return view;
}

/** An answer that is late on a busy machine is no reason to ask again: the request takes effect. */
export const closeAll = (play: Play) =>
  play.processes.holdfast.close({ workflowId: workflowOf(play) }).catch((error: unknown) => {
    if (!(error instanceof HoldfastError) || error.code !== 'no_answer') throw error;
  });

export const ADOPTIONS: readonly Scenario[] = [
  {
    number: 9,
    title: 'a flip closes this position for its own quantity, and the other side is a new one',
    on: ONE_WAY,
    async play(play) {
      await openProtected(play, '10', 'short');
      await priceTo(play, '98');
      await byHand(play, { action: 'flip', quantity: '7.5' });
      const adopted = await untilAdopted(play, '7.5', 'long');
      await closeAll(play);
      const [first, second] = await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION', 'USER_CLOSE']);
      expect([first?.side, second?.side, second?.adopted]).toEqual(['short', 'long', true]);
      expect(second?.epoch).toBe(adopted.epoch);
    },
  },
  {
    number: 9,
    title: 'closed and at once opened again alike is a new one too',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await openProtected(play, '10');
      await byHand(play, { action: 'close', price: '101' });
      await openByHand(play, '10', 'long', '101');
      await untilAdopted(play, '10');
      await closeAll(play);
      await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION', 'USER_CLOSE']);
    },
  },
  {
    number: 13,
    title: 'a position that appears and then grows is one, taken up once',
    on: [BINGX, BYBIT],
    async play(play) {
      await openByHand(play, '100');
      await untilAdopted(play, '100');
      await openByHand(play, '50', 'long', '103');
      await untilAdopted(play, '150');
      await closeAll(play);
      await expectEnded(play, ['USER_CLOSE']);
    },
  },
  {
    number: 17,
    title: 'a large position is taken up by its real execution',
    on: [BINGX, BINANCE],
    async play(play) {
      const [order] = await openByHand(play, '750', 'long', '99.87');
      const { entryOrderId } = await untilAdopted(play, '750');
      if (play.exchange === 'bingx') expect(entryOrderId).toBe(order?.orderId);
      await closeAll(play);
      await expectEnded(play, ['USER_CLOSE']);
    },
  },
  {
    number: 19,
    title: 'long 10 and short 5 are two positions, never net 5',
    on: HEDGE,
    play: (play) => bothLegs(play, '10', '5'),
  },
  {
    number: 21,
    title: "a hedge leg is taken up with the exchange's own id",
    on: [BINGX_HEDGE, BYBIT_HEDGE],
    async play(play) {
      await openByHand(play, '100');
      await untilAdopted(play, '100');
      await closeAll(play);
      await expectEnded(play, ['USER_CLOSE']);
    },
  },
  {
    number: 23,
    title: 'long 5 and short 5 are two positions, not none',
    on: [BINANCE_HEDGE, BYBIT_HEDGE],
    play: (play) => bothLegs(play, '5', '5'),
  },
];

export async function bothLegs(play: Play, long: string, short: string): Promise<void> {
  const other = shortLeg(play);
  await openByHand(play, long);
  await openByHand(other, short, 'short');
  await Promise.all([untilAdopted(play, long), untilAdopted(other, short, 'short')]);
  await Promise.all([closeAll(play), closeAll(other)]);
  await expectEnded(play, ['USER_CLOSE']);
  await expectEnded(other, ['USER_CLOSE']);
}
