/** Positions in tranches: each is added, protected and closed by itself, and the sum is the exchange's. */
import { expect } from 'vitest';
import type { Decimal } from '../../../domain/decimal.ts';
import type { TrancheRequest } from '../../../client/index.ts';
import { expectEnded } from './ending.ts';
import { byHand, openProtected, priceTo, stopsOf, until, untilShown, workflowOf, type Play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { HEDGE, ONE_WAY } from './where.ts';

const live = (price: Decimal) => ({ price, state: 'live' });

/** With a stop at 95; the same request however often it is sent. */
const add = (play: Play, request: TrancheRequest) =>
  until(() =>
    play.processes.holdfast.addTranche(
      { workflowId: workflowOf(play) },
      { stopLoss: { price: '95' }, requestId: `${play.symbol}/more`, ...request },
    ),
  );

const stopsAre = (play: Play, ...expected: string[]): Promise<void> =>
  until(async () => {
    const stops = (await stopsOf(play)).map(({ stopPrice, quantity }) => `${quantity} at ${stopPrice}`);
    expect(stops.toSorted(), play.symbol).toEqual(expected);
  });

export const TRANCHES: readonly Scenario[] = [
  {
    number: 75,
    title: 'a tranche that its stop closes leaves the other and its orders as they are',
    on: ONE_WAY,
    async play(play) {
      const { tranches: before } = await openProtected(play, '2');
      await add(play, { quantity: '1', takeProfit: { price: '110' } });
      const t2 = { id: 't2', quantity: '1', stopLoss: live('95'), takeProfit: live('110') };
      await untilShown(play, { quantity: '3', covered: true, drift: false, tranches: [{ id: 't1' }, t2] });
      await stopsAre(play, '1 at 95', '2 at 90');
      await priceTo(play, '94.9');
      const { tranches } = await untilShown(play, { stage: 'open', quantity: '2', covered: true });
      expect(tranches[0]).toEqual(before[0]);
      await stopsAre(play, '2 at 90');
      await priceTo(play, '120');
      await expectEnded(play, ['TAKE_PROFIT']);
    },
  },
  {
    number: 77,
    title: 'a target of one tranche fills and its stop is kept for the rest, then all become one',
    on: HEDGE,
    async play(play) {
      await openProtected(play, '2');
      const levels = ['105', '110'].map((price) => ({ at: { price }, share: '50' }));
      await add(play, { quantity: '1', takeProfitLevels: levels });
      await untilShown(play, { quantity: '3', covered: true, drift: false });
      await stopsAre(play, '1 at 95', '2 at 90');
      await priceTo(play, '105.5');
      await untilShown(play, {
        quantity: '2.5',
        covered: true,
        tranches: [{ quantity: '2' }, { quantity: '0.5' }],
      });
      await stopsAre(play, '0.5 at 95', '2 at 90');
      await play.processes.holdfast.mergeTranches({ workflowId: workflowOf(play) });
      await stopsAre(play, '2.5 at 95');
      await byHand(play, { action: 'reduce', quantity: '0.5' });
      const one = [{ id: 't1', quantity: '2', stopLoss: live('95'), takeProfit: live('120') }];
      await untilShown(play, { quantity: '2', covered: true, tranches: one });
      await priceTo(play, '94.9');
      await expectEnded(play, ['STOP_LOSS']);
    },
  },
];
