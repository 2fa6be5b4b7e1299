/** What counts as cover, and what is planned for positions that have too little of it. */
import { describe, expect, it } from 'vitest';
import { adoptionOf } from '../../domain/position/adoption.ts';
import { planEmergency, type EmergencyFacts } from '../../domain/audit/emergency-protection.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { emergencyOrderId, nextEmergencyOrderId, parseClientOrderId } from '../../domain/ids.ts';
import { legProtections, type LegProtection } from '../../domain/audit/leg-protection.ts';
import { BTC, exchangePosition, foreignOrder, orderOf, snapshot, T0 } from '../support/builders.ts';

/** Of an account with one position; a stop of all of it at 107000 for each order. */
function protection(
  orders: Partial<ExchangeOrder>[],
  position: Partial<ExchangePosition> = {},
): LegProtection {
  const reading: AccountSnapshot = {
    ...snapshot(T0),
    positions: [exchangePosition(position)],
    orders: orders.map((order, index) => foreignOrder({ orderId: String(index), ...order })),
  };
  const [only] = legProtections(reading);
  if (!only) throw new Error('there is one position');
  return only;
}

describe('cover', () => {
  it.each<[string, Partial<ExchangeOrder>[], Partial<ExchangePosition>, object]>([
    ['is missing without orders', [], {}, { cover: 'naked', stopQuantity: '0', stopPrices: [] }],
    ['is a stop of all', [{}], {}, { cover: 'covered', stopQuantity: '0.05', stopPrices: ['107000'] }],
    [
      'is the sum of stops',
      [{ quantity: '0.02' }, { quantity: '0.03', triggerPrice: '106000' }],
      {},
      { cover: 'covered', stopPrices: ['107000', '106000'] },
    ],
    ['is in part what stops are for', [{ quantity: '0.02' }], {}, { cover: 'partly', stopQuantity: '0.02' }],
    [
      'is what is left of a stop',
      [{ filledQuantity: '0.04' }],
      {},
      { cover: 'partly', stopQuantity: '0.01' },
    ],
    ['never is more than the position', [{ quantity: '9' }], {}, { stopQuantity: '0.05' }],
    [
      'is a stop that closes whatever there is',
      [{ quantity: '0', closePosition: true }],
      {},
      { cover: 'covered', stopQuantity: '0.05' },
    ],
    [
      'is a stop of the position itself',
      [],
      { stopLoss: '105000', takeProfit: '120000' },
      { cover: 'covered', stopPrices: ['105000'], targetQuantity: '0.05', targetPrices: ['120000'] },
    ],
    [
      'is, of a hedge leg, any stop of its closing side',
      [{ leg: 'long', reduceOnly: false }],
      { leg: 'long' },
      { cover: 'covered' },
    ],
    ['is not a stop that may open', [{ reduceOnly: false }], {}, { cover: 'naked' }],
    ['is not the other leg’s stop', [{ leg: 'short' }], { leg: 'long' }, { cover: 'naked' }],
    ['is not a stop of the opening side', [{ side: 'buy' }], {}, { cover: 'naked' }],
    ['is not a stop of another symbol', [{ symbol: 'ETH/USDT:USDT' }], {}, { cover: 'naked' }],
    ['is not a stop that has ended', [{ status: 'cancelled' }], {}, { cover: 'naked' }],
    [
      'is not a target, nor a limit order: those are targets',
      [
        { kind: 'take_profit_market', quantity: '0.02' },
        { kind: 'limit', quantity: '0.01', price: '1' },
      ],
      {},
      { cover: 'naked', targetQuantity: '0.03' },
    ],
    [
      'is no order of an unknown kind, which is counted',
      [{ kind: 'other' }],
      {},
      { cover: 'naked', otherOrders: 1 },
    ],
  ])('%s', (_name, orders, position, expected) => {
    expect(protection(orders, position)).toMatchObject(expected);
  });

  it('of long and short is told of each, though they net to nothing', () => {
    const both = legProtections({
      ...snapshot(T0),
      positions: [
        exchangePosition({ leg: 'short', side: 'short' }),
        exchangePosition({ leg: 'long', quantity: '0.05' }),
      ],
      orders: [foreignOrder({ leg: 'long' })],
    });
    expect(both.map(({ position, cover }) => [position.leg, cover])).toEqual([
      ['long', 'covered'],
      ['short', 'naked'],
    ]);
  });
});

const facts = (change: Partial<EmergencyFacts> = {}): EmergencyFacts => ({
  account: 'main',
  terms: { stopPercent: '5', targetPercent: '10', workingType: 'MARK_PRICE' },
  rules: BTC,
  price: '100',
  ...change,
});
/** A position of 10 at 100. */
const naked = (change: Partial<ExchangePosition> = {}) =>
  protection([], { quantity: '10', entryPrice: '100', ...change });

const levels = (leg: LegProtection, change: Partial<EmergencyFacts> = {}) =>
  planEmergency(leg, facts(change)).orders.map(({ role, measuredFrom, request }) => [
    role,
    request.triggerPrice,
    measuredFrom,
  ]);

