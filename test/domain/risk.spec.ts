import { describe, expect, it } from 'vitest';
import type { OpenPositionRequest } from '../../domain/commands.ts';
import { countOrders, type TakenLeg } from '../../domain/account/exposure.ts';
import {
  checkLimits,
  isFinal,
  needsOf,
  type AccountLimits,
  type RiskFacts,
} from '../../domain/account/risk.ts';
import { account, BTC, entryFacts, exchangePosition, foreignOrder } from '../support/builders.ts';

const REQUEST: OpenPositionRequest = { symbol: BTC.symbol, side: 'long', quantity: '0.05' };
const ETH = 'ETH/USDT:USDT';
const taken = (change: Partial<TakenLeg> = {}): TakenLeg => ({
  symbol: ETH,
  leg: 'net',
  side: 'long',
  notional: '1000',
  epoch: 'e',
  workflowId: 'position/paper/ETH/USDT:USDT/net',
  state: 'reserved',
  ...change,
});
const limited = (limits: Partial<AccountLimits>, legs: TakenLeg[] = []) =>
  account({ limits: { maxOpenPositions: 9, ...limits }, legs });
const withRisk = (risk: RiskFacts, positions = [exchangePosition({ symbol: 'XRP/USDT:USDT' })]) =>
  entryFacts({ risk, positions });

describe('one position per leg', () => {
  it('kept by a workflow, or by nobody', () => {
    const own = checkLimits(account({ legs: [taken({ symbol: BTC.symbol })] }), REQUEST, entryFacts());
    expect(own).toEqual({
      code: 'leg_busy',
      text: 'BTC/USDT:USDT net is taken by position/paper/ETH/USDT:USDT/net: one position per leg; close that one first',
    });
    const foreign = checkLimits(account(), REQUEST, entryFacts({ positions: [exchangePosition()] }));
    expect(foreign?.text).toBe(
      'BTC/USDT:USDT net is taken by a position on the exchange that Holdfast does not manage: one position per leg; close that one first',
    );
  });

  it('both legs in hedge mode', () => {
    const facts = entryFacts({
      positionMode: 'hedge',
      positions: [exchangePosition({ leg: 'short', side: 'short' })],
    });
    expect(checkLimits(account(), REQUEST, facts)).toBeNull();
    expect(checkLimits(account(), { ...REQUEST, side: 'short' }, facts)?.code).toBe('leg_busy');
  });
});

describe('max_open_positions', () => {
  it('counts reservations and everything on the exchange, each once', () => {
    const state = account({ legs: [taken(), taken({ symbol: 'SOL/USDT:USDT' })] });
    const facts = entryFacts({ positions: [exchangePosition({ symbol: ETH })] });
    expect(checkLimits(state, REQUEST, facts)).toBeNull();
    const more = entryFacts({
      positions: [...facts.positions, exchangePosition({ symbol: 'XRP/USDT:USDT' })],
    });
    expect(checkLimits(state, REQUEST, more)).toEqual({
      code: 'max_open_positions',
      text: 'max open positions is 3, and 3 are open or being opened (1 not kept by Holdfast): close one, or raise max_open_positions',
    });
  });
});

