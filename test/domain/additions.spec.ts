/** What an account checks before it lets more be added to a position, and what it keeps reserved for it. */
import { describe, expect, it } from 'vitest';
import { accountView, type AccountState } from '../../domain/account/account.ts';
import { checkAddMarket, checkAddRequest, runningLeg } from '../../domain/account/add-request.ts';
import type { AddedTranche, TakenLeg } from '../../domain/account/exposure.ts';
import { checkAddition, type AccountLimits, type RiskFacts } from '../../domain/account/risk.ts';
import type { AddTrancheRequest } from '../../domain/commands.ts';
import { account, BTC, entryFacts, exchangePosition } from '../support/builders.ts';

const REQUEST: AddTrancheRequest = { symbol: BTC.symbol, leg: 'net', quantity: '0.02' };
const leg = (change: Partial<TakenLeg> = {}): TakenLeg => ({
  symbol: BTC.symbol,
  leg: 'net',
  side: 'long',
  notional: '1000',
  epoch: 'e1',
  workflowId: 'position/paper/BTC/net',
  state: 'running',
  ...change,
});
const added = (change: Partial<AddedTranche> = {}): AddedTranche => ({
  requestId: 'r1',
  notional: '500',
  entryRests: false,
  targets: 1,
  ...change,
});
const holding = (change: Partial<AccountState> = {}): AccountState => account({ legs: [leg()], ...change });
const request = (change: object = {}, state = holding()) => checkAddRequest(state, { ...REQUEST, ...change });

describe('a request to add', () => {
  it('needs a position that runs on the leg', () => {
    expect(request()).toBeNull();
    expect(request({}, account())).toMatchObject({ code: 'no_position' });
    expect(request({ symbol: 'ETH/USDT:USDT' })).toMatchObject({ code: 'no_position' });
    const opening = holding({ legs: [leg({ state: 'reserved' })] });
    expect(request({}, opening)?.text).toContain('only being opened');
    expect(runningLeg(holding(), REQUEST)).toMatchObject({ epoch: 'e1' });
  });

  it.each([
    ['no leg', { leg: 'both' }, 'leg must be'],
    ['no symbol', { symbol: '' }, 'name the symbol'],
    ['a side', { side: 'long' }, 'there is no side'],
    ['an empty request id', { requestId: '' }, 'requestId'],
  ])('is refused for its shape: %s', (_, change, text) => {
    expect(request(change)?.text).toContain(text);
  });

  it('is refused while entries are paused or halted', () => {
    expect(request({}, holding({ paused: true }))?.code).toBe('paused');
    const halted = { reason: 'another copy', atMs: 1, orderIds: ['71'] };
    expect(request({}, holding({ halted }))?.code).toBe('halted');
  });

  it('is refused for a symbol that is not allowed any more', () => {
    const limits = { maxOpenPositions: 3, allowedSymbols: ['ETH/USDT:USDT'] };
    expect(request({}, holding({ limits }))?.code).toBe('symbol_not_allowed');
  });

  it('is held against the market: sizes, and sides of the position', () => {
    const check = (change: Partial<AddTrancheRequest>) =>
      checkAddMarket({ ...REQUEST, ...change }, { side: 'long' }, entryFacts())?.code;
    expect(check({})).toBeUndefined();
    expect(check({ quantity: '0.00001' })).toBe('under_minimum');
    expect(check({ limitPrice: '109000.05' })).toBe('off_tick');
    expect(check({ stopLoss: { price: '109300' } })).toBe('wrong_side');
    expect(check({ visibleQuantity: '0.01' })).toBe('bad_request');
    expect(check({ stopLoss: { atr: '2' } })).toBe('no_volatility');
    expect(check({ stopLoss: null })).toBeUndefined();
  });
});

describe('a leg that somebody turned over', () => {
  it('is not added to: it would close what is there', () => {
    const facts = entryFacts({ positions: [exchangePosition({ side: 'short' })] });
    expect(checkAddMarket(REQUEST, { side: 'long' }, facts)?.code).toBe('no_position');
    expect(checkAddMarket(REQUEST, { side: 'short' }, facts)).toBeNull();
    const elsewhere = entryFacts({ positions: [exchangePosition({ side: 'short', leg: 'short' })] });
    expect(checkAddMarket({ ...REQUEST, leg: 'long' }, { side: 'long' }, elsewhere)).toBeNull();
  });
});

describe('limits of what is added', () => {
  const check = (limits: Partial<AccountLimits>, legs: TakenLeg[], risk: RiskFacts = {}, shown = '0') => {
    const [first] = legs;
    if (!first) throw new Error('no leg');
    const positions = shown === '0' ? [] : [exchangePosition({ quantity: '1', markPrice: shown })];
    const facts = entryFacts({ positions, risk });
    return checkAddition({ limits: { maxOpenPositions: 1, ...limits }, legs }, first, added(), facts)?.code;
  };

  it('count the position with what is added, and neither that its leg is taken nor how many there are', () => {
    expect(check({}, [leg()])).toBeUndefined();
    expect(check({ maxNotionalPerPosition: '1500' }, [leg()])).toBeUndefined();
    expect(check({ maxNotionalPerPosition: '1499' }, [leg()])).toBe('max_notional_per_position');
  });

  it('count what was added before, and what the exchange shows where that is more', () => {
    const grown = leg({ added: [added({ requestId: 'r0', notional: '300' })] });
    expect(check({ maxNotionalPerPosition: '1800' }, [grown])).toBeUndefined();
    expect(check({ maxNotionalPerPosition: '1799' }, [grown])).toBe('max_notional_per_position');
    expect(check({ maxNotionalPerPosition: '2499' }, [grown], {}, '2000')).toBe('max_notional_per_position');
  });

  it('count all positions together', () => {
    const other = leg({ symbol: 'ETH/USDT:USDT', notional: '700' });
    expect(check({ maxNotionalTotal: '2200' }, [leg(), other])).toBeUndefined();
    expect(check({ maxNotionalTotal: '2199' }, [leg(), other])).toBe('max_notional_total');
  });

  it('count the orders that it needs, and those that earlier ones do', () => {
    const orders = { openOrders: [] };
    expect(check({ maxOrders: 6 }, [leg()], orders)).toBeUndefined();
    expect(check({ maxOrders: 5 }, [leg()], orders)).toBe('max_orders');
    const three = leg({ added: [added({ requestId: 'r0', targets: 3, entryRests: true })] });
    expect(check({ maxOrders: 11 }, [three], orders)).toBeUndefined();
    expect(check({ maxOrders: 10 }, [three], orders)).toBe('max_orders');
  });

  it('hold for equity and for the day as they do for an entry', () => {
    expect(check({ equityFloor: '100' }, [leg()], { equity: '99' })).toBe('equity_floor');
    expect(check({ equityFloor: '100' }, [leg()])).toBe('exchange_unreachable');
    const day = { closed: '-50', open: '0', unknown: [] };
    expect(check({ dailyLoss: '50' }, [leg()], { day })).toBe('daily_loss');
  });

  it('show in what the account says is reserved', () => {
    const state = holding({ legs: [leg({ added: [added()] })] });
    expect(accountView(state).legs).toMatchObject([{ notional: '1500' }]);
  });
});
