import { fc } from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { ABSENT, digestOf } from '../../../activities/observe/digest.ts';
import type { ExchangePosition } from '../../../domain/exchange-truth.ts';
import { anOrder, aPosition as positionLike } from '../../support/fake-exchange.ts';

const OPENED_MS = Date.UTC(2026, 0, 2);
const aPosition = (change: Partial<ExchangePosition> = {}): ExchangePosition =>
  positionLike({ openedAtMs: OPENED_MS, ...change });
const whole = {
  position: aPosition(),
  orders: [anOrder(), anOrder({ orderId: '2', kind: 'take_profit_market', triggerPrice: '51000' })],
};
const digest = digestOf(whole);
const [stop, target] = whole.orders;
const { entryPrice: _entryPrice, ...withoutPrice } = aPosition();

describe('the digest of a leg', () => {
  it.each([
    ['the mark price', { position: aPosition({ markPrice: '50123.4' }) }],
    ['unrealised profit', { position: aPosition({ unrealizedPnl: '-3' }) }],
    ['the liquidation price', { position: aPosition({ liquidationPrice: '40000' }) }],
    ['the order of the orders', { orders: [target ?? anOrder(), stop ?? anOrder()] }],
    ['a date by another measure of the clocks', { position: aPosition({ openedAtMs: OPENED_MS + 40 }) }],
    ['a later change, as funding is one', { position: aPosition({ changedAtMs: OPENED_MS + 30_000 }) }],
    ['the notation of a figure', { position: aPosition({ quantity: '0.0500', entryPrice: '50000.10' }) }],
  ])('is not changed by %s', (_, change) => {
    expect(digestOf({ ...whole, ...change })).toBe(digest);
  });

  it.each([
    ['the side', { position: aPosition({ side: 'short' }) }],
    ['the quantity', { position: aPosition({ quantity: '0.06' }) }],
    [
      'the last digit of the average price',
      { position: aPosition({ entryPrice: '50000.10000000000000000001' }) },
    ],
    ['an average price that is not known any more', { position: withoutPrice }],
    ['the position id', { position: aPosition({ exchangePositionId: '2' }) }],
    ['a later beginning', { position: aPosition({ openedAtMs: OPENED_MS + 30_000 }) }],
    ['a vanished order', { orders: [anOrder()] }],
    ['a new order', { orders: [...whole.orders, anOrder({ orderId: '3' })] }],
    ['a fill of an order', { orders: [anOrder({ filledQuantity: '0.01' }), ...whole.orders.slice(1)] }],
    ['the status of an order', { orders: [anOrder({ status: 'cancelled' }), ...whole.orders.slice(1)] }],
    ['the trigger of an order', { orders: [anOrder({ triggerPrice: '49000.6' }), ...whole.orders.slice(1)] }],
  ] as const)('is changed by %s', (_, change) => {
    expect(
      digestOf({ ...whole, ...change, orders: [...('orders' in change ? change.orders : whole.orders)] }),
    ).not.toBe(digest);
  });

  it('is `absent` for a flat leg without orders, and only then', () => {
    expect(digestOf({ orders: [] })).toBe(ABSENT);
    expect(digestOf({ orders: [anOrder()] })).not.toBe(ABSENT);
    expect(digestOf({ position: aPosition(), orders: [] })).not.toBe(ABSENT);
  });

  it('is the same for any order of the same orders', () => {
    const orders = fc.uniqueArray(
      fc.nat(20).map((id) => anOrder({ orderId: String(id) })),
      { selector: ({ orderId }) => orderId },
    );
    fc.assert(
      fc.property(
        orders.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([one, other]) => {
          expect(digestOf({ orders: other })).toBe(digestOf({ orders: one }));
        },
      ),
    );
  });
});
