import { describe, expect, it } from 'vitest';
import { lateRow, positionOf } from '../../domain/audit/late-figures.ts';
import { rowWithoutWorkflow } from '../../domain/audit/lost-workflow.ts';
import type { Story } from '../../domain/audit/story.ts';
import { tradeRow } from '../../domain/position/trade.ts';
import { closedPosition, T0 } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';
import { QUIET } from '../../workflows/book.ts';

const ended = { filled: '0', status: 'cancelled' } as const;

/** Closed by the user, asked in vain for ten minutes, and over without the exchange's figures. */
function overWithoutFigures(): PositionDriver {
  const position = openPosition().command({ type: 'close', request: {} });
  position.accept('close', { orderId: '801', filled: '0.05', price: '109953.4' });
  position.cancel('stop', 'cancelled', ended).cancel('target', 'cancelled', ended);
  position.wait(100).readLeg('flat', { flat: true });
  while (position.stage !== 'closed') {
    if (position.wanted().includes('readFigures')) position.figures();
    if (position.wanted().includes('writeTrade')) position.journal();
    position.wait(1_000);
  }
  return position;
}

/** What the journal has of it: everything but what is quiet, through JSON and back. */
function storyOf(position: PositionDriver): Story {
  const key = { account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net', epoch: position.state.epoch } as const;
  const kept = position.applied.filter(({ event }) => !QUIET.has(event.type));
  const story = kept.map(({ event: { type, ...data }, nowMs }, index) => ({
    ...key,
    sequence: index + 1,
    type,
    atMs: nowMs,
    data,
  }));
  // Exactly what was written can be read.
  return JSON.parse(JSON.stringify(story)) as Story;
}

describe('a position built again from its journal', () => {
  it('is the position that it was, as far as its trade goes', () => {
    const position = overWithoutFigures();
    const again = positionOf(storyOf(position));
    expect(again && tradeRow(again)).toEqual(tradeRow(position.state));
    expect(again?.stage).toEqual({ name: 'closed' });
  });

  it('is none without its beginning, or with what nobody understands', () => {
    const story = storyOf(overWithoutFigures());
    expect(positionOf([])).toBeUndefined();
    expect(positionOf(story.slice(1))).toBeUndefined();
    const strange = { ...story[0], type: 'IntentEnded', data: { number: 99 }, sequence: 99 };
    expect(positionOf([...story, strange as Story[number]])).toBeUndefined();
  });
});

describe('figures that come after the workflow has ended', () => {
  const position = positionOf(storyOf(overWithoutFigures()));
  const late = (report: Parameters<typeof lateRow>[1], asks = 0) =>
    position && lateRow(position, report, asks, T0);

  it("make the row with the exchange's figures, to the last digit, under the same key and reason", () => {
    const row = late({ closed: [closedPosition()], fills: [] });
    expect(row).toMatchObject({
      account: 'paper',
      epoch: position?.epoch,
      exitReason: 'USER_CLOSE',
      exitOrderId: '801',
      entryPrice: '109206.8',
      closePrice: '109953.4',
      netPnl: '51.6',
      figuresSource: 'exchange',
    });
  });

  it('are taken from no other position of the leg', () => {
    const other = closedPosition({ exchangePositionId: '1', netPnl: '-1' });
    expect(late({ closed: [other], fills: [] })).toBeUndefined();
    expect(late({ closed: [], fills: [] })).toBeUndefined();
  });

  it('of a part only are taken to be all there is after some asking', () => {
    const part = closedPosition({ quantity: '0.03' });
    expect(late({ closed: [part], fills: [] }, 0)).toBeUndefined();
    expect(late({ closed: [part], fills: [] }, 6)).toMatchObject({ quantity: '0.03' });
  });
});

describe('a position whose workflow is lost, and that the exchange holds no more', () => {
  it('gets a row of what was known, for the figures to come', () => {
    const row = rowWithoutWorkflow(storyOf(openPosition()), T0);
    expect(row).toMatchObject({
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      quantity: '0.05',
      entryPrice: '109206.8',
      closePrice: null,
      figuresSource: 'unknown',
    });
  });

  it('that never opened says so, and one without its events gets none', () => {
    expect(rowWithoutWorkflow(storyOf(new PositionDriver()), T0)).toMatchObject({
      exitReason: 'NEVER_OPENED',
      quantity: '0',
    });
    expect(rowWithoutWorkflow([], T0)).toBeUndefined();
  });
});
