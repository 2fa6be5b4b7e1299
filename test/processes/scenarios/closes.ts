/** Who closed it, while everything runs. */
import { expect } from 'vitest';
import type { Scenario } from './scenario.ts';
import { BINANCE, BINGX, BYBIT, BYBIT_HEDGE, HEDGE, ONE_WAY } from './where.ts';
import { endByTarget, expectEnded } from './ending.ts';
import { byHand, booksOf, fund, openProtected, priceTo, shortLeg, untilShown, workflowOf } from './play.ts';

export const CLOSES: readonly Scenario[] = [
  {
    number: 5,
    title: 'flat outside is one close, external, with funding and fees to the last digit',
    on: [BINGX, BINANCE, BYBIT_HEDGE],
    async play(play) {
      await openProtected(play, '3.337');
      await fund(play);
      await priceTo(play, '104.19');
      await byHand(play, { action: 'close' });
      const [trade] = await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION']);
      expect(trade?.funding).not.toBe('0');
    },
  },
  {
    number: 5,
    title: "flat outside is the target's close where its own order id explains it",
    on: ONE_WAY,
    async play(play) {
      const { tranches } = await openProtected(play, '7.001');
      await fund(play);
      const [trade] = await endByTarget(play);
      expect(trade?.exitOrderId).toBe(tranches[0]?.takeProfit.orderId);
    },
  },
  {
    number: 7,
    title: 'of the long and the short of one symbol only the one that is flat is closed',
    on: HEDGE,
    async play(play) {
      const short = shortLeg(play);
      await Promise.all([openProtected(play, '2'), openProtected(short, '3', 'short')]);
      await byHand(play, { action: 'close' });
      await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION']);
      await untilShown(short, { stage: 'open', quantity: '3', covered: true });
      await priceTo(short, '80');
      await expectEnded(short, ['TAKE_PROFIT']);
    },
  },
  {
    number: 61,
    title: 'a close that comes after the stop filled closes nothing twice: cause stop',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await openProtected(play, '4');
      const { holdfast } = play.processes;
      await priceTo(play, '89.5');
      await holdfast.close({ workflowId: workflowOf(play) }).catch(() => undefined);
      await expectEnded(play, ['STOP_LOSS']);
      const { fills } = await booksOf(play);
      expect(fills.filter(({ closing }) => closing)).toHaveLength(1);
    },
  },
  {
    number: 79,
    title: "the stop's very size and price, filled by another order, is external",
    on: [BINGX, BINANCE],
    async play(play) {
      await openProtected(play, '5');
      await byHand(play, { action: 'close', price: '90' });
      const [trade] = await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION']);
      expect(trade?.closePrice).toBe('90');
    },
  },
  {
    number: 87,
    title: 'an unknown exit order is an external close at its real price',
    on: [BINGX, BINANCE, BYBIT_HEDGE],
    async play(play) {
      await openProtected(play, '1.5');
      const [order] = await byHand(play, { action: 'close', price: '103.37' });
      const [trade] = await expectEnded(play, ['EXCHANGE_CLOSED_RECONCILIATION']);
      expect(trade?.closePrice).toBe('103.37');
      if (play.exchange === 'bingx') expect(trade?.exitOrderId).toBe(order?.orderId);
    },
  },
];