describe('the plan', () => {
  it('is empty for what is covered', () => {
    expect(planEmergency(protection([{}]), facts())).toEqual({ orders: [], problem: null });
  });

  it('is a stop and a target that only reduce, for all of a naked position', () => {
    const { orders } = planEmergency(naked(), facts());
    expect(orders.map(({ request }) => request)).toMatchObject([
      {
        symbol: BTC.symbol,
        leg: 'net',
        side: 'sell',
        kind: 'stop_market',
        quantity: '10',
        triggerPrice: '95',
        workingType: 'MARK_PRICE',
        reduceOnly: true,
      },
      { side: 'sell', kind: 'take_profit_market', quantity: '10', triggerPrice: '110', reduceOnly: true },
    ]);
  });

  it('has no target where none is configured, or one is there', () => {
    const terms = { stopPercent: '5', targetPercent: null, workingType: 'MARK_PRICE' } as const;
    expect(levels(naked(), { terms })).toEqual([['stop', '95', 'entry']]);
    expect(levels(naked({ takeProfit: '120' }))).toEqual([['stop', '95', 'entry']]);
  });

  it.each<[string, Partial<ExchangePosition>, Partial<EmergencyFacts>, unknown]>([
    ['from the entry price', {}, {}, ['stop', '95', 'entry']],
    ['of a short, above it', { side: 'short' }, {}, ['stop', '105', 'entry']],
    ['on the tick, towards the price', { entryPrice: '100.01' }, {}, ['stop', '95.1', 'entry']],
    ['from the present price where it is passed', {}, { price: '90' }, ['stop', '85.5', 'price']],
    ['from the present price where it is just reached', {}, { price: '95' }, ['stop', '90.3', 'price']],
    [
      'of a short, from the present price where it is passed',
      { side: 'short' },
      { price: '110' },
      ['stop', '115.5', 'price'],
    ],
    [
      'at the next tick where one is wider than the distance',
      {},
      { price: '3', rules: { ...BTC, tickSize: '1' } },
      ['stop', '2', 'price'],
    ],
  ])('measures the stop %s', (_name, position, change, expected) => {
    expect(levels(naked(position), change)[0]).toEqual(expected);
  });

  it('measures from the present price where the exchange tells no entry', () => {
    const { position, ...rest } = naked();
    const { entryPrice: _, ...unknown } = position;
    expect(levels({ ...rest, position: unknown }, { price: '200' })).toEqual([
      ['stop', '190', 'price'],
      ['target', '220', 'price'],
    ]);
  });

  it('says so where no stop has a price', () => {
    const terms = { stopPercent: '100', targetPercent: null, workingType: 'MARK_PRICE' } as const;
    expect(planEmergency(naked(), facts({ terms }))).toMatchObject({ orders: [], problem: /no price/ });
  });

  it('says so where a stop would never come to act', () => {
    const note = /beyond the liquidation price 97/;
    expect(planEmergency(naked({ liquidationPrice: '97' }), facts()).orders).toMatchObject([
      { note: expect.stringMatching(note) },
      { note: null },
    ]);
  });

  it('adds what is missing, in whole lots that are enough', () => {
    const partly = protection([{ quantity: '0.02' }], { quantity: '0.05003', entryPrice: '100' });
    expect(planEmergency(partly, facts()).orders.map(({ request }) => request.quantity)).toEqual([
      '0.0301',
      '0.0501',
    ]);
  });
});

describe('the client order id', () => {
  const idOf = (leg: LegProtection, change: Partial<EmergencyFacts> = {}) =>
    planEmergency(leg, facts(change)).orders[0]?.request.clientOrderId;

  it('is the same for the same level of the same position, and no other', () => {
    const ids = [
      idOf(naked()),
      idOf(naked({ exchangePositionId: '2' })),
      idOf(naked({ openedAtMs: T0 })),
      idOf(naked({ quantity: '11' })),
      idOf(naked(), { price: '90' }),
      idOf(naked(), { account: 'other' }),
      planEmergency(naked(), facts()).orders[1]?.request.clientOrderId,
    ];
    expect(idOf(naked())).toBe(ids[0]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is known again by a Holdfast that takes the position up: its stop becomes its own', () => {
    const leg = { account: 'main', symbol: BTC.symbol, leg: 'net' } as const;
    const [planned] = planEmergency(naked(), facts()).orders;
    if (!planned) throw new Error('a stop is planned');
    const order = orderOf(planned.request, '1', { clientOrderId: planned.request.clientOrderId });
    const known = { rules: BTC, positionMode: 'one-way', positionIds: false, batches: false } as const;
    const beginning = { price: '100', openedAtMs: null, entryOrderId: null };
    const reading = snapshot(T0, { orders: [order, foreignOrder()] });
    const adoptedBy = (account: string) =>
      adoptionOf(
        { ...leg, account },
        naked().position,
        { ...known, ...beginning, snapshot: reading },
        { policy: 'protect' },
      );
    expect(adoptedBy('main').orders).toEqual([{ role: 'stop', order }]);
    expect(adoptedBy('other').orders).toEqual([]);
  });

  it('is one that every exchange takes, and none of a workflow’s', () => {
    const leg = { account: 'main', symbol: BTC.symbol, leg: 'net' } as const;
    const id = emergencyOrderId(leg, 'stop', 'level');
    expect(id).toMatch(/^[a-z0-9]{25}$/);
    expect(nextEmergencyOrderId(nextEmergencyOrderId(id))).toBe(`${id.slice(0, -2)}02`);
    expect(parseClientOrderId(id)).toBeUndefined();
  });
});
