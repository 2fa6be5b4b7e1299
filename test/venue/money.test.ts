import { describe, expect, it } from 'vitest';
import { nextFundingAfter, settleDueFunding, settleFunding } from '../../venue/book/funding.ts';
import { closeByExchange, tradeByHand, vanishOrder } from '../../venue/book/manual.ts';
import { fundsOf } from '../../venue/book/margin.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import { BTC, protective, testBooks } from './support.ts';

const LEG = { account: 'alice', symbol: BTC, leg: 'net' } as const;

describe('money', () => {
  it('keeps the balance equal to the start plus profit, commission and funding', () => {
    const { accept, jump, books } = testBooks();
    accept({ quantity: '0.5' });
    settleFunding(books, undefined, '0.0001');
    jump('51000');
    accept({ side: 'sell', quantity: '0.5', reduceOnly: true });
    // +500 profit, -12.5 and -12.75 commission, -2.5 funding
    expect(books.accounts.get('alice')?.balance).toBe('100472.25');
    const income = books.income.map((row) => [row.kind, row.amount]);
    expect(income).toEqual([
      ['TRANSFER', '100000'],
      ['TRADING_FEE', '-12.5'],
      ['FUNDING_FEE', '-2.5'],
      ['REALIZED_PNL', '500'],
      ['TRADING_FEE', '-12.75'],
    ]);
  });

  it('settles funding once when the market time passes eight hours', () => {
    const { accept, books, clock, position } = testBooks();
    settleDueFunding(books, clock.nowMs);
    accept({});
    settleDueFunding(books, clock.nowMs + 3_600_000);
    expect(position()?.funding).toBe('0');
    settleDueFunding(books, nextFundingAfter(clock.nowMs));
    settleDueFunding(books, nextFundingAfter(clock.nowMs) + 1);
    expect(position()?.funding).toBe('-5');
  });

  it('binds margin by leverage and says what is available', () => {
    const { accept, books } = testBooks();
    accept({ quantity: '1' });
    accept({ label: 'LIMIT', execution: 'limit', price: '40000', quantity: '1' });
    const account = books.accounts.get('alice');
    expect(account && fundsOf(books, account)).toMatchObject({
      used: '2500',
      frozen: '2000',
      available: '95475',
    });
  });

  it('liquidates a cross position when the equity no longer covers its maintenance', () => {
    const { accept, jump, books, position } = testBooks({ balance: '3000' });
    accept({ quantity: '1' });
    jump('48000');
    expect(position()).toBeDefined();
    jump('47200');
    expect(position()).toBeUndefined();
    expect(books.closed[0]).toMatchObject({ closedBy: 'liquidation', closedQuantity: '1' });
    expect([...books.orders.values()].at(-1)).toMatchObject({
      label: 'LIQUIDATION',
      origin: 'liquidation',
      state: 'filled',
    });
  });

  it('never lets a balance fall below zero', () => {
    const { accept, jump, books } = testBooks({ balance: '3000' });
    accept({ quantity: '1' });
    jump('40000');
    expect(books.accounts.get('alice')?.balance).toBe('0');
    expect(books.income.some((row) => row.kind === 'INSURANCE_CLEAR')).toBe(true);
  });
});

describe('what happens by hand or by the exchange', () => {
  it('adds, reduces, flips and closes as a person in the app would', () => {
    const { books, position } = testBooks();
    tradeByHand(books, { ...LEG, action: 'open', direction: 'long', quantity: '1', price: '50000' });
    tradeByHand(books, { ...LEG, action: 'add', quantity: '1', price: '51000' });
    expect(position()).toMatchObject({ quantity: '2', entryPrice: '50500' });
    tradeByHand(books, { ...LEG, action: 'reduce', quantity: '0.5' });
    expect(position()?.quantity).toBe('1.5');
    tradeByHand(books, { ...LEG, action: 'flip' });
    expect(position()).toMatchObject({ side: 'short', quantity: '1.5' });
    tradeByHand(books, { ...LEG, action: 'close' });
    expect(position()).toBeUndefined();
    expect(books.closed.map((row) => row.closedBy)).toEqual(['manual', 'manual']);
  });

  it('says why a trade by hand makes no sense', () => {
    const { books } = testBooks();
    expect(tradeByHand(books, { ...LEG, action: 'close' })).toMatchObject({ refused: 'nothing-to-close' });
    expect(tradeByHand(books, { ...LEG, action: 'open', quantity: '1' })).toMatchObject({
      refused: 'bad-request',
    });
    expect(tradeByHand(books, { ...LEG, leg: 'long', action: 'open', quantity: '1' })).toMatchObject({
      refused: 'wrong-position-mode',
    });
  });

  it('deleverages a part of a leg and liquidates the rest on command', () => {
    const { accept, books, position } = testBooks();
    accept({ quantity: '2' });
    closeByExchange(books, LEG, 'adl', '0.5');
    expect(position()?.quantity).toBe('1.5');
    closeByExchange(books, LEG, 'liquidation');
    expect(books.closed[0]).toMatchObject({ closedBy: 'liquidation' });
  });

  it('lets an order vanish without an event', () => {
    const { accept, books, order } = testBooks();
    accept({});
    const stop = accept(protective('stop', 'long', '49000'));
    const kinds: string[] = [];
    books.onEvents((events) => kinds.push(...events.map((event) => event.kind)));
    const gone = vanishOrder(books, 'alice', stop.orderId);
    expect(isRefusal(gone)).toBe(false);
    expect(order(stop.orderId).state).toBe('vanished');
    expect(kinds).toEqual([]);
  });
});
