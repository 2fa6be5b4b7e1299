/** Protection measured in average true ranges: read once, and a distance from then on. */
import { describe, expect, it } from 'vitest';
import { checkMarket } from '../../domain/account/open-request.ts';
import type { OpenPositionRequest, SetProtectionRequest } from '../../domain/commands.ts';
import { entryWish, positionStart } from '../../domain/position/entry.ts';
import { needsVolatility } from '../../domain/position/wishes.ts';
import { account, BTC, entryFacts } from '../support/builders.ts';
import { restingStops } from '../support/moving.ts';
import { openPosition } from '../support/position-driver.ts';

const ATR = '150.25';
const REQUEST: OpenPositionRequest = {
  symbol: BTC.symbol,
  side: 'long',
  quantity: '0.05',
  stopLoss: { atr: '2' },
  takeProfitLevels: [
    { at: { atr: '1.5' }, share: '50' },
    { at: { percent: '2' }, share: '50' },
  ],
  trailing: { distance: { atr: '3' }, activation: { atr: '4' } },
};

describe('an entry measured in average true ranges', () => {
  it('begins with distances, and remembers what they were read from', () => {
    const facts = entryFacts({ atr: ATR });
    expect(checkMarket(REQUEST, facts)).toBeNull();
    expect(positionStart(account(), REQUEST, facts, 'e')).toMatchObject({
      stopLoss: { distance: '300.5', atr: '2' },
      targets: [
        { id: '1', at: { distance: '225.375', atr: '1.5' } },
        { id: '2', at: { percent: '2' } },
      ],
      trailing: { distance: { distance: '450.75' }, activation: { distance: '601' } },
    });
  });

  it('is refused where the market has too few candles', () => {
    const refused = { code: 'no_volatility', text: expect.stringContaining('too few candles') };
    expect(checkMarket(REQUEST, entryFacts({ atr: null }))).toEqual(refused);
    expect(checkMarket(REQUEST, entryFacts())).toEqual(refused);
  });

  it('is refused too where only the configuration measures so', () => {
    const { symbol, side, quantity } = REQUEST;
    const defaults = { stopLoss: { atr: '2' } };
    expect(needsVolatility(entryWish({}, defaults))).toBe(true);
    expect(checkMarket({ symbol, side, quantity }, entryFacts({ atr: null }), defaults)?.code).toBe(
      'no_volatility',
    );
    const named = { symbol, side, quantity, stopLoss: { percent: '1' } };
    expect(checkMarket(named, entryFacts({ atr: null }), defaults)).toBeNull();
  });

  it('is refused where it comes to less than nothing, or to targets in the wrong order', () => {
    expect(checkMarket(REQUEST, entryFacts({ atr: '60000' }))).toEqual({
      code: 'bad_request',
      text: 'stopLoss is further away than the price itself: it comes to -10800',
    });
    expect(checkMarket(REQUEST, entryFacts({ atr: '2000' }))?.text).toContain(
      'takeProfitLevels[1] must be further away than the one before',
    );
  });

  it('asks nothing of the exchange where nothing is measured so, whatever was typed', () => {
    const typed: unknown[] = [null, 'stop', 7, { takeProfitLevels: 'many', trailing: 5, stopLoss: [] }, {}];
    expect(typed.map(needsVolatility)).toEqual([false, false, false, false, false]);
    expect(needsVolatility({ trailing: { distance: { atr: '1' } } })).toBe(true);
    expect(needsVolatility({ takeProfitLevels: [{ at: { atr: '1' } }] })).toBe(true);
    expect(needsVolatility({ stopLoss: { distance: '5', atr: '1' } })).toBe(false);
  });
});

describe('protection that is set in average true ranges', () => {
  const request: SetProtectionRequest = { stopLoss: { atr: '2' } };

  it('is a distance from the average entry', () => {
    const position = openPosition({ takeProfit: null });
    position.command({ type: 'setProtection', request, atr: ATR, price: '109200' });
    position.accept('stop');
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(restingStops(position)).toEqual(['108906.3']);
  });

  it('is refused where it could not be read', () => {
    expect(openPosition().decide({ type: 'setProtection', request, atr: null })).toMatchObject({
      refused: { code: 'no_volatility' },
    });
  });

  it('only has to be sound before it was read', () => {
    const position = openPosition();
    expect(position.decide({ type: 'setProtection', request })).toHaveProperty('events');
    const wrong = { stopLoss: { atr: '-1' } };
    expect(position.decide({ type: 'setProtection', request: wrong })).toMatchObject({
      refused: { code: 'bad_request' },
    });
  });
});

it('a request may switch instant exits off or on, whatever is configured', () => {
  const { symbol, side, quantity } = REQUEST;
  const started = (instantTp?: boolean) =>
    positionStart(
      account(),
      { symbol, side, quantity, ...(instantTp !== undefined && { instantTp }) },
      entryFacts(),
      'e',
    ).settings.instantTpEnabled;
  expect([started(), started(false), started(true)]).toEqual([true, false, true]);
});
