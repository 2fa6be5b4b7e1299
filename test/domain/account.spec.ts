import { describe, expect, it } from 'vitest';
import { defaultsFor, settingsFor, type AccountState } from '../../domain/account/account.ts';
import { checkMarket, checkRequest as check } from '../../domain/account/open-request.ts';
import type { OpenPositionRequest } from '../../domain/commands.ts';
import { positionStart } from '../../domain/position/entry.ts';
import { account, BTC, entryFacts, settings, T0 } from '../support/builders.ts';

const checkRequest = (of: AccountState, given: unknown) => check(of, given, T0);

/** What an entry may name. */
const KEYS =
  'symbol, side, quantity, limitPrice, visibleQuantity, stopLoss, takeProfit, takeProfitLevels, trailing, breakEven, timeExit, workingType, instantTp, requestId';

const REQUEST: OpenPositionRequest = { symbol: BTC.symbol, side: 'long', quantity: '0.05' };
// Requests are wrong on purpose, as people's are.
const request = (change: object) => ({ ...REQUEST, ...change }) as OpenPositionRequest;

describe('the shape of an entry request', () => {
  it.each([
    [null, `send one JSON object with ${KEYS}`],
    [request({ size: '1' }), `there is no size: ${KEYS}`],
    [request({ instantTp: 'no' }), 'instantTp must be true or false'],
    [
      request({ timeExit: { at: '2025-12-31T00:00:00Z' } }),
      'timeExit.at must be in the future: "2025-12-31T00:00:00Z" is over',
    ],
    [
      request({ timeExit: { afterMinutes: 0 } }),
      'timeExit.afterMinutes must be over 0 and up to 527040, not 0',
    ],
    [request({ symbol: '' }), 'name the symbol, for example "BTC/USDT:USDT"'],
    [request({ side: 'buy' }), 'side must be "long" or "short"'],
    [request({ workingType: 'LAST' }), 'workingType must be "CONTRACT_PRICE" or "MARK_PRICE"'],
    [request({ requestId: 7 }), 'requestId must be a string of at most 100 characters'],
  ])('%j is refused', (given, text) =>
    expect(checkRequest(account(), given)).toEqual({ code: 'bad_request', text }),
  );

  it('is not looked at while entries are paused', () => {
    expect(checkRequest(account({ paused: true, pausedReason: 'news' }), REQUEST)).toEqual({
      code: 'paused',
      text: 'entries on paper are paused: news; resume first',
    });
    expect(checkRequest(account({ paused: true }), REQUEST)?.text).toBe(
      'entries on paper are paused; resume first',
    );
    expect(checkRequest(account(), REQUEST)).toBeNull();
  });

  it('nor while they are halted, which is the graver of the two', () => {
    const halted = { reason: 'strange orders', atMs: Date.UTC(2026, 0, 2), orderIds: ['71', '72'] };
    expect(checkRequest(account({ halted, paused: true }), REQUEST)).toEqual({
      code: 'halted',
      text: 'entries on paper are halted: strange orders (71, 72, since 2026-01-02T00:00:00.000Z). Another copy may trade this account: end it, look at these orders, then resume',
    });
  });

  it('names a symbol that the account may open', () => {
    const limits = { maxOpenPositions: 3, allowedSymbols: ['ETH/USDT:USDT', 'SOL/USDT:USDT'] };
    expect(checkRequest(account({ limits }), REQUEST)).toEqual({
      code: 'symbol_not_allowed',
      text: 'BTC/USDT:USDT is not among the allowed_symbols of this account (ETH/USDT:USDT, SOL/USDT:USDT): add it there, or open it on another account',
    });
    expect(checkRequest(account({ limits }), request({ symbol: 'ETH/USDT:USDT' }))).toBeNull();
  });
});