describe('the worth of one and of all together', () => {
  const limits = { maxNotionalPerPosition: '6000', maxNotionalTotal: '7000' };

  it('of one', () => {
    expect(checkLimits(limited(limits), { ...REQUEST, quantity: '0.06' }, entryFacts())).toEqual({
      code: 'max_notional_per_position',
      text: 'the position would be worth 6552, the limit is 6000: ask for less, or raise max_notional_per_position',
    });
    const cheap = { ...REQUEST, quantity: '0.06', limitPrice: '100000' };
    expect(checkLimits(limited(limits), cheap, entryFacts())).toBeNull();
  });

  it('of all, those that nobody keeps included', () => {
    const positions = [exchangePosition({ symbol: 'XRP/USDT:USDT', quantity: '1000', markPrice: '0.6' })];
    const state = limited(limits, [taken()]);
    expect(checkLimits(state, REQUEST, entryFacts({ positions }))).toEqual({
      code: 'max_notional_total',
      text: 'all positions together would be worth 7060 (1600 now, 5460 more), the limit is 7000: ask for less, close one, or raise max_notional_total',
    });
    expect(checkLimits(state, REQUEST, entryFacts())).toBeNull();
  });

  it('what was added by hand to a position that is kept counts, what has not filled yet too', () => {
    const grown = [exchangePosition({ symbol: ETH, quantity: '1', markPrice: '1600' })];
    const begun = [exchangePosition({ symbol: ETH, quantity: '1', markPrice: '300' })];
    const state = limited({ maxNotionalTotal: '6460' }, [taken()]);
    expect(checkLimits(state, REQUEST, withRisk({}, grown))?.code).toBe('max_notional_total');
    expect(checkLimits(state, REQUEST, withRisk({}, begun))).toBeNull();
    const less = limited({ maxNotionalTotal: '6459' }, [taken()]);
    expect(checkLimits(less, REQUEST, withRisk({}, begun))?.code).toBe('max_notional_total');
  });

  it('facts of old histories lead to the decision of then', () => {
    const grown = [exchangePosition({ symbol: ETH, quantity: '1', markPrice: '1600' })];
    const state = limited({ maxNotionalTotal: '6460' }, [taken()]);
    expect(checkLimits(state, REQUEST, entryFacts({ positions: grown }))).toBeNull();
  });
});

describe('max_orders', () => {
  const check = (maxOrders: number, legs: TakenLeg[], risk: RiskFacts, shown: string[] = []) =>
    checkLimits(
      limited({ maxOrders }, legs),
      REQUEST,
      withRisk(
        risk,
        shown.map((symbol) => exchangePosition({ symbol })),
      ),
    );

  it('counts what is open, whoever placed it, and three for the new one', () => {
    const risk = { openOrders: [{ symbol: 'XRP/USDT:USDT', leg: 'net', count: 4 }] } as const;
    expect(check(7, [], { openOrders: [...risk.openOrders] })).toBeNull();
    expect(check(6, [], { openOrders: [...risk.openOrders] })).toEqual({
      code: 'max_orders',
      text: 'max orders is 6: 4 are open or kept free for positions that run, and an entry with stop and target needs 3 more: close a position, cancel orders that nobody needs, or raise max_orders',
    });
  });

  it('keeps room for what is being opened', () => {
    expect(check(6, [taken()], { openOrders: [] })).toBeNull();
    expect(check(5, [taken()], { openOrders: [] })?.code).toBe('max_orders');
  });

  it('counts an order once that rests already, and needs no room for an entry that is done', () => {
    const resting = { openOrders: [{ symbol: ETH, leg: 'net' as const, count: 2 }] };
    expect(check(5, [taken()], resting, [ETH])).toBeNull();
    expect(check(4, [taken()], resting, [ETH])?.code).toBe('max_orders');
    expect(check(5, [taken({ entryRests: true })], resting, [ETH])?.code).toBe('max_orders');
    const five = { openOrders: [{ symbol: ETH, leg: 'net' as const, count: 5 }] };
    expect(check(7, [taken()], five, [ETH])?.code).toBe('max_orders');
  });

  it('tells the legs of a symbol apart', () => {
    const orders = [foreignOrder(), foreignOrder({ leg: 'long' }), foreignOrder({ orderId: '8' })];
    expect(countOrders(orders)).toEqual([
      { symbol: BTC.symbol, leg: 'net', count: 2 },
      { symbol: BTC.symbol, leg: 'long', count: 1 },
    ]);
  });
});

describe('equity_floor', () => {
  it('refuses below it', () => {
    expect(checkLimits(limited({ equityFloor: '500' }), REQUEST, withRisk({ equity: '499.99' }))).toEqual({
      code: 'equity_floor',
      text: 'equity is 499.99, below the floor of 500: entries go on once it is above, or when equity_floor is lowered',
    });
    expect(checkLimits(limited({ equityFloor: '500' }), REQUEST, withRisk({ equity: '500' }))).toBeNull();
  });
});

