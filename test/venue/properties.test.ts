/** Whatever happens in whatever order, the books add up. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { add, eq, isPositive, sub, sum } from '../../domain/decimal.ts';
import { settleFunding } from '../../venue/book/funding.ts';
import { cancelAll } from '../../venue/book/place.ts';
import { protective, testBooks } from './support.ts';
import type { TestBooks } from './support.ts';

type Step = { readonly do: (books: TestBooks) => void; readonly says: string };

const quantity = fc.integer({ min: 1, max: 30 }).map((tenths) => String(tenths / 10));
const price = fc.integer({ min: 480, max: 520 }).map((hundreds) => String(hundreds * 100));
const side = fc.constantFrom('buy', 'sell');

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(side, quantity, fc.boolean()).map(([which, size, reduceOnly]) => ({
    says: `${which} ${size} ${reduceOnly ? 'reduce-only' : ''}`,
    do: ({ place }: TestBooks) => void place({ side: which, quantity: size, reduceOnly }),
  })),
  fc.tuple(side, quantity, price).map(([which, size, at]) => ({
    says: `limit ${which} ${size} at ${at}`,
    do: ({ place }: TestBooks) =>
      void place({ label: 'LIMIT', execution: 'limit', side: which, quantity: size, price: at }),
  })),
  fc
    .tuple(fc.constantFrom('stop', 'target'), fc.constantFrom('long', 'short'), price, quantity, fc.boolean())
    .map(([role, direction, at, size, all]) => ({
      says: `${role} of ${direction} at ${at}`,
      do: ({ place }: TestBooks) =>
        void place(
          protective(role, direction, at, all ? { quantity: '0', closePosition: true } : { quantity: size }),
        ),
    })),
  fc.tuple(price, fc.boolean()).map(([to, walks]) => ({
    says: `${walks ? 'walk' : 'jump'} to ${to}`,
    do: (books: TestBooks) => (walks ? books.walk(to) : books.jump(to)),
  })),
  fc.constant({
    says: 'funding',
    do: ({ books }: TestBooks) => void settleFunding(books, undefined, '0.0001'),
  }),
  fc.constant({
    says: 'cancel all',
    do: ({ books }: TestBooks) => void cancelAll(books, 'alice', () => true),
  }),
  fc.constant({
    says: 'cap',
    do: ({ books }: TestBooks) => void books.liquidity.set('BTC-USDT', { perStep: '0.7', left: '0.7' }),
  }),
);

describe('the books', () => {
  it('add up after any sequence of orders, prices and funding', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const test = testBooks({ balance: '1000000' });
        for (const one of steps) one.do(test);
        const { books } = test;
        const start = books.income[0]?.amount;
        const account = books.accounts.get('alice');
        expect(start).toBe('1000000');
        expect(eq(account?.balance ?? '0', sum(books.income.map((row) => row.amount)))).toBe(true);

        const signed = books.fills.map((fill) =>
          fill.side === 'buy' ? fill.quantity : sub('0', fill.quantity),
        );
        const held = test.position();
        const net = held ? (held.side === 'long' ? held.quantity : sub('0', held.quantity)) : '0';
        expect(sum(signed)).toBe(net);

        for (const row of books.closed) expect(row.openedQuantity).toBe(row.closedQuantity);
        if (held) expect(sub(held.openedQuantity, held.closedQuantity)).toBe(held.quantity);
        for (const order of books.orders.values()) {
          expect(isPositive(sub(order.filledQuantity, order.quantity))).toBe(false);
          const filled = sum(
            books.fills.filter((fill) => fill.orderId === order.orderId).map((fill) => fill.quantity),
          );
          expect(filled).toBe(order.filledQuantity);
          if (order.reduceOnly)
            expect(books.fills.some((fill) => fill.orderId === order.orderId && !fill.closing)).toBe(false);
        }
        const netOfClosed = sum(
          books.closed.map((row) => add(add(row.realizedPnl, row.commission), row.funding)),
        );
        const open = held ? add(add(held.realizedPnl, held.commission), held.funding) : '0';
        expect(eq(add(netOfClosed, open), sub(account?.balance ?? '0', '1000000'))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
