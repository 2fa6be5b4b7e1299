import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../venue/book/place.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import { protective, testBooks } from './support.ts';
import type { TestBooks } from './support.ts';

const limit = { label: 'LIMIT', execution: 'limit' } as const;

function reason({ place }: TestBooks, request: Partial<OrderRequest>): string {
  const result = place(request);
  return isRefusal(result) ? result.refused : 'accepted';
}

describe('what the books refuse', () => {
  const cases: readonly [string, Partial<OrderRequest>, string][] = [
    ['an unknown market', { symbol: 'NOPE-USDT' }, 'unknown-symbol'],
    ['a hedge leg in one-way mode', { leg: 'long' }, 'wrong-position-mode'],
    ['a quantity of zero', { quantity: '0' }, 'bad-quantity'],
    ['a quantity off the lot', { quantity: '0.00015' }, 'quantity-step'],
    ['a value below the minimum', { ...limit, price: '6000', quantity: '0.0003' }, 'below-min-notional'],
    ['a price far off', { ...limit, price: '500' }, 'price-out-of-range'],
    ['more than the margin carries', { quantity: '100' }, 'insufficient-margin'],
    ['a close of nothing', { side: 'sell', reduceOnly: true }, 'nothing-to-close'],
    ['a stop of nothing', protective('stop', 'long', '49000'), 'no-position'],
    [
      'a post-only order that would take',
      { ...limit, price: '50001', timeInForce: 'PostOnly' },
      'post-only-would-take',
    ],
  ];
  it.each(cases)('refuses %s', (_, request, expected) => {
    expect(reason(testBooks(), request)).toBe(expected);
  });

  it('refuses more open orders than it may keep, 1,000 unless told otherwise', () => {
    const resting = { ...limit, price: '40000', quantity: '0.001' };
    const [usual, few] = [testBooks(), testBooks({ settings: { maxOpenOrders: 2 } })];
    expect([1, 2, 3].map(() => reason(few, resting))).toEqual(['accepted', 'accepted', 'too-many-orders']);
    for (let order = 1; order <= 1_000; order++) expect(reason(usual, resting)).toBe('accepted');
    expect(reason(usual, resting)).toBe('too-many-orders');
  });

  const withLong: readonly [string, Partial<OrderRequest>, string][] = [
    ['a reduce-only order on the opening side', { side: 'buy', reduceOnly: true }, 'would-increase'],
    [
      'a reduce-only order larger than the position',
      { side: 'sell', quantity: '2', reduceOnly: true },
      'would-increase',
    ],
    ['a stop above the price', protective('stop', 'long', '50001'), 'long-stop-above'],
    ['a target below the price', protective('target', 'long', '49999'), 'long-target-below'],
    ['a stop of the other side', protective('stop', 'short', '51000'), 'would-increase'],
  ];
  it.each(withLong)('refuses, with a long position, %s', (_, request, expected) => {
    const books = testBooks();
    books.accept({});
    expect(reason(books, request)).toBe(expected);
  });

  it('refuses stops and targets on the wrong side of a short', () => {
    const books = testBooks();
    books.accept({ side: 'sell' });
    expect(reason(books, protective('stop', 'short', '49999'))).toBe('short-stop-below');
    expect(reason(books, protective('target', 'short', '50001'))).toBe('short-target-above');
  });

  it('refuses a client id that was ever used, also by an order that has ended', () => {
    const books = testBooks();
    books.accept({ clientOrderId: 'one' });
    expect(reason(books, { clientOrderId: 'one' })).toBe('duplicate-client-id');
  });

  it('refuses a hedge close larger than its leg', () => {
    const books = testBooks({ hedgeMode: true });
    books.accept({ leg: 'long' });
    expect(reason(books, { leg: 'long', side: 'sell', quantity: '2' })).toBe('closes-too-much');
  });

  it('refuses reduce-only in hedge mode, where the side says it', () => {
    const books = testBooks({ hedgeMode: true });
    books.accept({ leg: 'long' });
    expect(reason(books, { leg: 'long', side: 'sell', reduceOnly: true })).toBe('wrong-position-mode');
  });

  it('takes several stops with a quantity but one closePosition stop a leg', () => {
    const books = testBooks();
    books.accept({});
    books.accept(protective('stop', 'long', '49000', { quantity: '0.5' }));
    books.accept(protective('stop', 'long', '48000', { quantity: '0.5' }));
    books.accept(protective('stop', 'long', '47000', { quantity: '0', closePosition: true }));
    expect(reason(books, protective('stop', 'long', '46000', { quantity: '0', closePosition: true }))).toBe(
      'stop-exists',
    );
    expect(reason(books, protective('target', 'long', '56000', { quantity: '0', closePosition: true }))).toBe(
      'accepted',
    );
  });

  it('takes one stop a leg at all where the exchange is told so', () => {
    const books = testBooks({ settings: { singleStop: 'all' } });
    books.accept({});
    books.accept(protective('stop', 'long', '49000', { quantity: '0.5' }));
    expect(reason(books, protective('stop', 'long', '48000', { quantity: '0.5' }))).toBe('stop-exists');
  });

  it('books nothing on a dry run', () => {
    const books = testBooks();
    const before = books.books.orders.size;
    expect(reason(books, { quantity: '0' })).toBe('bad-quantity');
    expect(books.books.orders.size).toBe(before);
  });
});
