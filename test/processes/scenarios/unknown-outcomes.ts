/** Answers that were lost, or lied. */
import { expect } from 'vitest';
import { endByTarget } from './ending.ts';
import {
  booksOf,
  open,
  openProtected,
  planFault,
  until,
  untilProtected,
  workflowOf,
  type Play,
} from './play.ts';
import type { Scenario } from './scenario.ts';
import { BINANCE, BINGX, BYBIT } from './where.ts';

/** How many stops the venue ever took. */
const stopsEver = async (play: Play): Promise<number> =>
  (await booksOf(play)).orders.filter(({ type }) => type === 'STOP_MARKET').length;

const moveStop = (play: Play) =>
  until(() =>
    play.processes.holdfast.setProtection({ workflowId: workflowOf(play) }, { stopLoss: { price: '92' } }),
  );

export const UNKNOWN_OUTCOMES: readonly Scenario[] = [
  {
    number: 37,
    title: 'a cancel that is answered "no such order", with look-ups that fail, stays open until it is known',
    on: [BYBIT, BINANCE],
    async play(play) {
      await openProtected(play, '8');
      const gone = play.exchange === 'bybit' ? 110001 : -2011;
      await planFault(play, 'cancel', { kind: 'code', params: { code: gone, msg: 'Unknown order' } });
      await planFault(play, 'lookup', { kind: 'status', count: 2, params: { status: 503 } });
      await moveStop(play);
      await untilProtected(play, '8');
      expect(await stopsEver(play)).toBe(2);
      await endByTarget(play);
    },
  },
  {
    number: 39,
    title: 'a cancel without an answer is unresolved, not done: one stop rests in the end',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await openProtected(play, '8');
      await planFault(play, 'cancel', { kind: 'cut-before', count: 2 });
      await moveStop(play);
      await untilProtected(play, '8');
      expect(await stopsEver(play)).toBe(2);
      await endByTarget(play);
    },
  },
  {
    number: 63,
    title: 'a stop whose placement lost its answer is one stop, whether it was taken or not',
    on: [BINGX, BYBIT, BINANCE],
    async play(play) {
      await planFault(play, 'stop', { kind: play.exchange === 'bybit' ? 'cut-before' : 'cut-after' });
      await open(play, { quantity: '4' });
      await untilProtected(play, '4');
      expect(await stopsEver(play)).toBe(1);
      await endByTarget(play);
    },
  },
];
