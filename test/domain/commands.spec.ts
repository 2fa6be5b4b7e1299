import { describe, expect, it } from 'vitest';
import { protectionOutcome } from '../../domain/position/settled.ts';
import { openPosition, PositionDriver, type PositionDriver as Driver } from '../support/position-driver.ts';

const refusal = (position: Driver, type: 'setProtection' | 'close', request: object, price?: string) => {
  // The requests are wrong on purpose, as people's are.
  const decision = position.decide({ type, request, ...(price === undefined ? {} : { price }) } as Parameters<
    Driver['decide']
  >[0]);
  return 'refused' in decision ? decision.refused : null;
};

describe('setProtection', () => {
  it.each([
    [{}, 'bad_request', 'name stopLoss, takeProfit or both; null takes one away'],
    [
      { stoploss: { price: '1' } },
      'bad_request',
      'there is no stoploss: trancheId, stopLoss, takeProfit, takeProfitLevels, trailing, breakEven, timeExit',
    ],
    [
      { stopLoss: '108000' },
      'bad_request',
      'stopLoss must be {"price": "..."}, {"percent": "..."}, {"distance": "..."} or {"atr": "..."}',
    ],
    [
      { stopLoss: { price: '1', percent: '1' } },
      'bad_request',
      'stopLoss must be {"price": "..."}, {"percent": "..."}, {"distance": "..."} or {"atr": "..."}',
    ],
    [
      { stopLoss: { price: 108_000 } },
      'bad_request',
      'stopLoss must be a positive decimal string, not 108000',
    ],
    [
      { stopLoss: { price: '108000.05' } },
      'off_tick',
      'stopLoss 108000.05 is not on the tick 0.1: nearest is 108000.1',
    ],
    [
      { takeProfit: { percent: '100' } },
      'bad_request',
      'takeProfit in percent must be over 0 and under 100, not "100"',
    ],
    [{ trancheId: 't9', stopLoss: null }, 'unknown_tranche', 'there is no tranche t9: t1'],
    [
      { stopLoss: { price: '110000' } },
      'wrong_side',
      'the stop loss 110000 must be on the losing side of the take profit 110000',
    ],
  ])('refuses %j', (request, code, text) => {
    expect(refusal(openPosition(), 'setProtection', request)).toEqual({ code, text });
  });

  it.each([null, 'x', 7, [], undefined])('refuses %j, which is no object', (request) => {
    const decision = openPosition().decide({ type: 'setProtection', request } as unknown as Parameters<
      Driver['decide']
    >[0]); // wrong on purpose
    expect(decision).toEqual({
      refused: {
        code: 'bad_request',
        text: 'send one JSON object with trancheId, stopLoss, takeProfit, takeProfitLevels, trailing, breakEven, timeExit',
      },
    });
  });

  it('refuses a level on the wrong side of the latest price', () => {
    expect(refusal(openPosition(), 'setProtection', { stopLoss: { price: '109500' } }, '109200')).toEqual({
      code: 'wrong_side',
      text: 'the stop loss of a long must be below the price: 109500 is not, the price is 109200',
    });
    expect(
      refusal(openPosition(), 'setProtection', { takeProfit: { price: '109000' } }, '109200')?.text,
    ).toBe('the take profit of a long must be above the price: 109000 is not, the price is 109200');
  });

  it('does not judge the level that was not asked for', () => {
    expect(
      refusal(openPosition(), 'setProtection', { takeProfit: { price: '110500' } }, '107000'),
    ).toBeNull();
  });

  it('is refused once the position closes, and when it is closed', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    expect(refusal(position, 'setProtection', { stopLoss: null })).toEqual({
      code: 'closing',
      text: 'the position is closing already',
    });
    position.accept('close', { filled: '0.05' });
    expect(refusal(position, 'setProtection', { stopLoss: null })).toEqual({
      code: 'closing',
      text: 'the position is closed already',
    });
  });

  it('is settled when exactly the wanted orders rest', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    const asked = position.state.tranches;
    expect(protectionOutcome(position.state, asked)).toBe('pending');
    position.accept('stop');
    expect(protectionOutcome(position.state, asked)).toBe('pending');
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(protectionOutcome(position.state, asked)).toBe('settled');
  });

  it('is refused when the exchange would not have it and the older one stays', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    const asked = position.state.tranches;
    position.refuse('stop', 'would_trigger');
    expect(protectionOutcome(position.state, asked)).toBe('refused');
  });

  it('is not refused because another request changes the other part meanwhile', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    const asked = position.state.tranches;
    position.command({ type: 'setProtection', request: { takeProfit: { price: '111000' } } });
    expect(protectionOutcome(position.state, asked, ['stopLoss'])).toBe('pending');
  });
});

describe('close', () => {
  it.each([
    [{ amount: '1' }, 'bad_request', 'there is no amount: quantity, trancheId, limitPrice'],
    [{ quantity: 1 }, 'bad_request', 'quantity must be a positive decimal string such as "0.05", not 1'],
    [
      { quantity: '-1' },
      'bad_request',
      'quantity must be a positive decimal string such as "0.05", not "-1"',
    ],
    [
      { quantity: '0.00001' },
      'under_minimum',
      'quantity 0.00001 is under the minimum of BTC/USDT:USDT: 0.0001',
    ],
    [
      { quantity: '0.01005' },
      'off_lot',
      'quantity 0.01005 is not a multiple of the lot 0.0001: nearest is 0.0101',
    ],
    [{ quantity: '0.06' }, 'over_maximum', 'only 0.05 is open: close that or less'],
  ])('refuses %j', (request, code, text) => {
    expect(refusal(openPosition(), 'close', request)).toEqual({ code, text });
  });

  it('of exactly what is open is a close of everything', () => {
    expect(openPosition().command({ type: 'close', request: { quantity: '0.05' } }).stage).toBe('closing');
  });

  it('of a part is refused while another is under way', () => {
    const position = openPosition().command({ type: 'close', request: { quantity: '0.01' } });
    expect(refusal(position, 'close', { quantity: '0.01' })).toEqual({
      code: 'closing',
      text: 'a close is under way already: wait for it',
    });
    expect(refusal(position, 'close', {})).toBeNull();
  });

  it('that would leave dust is refused, and says to close all', () => {
    const market = { ...openPosition().state.market, minQuantity: '0.01' };
    expect(refusal(openPosition({ market }), 'close', { quantity: '0.045' })?.text).toContain(
      'would leave 0.005, under the minimum of 0.01',
    );
  });

  it('twice is one close', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    expect(refusal(position, 'close', {})?.code).toBe('closing');
    expect(position.intents('close')).toHaveLength(1);
  });

  it('while entering takes the entry back', () => {
    const position = new PositionDriver({ limitPrice: '109000' })
      .accept('entry')
      .command({ type: 'close', request: {} });
    expect(position.wanted()).toEqual(['cancel entry']);
    expect(position.cancel('entry', 'cancelled', { filled: '0', status: 'cancelled' }).state.exitReason).toBe(
      'NEVER_OPENED',
    );
  });
});
