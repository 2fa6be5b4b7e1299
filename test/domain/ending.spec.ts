/** What is read together with the fill that closes a position counts as it would if asked for by itself. */
import { describe, expect, it } from 'vitest';
import { endSteps, isLastOrder, othersAtEnd, type EndReport } from '../../domain/position/ending.ts';
import { found } from '../../domain/position/look-ups.ts';
import { lastEvent } from '../../workflows/last-event.ts';
import { closedPosition, exchangePosition, gateway, POSITION_ID } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';

const ROW = closedPosition({ exchangePositionId: POSITION_ID });

/** The target is found filled, and nothing else is known yet. */
function targetFilled(): PositionDriver {
  const position = openPosition().wait(1_000);
  const target = position.intent('target');
  const order = position.order(target, target.orderId ?? '', { filled: '0.05', price: '110000' });
  const askedAtMs = gateway(position.now);
  return position.apply(
    found(position.state, target.number, { found: 'one', order, askedAtMs }, position.now),
  );
}

function ends(position: PositionDriver, change: Partial<EndReport> = {}): PositionDriver {
  const askedAtMs = gateway(position.now);
  const stop = position.order(position.intent('stop'), position.intent('stop').orderId ?? '', {
    status: 'cancelled',
  });
  const report: EndReport = {
    orders: [stop],
    askedAtMs,
    snapshot: position.reading({ flat: true, orders: [] }),
    figures: { closed: [ROW], fills: [] },
    ...change,
  };
  for (const step of endSteps(report)) position.apply(step(position.state, position.now));
  return position;
}

describe('the end of a position, read at once', () => {
  it('leaves nothing to ask but the journal row', () => {
    const position = ends(targetFilled());
    expect(position.wanted()).toEqual(['writeTrade']);
    expect(position.journal().stage).toBe('closed');
    expect(position.rows).toMatchObject([{ exitReason: 'TAKE_PROFIT', figuresSource: 'exchange' }]);
  });

  it('says the same as three answers one after the other', () => {
    const atOnce = ends(targetFilled());
    const oneByOne = targetFilled()
      .cancel('stop', 'gone', { status: 'cancelled' })
      .readLeg('flat', { flat: true, orders: [] })
      .figures({ closed: [ROW] });
    expect(atOnce.state.settlement).toEqual(oneByOne.state.settlement);
    expect(atOnce.types()).toEqual(oneByOne.types());
  });

  it('concludes nothing while another order may rest: it is cancelled first', () => {
    const position = ends(targetFilled(), { orders: [] });
    expect(position.wanted()).toEqual(['cancel stop']);
    expect(position.state.settlement).toMatchObject({ flatSeenAtMs: null, figures: null });
  });

  it('takes no figures where the leg was not seen flat', () => {
    const position = targetFilled();
    ends(position, { snapshot: position.reading({ position: exchangePosition(), orders: [] }) });
    expect(position.state.settlement).toMatchObject({ flatSeenAtMs: null, figures: null });
    expect(position.stage).toBe('settling');
  });

  it('asks again where the row is not there yet', () => {
    const position = ends(targetFilled(), { figures: { closed: [], fills: [] } });
    expect(position.state.settlement.figures).toBeNull();
    expect(position.wait(5_000).wanted()).toEqual(['readFigures']);
  });
});

describe('what is read with a look-up', () => {
  it('the orders that rest besides one that closes everything', () => {
    const position = openPosition();
    expect(othersAtEnd(position.state, position.intent('target'))).toEqual([position.intent('stop').orderId]);
  });

  it('nothing where something stays open, or an outcome is', () => {
    const partly = openPosition().command({ type: 'close', request: { quantity: '0.02' } });
    expect(othersAtEnd(partly.state, partly.intent('target')), 'a close is under way').toBeNull();
    expect(othersAtEnd(partly.state, partly.intent('close')), 'a part').toBeNull();
  });

  it('and with a cancel, only if it is of the last order', () => {
    const position = targetFilled();
    expect(isLastOrder(position.state, position.intent('stop'))).toBe(true);
    const closed = openPosition().command({ type: 'close', request: {} }).accept('close', { filled: '0.05' });
    expect(isLastOrder(closed.state, closed.intent('stop'))).toBe(false);
  });
});

describe('the last event', () => {
  it('is that the row is written, once nothing else is left', () => {
    const position = ends(targetFilled());
    expect(lastEvent(position.state, position.now)).toEqual({
      type: 'TradeJournalled',
      figuresSource: 'exchange',
    });
  });

  it('is not due while figures are awaited: that first row is written by itself', () => {
    const position = ends(targetFilled(), { figures: { closed: [], fills: [] } });
    while (!position.wanted().includes('writeTrade')) {
      if (position.wait(1_000).wanted().includes('readFigures')) position.figures();
    }
    expect(lastEvent(position.state, position.now)).toBeNull();
  });
});