describe("an entry and the market's rules", () => {
  it.each([
    [
      { quantity: 0.05 },
      'bad_request',
      'quantity must be a positive decimal string such as "0.05", not 0.05',
    ],
    [
      { quantity: undefined },
      'bad_request',
      'quantity must be a positive decimal string such as "0.05", not nothing',
    ],
    [
      { quantity: '0.00005' },
      'under_minimum',
      'quantity 0.00005 is under the minimum of BTC/USDT:USDT: 0.0001',
    ],
    [
      { quantity: '0.05005' },
      'off_lot',
      'quantity 0.05005 is not a multiple of the lot 0.0001: nearest is 0.0501',
    ],
    [
      { limitPrice: '109000.05' },
      'off_tick',
      'limitPrice 109000.05 is not on the tick 0.1: nearest is 109000.1',
    ],
    [
      { limitPrice: '10', quantity: '0.0001' },
      'under_minimum',
      'an order value of 0.001 is under the minimum of BTC/USDT:USDT: 2',
    ],
    [
      { stopLoss: '108000' },
      'bad_request',
      'stopLoss must be {"price": "..."}, {"percent": "..."}, {"distance": "..."} or {"atr": "..."}',
    ],
    [
      { stopLoss: { price: '109200' } },
      'wrong_side',
      'the stop loss of a long must be below the price: 109200 is not, the price is 109200',
    ],
    [
      { side: 'short', takeProfit: { price: '109300' } },
      'wrong_side',
      'the take profit of a short must be below the price: 109300 is not, the price is 109200',
    ],
    [
      { takeProfit: { percent: '0' } },
      'bad_request',
      'takeProfit in percent must be over 0 and under 100, not "0"',
    ],
  ])('%j is refused', (change, code, text) =>
    expect(checkMarket(request(change), entryFacts())).toEqual({ code, text }),
  );

  it('over the largest order is refused', () => {
    const facts = entryFacts({ rules: { ...BTC, maxQuantity: '0.04' } });
    expect(checkMarket(REQUEST, facts)).toEqual({
      code: 'over_maximum',
      text: 'quantity 0.05 is over the maximum of one order: 0.04',
    });
  });

  it('judges the levels of a limit entry against its own price', () => {
    expect(
      checkMarket(request({ limitPrice: '100000', stopLoss: { price: '101000' } }), entryFacts())?.code,
    ).toBe('wrong_side');
    expect(
      checkMarket(
        request({ limitPrice: '100000', stopLoss: { price: '99000' }, takeProfit: { percent: '2' } }),
        entryFacts(),
      ),
    ).toBeNull();
  });
});

describe('what a position starts with', () => {
  it('is the request, then the defaults of its symbol, then those of all', () => {
    const state = account({
      settings: { '*': settings(), [BTC.symbol]: settings({ workingType: 'MARK_PRICE' }) },
      defaults: { '*': { stopLoss: { percent: '1' } }, 'ETH/USDT:USDT': { takeProfit: { percent: '2' } } },
    });
    const start = positionStart(state, request({ takeProfit: { price: '110000' } }), entryFacts(), 'e1');
    expect(start).toMatchObject({
      workingType: 'MARK_PRICE',
      stopLoss: { percent: '1' },
      takeProfit: { price: '110000' },
      leg: 'net',
      limitPrice: null,
      positionIds: true,
    });
    expect(defaultsFor(state, 'ETH/USDT:USDT')).toEqual({ takeProfit: { percent: '2' } });
    expect(settingsFor(state, 'ETH/USDT:USDT').workingType).toBe('CONTRACT_PRICE');
  });

  it('leaves out what is configured where the request says null', () => {
    const state = account({
      defaults: {
        '*': {
          stopLoss: { percent: '1' },
          takeProfitLevels: [{ at: { percent: '1' }, share: '40' }],
          trailing: { distance: { percent: '1' } },
          breakEven: { after: { targets: 1 } },
          timeExit: { afterMinutes: 5 },
        },
      },
    });
    const none = { stopLoss: null, takeProfit: null, trailing: null, breakEven: null, timeExit: null };
    const asked = request(none);
    expect(checkRequest(state, asked)).toBeNull();
    expect(checkMarket(asked, entryFacts(), state.defaults['*'])).toBeNull();
    const start = positionStart(state, asked, entryFacts(), 'e1');
    expect(start).toMatchObject({ stopLoss: null, takeProfit: null });
    for (const part of ['targets', 'trailing', 'breakEven', 'timeExit'])
      expect(start).not.toHaveProperty(part);
  });

  it('counts targets for break-even among those that the request names', () => {
    const defaults = { breakEven: { after: { targets: 3 }, offset: '0.1' } };
    const asked = request({ takeProfitLevels: [{ at: { percent: '1' }, share: '40' }] });
    expect(checkMarket(asked, entryFacts(), defaults)).toBeNull();
    const start = positionStart(account({ defaults: { '*': defaults } }), asked, entryFacts(), 'e1');
    expect(start.breakEven).toEqual({ after: { targets: 1 }, offset: '0.1' });
  });
});