describe('daily_loss', () => {
  const day = (closed: string, open: string, unknown: string[] = []) => ({ day: { closed, open, unknown } });
  const check = (limits: Partial<AccountLimits>, risk: RiskFacts) =>
    checkLimits(limited(limits), REQUEST, withRisk(risk));

  it('counts what is open with what was closed', () => {
    expect(check({ dailyLoss: '100' }, day('-150', '50.1'))).toBeNull();
    expect(check({ dailyLoss: '100' }, day('50', '-150'))).toEqual({
      code: 'daily_loss',
      text: 'today lost 100 (closed 50, open -150), the limit is 100: entries go on at 00:00 UTC, or when daily_loss is raised',
    });
    expect(check({ dailyLoss: '100' }, day('5000', '0'))).toBeNull();
  });

  it('in percent of what was there before', () => {
    expect(check({ dailyLossPercent: '10' }, { ...day('-100', '0'), equity: '900' })).toEqual({
      code: 'daily_loss',
      text: 'today lost 100 of 1000, 10 % (closed -100, open 0), the limit is 10 %: entries go on at 00:00 UTC, or when daily_loss_pct is raised',
    });
    expect(check({ dailyLossPercent: '10' }, { ...day('-99', '0'), equity: '901' })).toBeNull();
    expect(check({ dailyLossPercent: '100' }, { ...day('-5', '0'), equity: '-5' })?.code).toBe('daily_loss');
    expect(check({ dailyLossPercent: '1' }, { ...day('7', '0'), equity: '0' })).toBeNull();
  });

  it('the stricter of the two refuses', () => {
    const both = { dailyLoss: '100', dailyLossPercent: '5' };
    expect(check(both, { ...day('-60', '0'), equity: '940' })?.text).toMatch(/daily_loss_pct/);
    expect(check(both, { ...day('-100', '0'), equity: '9900' })?.text).toMatch(/the limit is 100:/);
  });

  it('what nobody knows refuses, and is named', () => {
    expect(check({ dailyLoss: '100' }, day('0', '0', ['BTC/USDT:USDT net']))).toEqual({
      code: 'daily_loss',
      text: 'what today lost is not known yet, so daily_loss refuses: no figures of BTC/USDT:USDT net; entries go on when the journal has them, at the latest at 00:00 UTC',
    });
  });
});

it('what a newer reading cannot change is not asked for a second time', () => {
  const text = '';
  expect(isFinal({ code: 'daily_loss', text }) && isFinal({ code: 'equity_floor', text })).toBe(true);
  // A leg may only look taken: its workflow may be gone, or the reading older than its close.
  for (const code of ['leg_busy', 'max_open_positions', 'max_notional_total', 'max_orders'] as const)
    expect(isFinal({ code, text }), code).toBe(false);
});

describe('what a limit needs', () => {
  it('is asked for, and nothing else', () => {
    expect(needsOf({ maxOpenPositions: 3, maxNotionalTotal: '5' })).toEqual([]);
    expect(needsOf({ maxOpenPositions: 3, maxOrders: 9 })).toEqual(['orders']);
    expect(needsOf({ maxOpenPositions: 3, equityFloor: '9' })).toEqual(['equity']);
    expect(needsOf({ maxOpenPositions: 3, dailyLoss: '9' })).toEqual(['day_result']);
    expect(needsOf({ maxOpenPositions: 3, dailyLossPercent: '9' })).toEqual(['equity', 'day_result']);
  });

  it.each([
    [{ maxOrders: 9 }, 'open orders', 'max_orders'],
    [{ equityFloor: '9' }, 'equity', 'equity_floor'],
    [{ dailyLoss: '9' }, 'result of the day', 'daily_loss'],
    [{ dailyLossPercent: '9' }, 'result of the day', 'daily_loss_pct'],
  ])('and refuses where it is missing: %j', (limits, what, setting) => {
    for (const facts of [entryFacts(), withRisk({})]) {
      expect(checkLimits(limited(limits), REQUEST, facts)).toEqual({
        code: 'exchange_unreachable',
        text: `the ${what} could not be read, and ${setting} is set: nothing was opened; try again, and see holdfast doctor`,
      });
    }
  });
});
