import { describe, expect, it } from 'vitest';
import { workDueRests } from '../../venue/book/trigger.ts';
import { protective, testBooks } from './support.ts';

describe('market and limit orders', () => {
  it('fills a market order at the last price, worse by the slippage and on the tick', () => {
    const { accept, position } = testBooks({ settings: { slippageBps: 1 } });
    expect(accept({ quantity: '0.5' })).toMatchObject({ state: 'filled', filledQuantity: '0.5' });
    expect(position()).toMatchObject({
      side: 'long',
      quantity: '0.5',
      entryPrice: '50005',
      commission: '-12.50125',
    });
  });

  it('lets a limit order rest and fills it at its own price with the maker fee', () => {
    const { accept, walk, order, books } = testBooks();
    const resting = accept({ label: 'LIMIT', execution: 'limit', price: '49000' });
    expect(resting.state).toBe('new');
    walk('49500');
    expect(order(resting.orderId).state).toBe('new');
    walk('48000');
    expect(order(resting.orderId)).toMatchObject({ state: 'filled', filledCost: '49000' });
    expect(books.fills[0]).toMatchObject({ price: '49000', maker: true, commission: '-9.8' });
  });

  it('fills a resting limit order at its own price when the price jumps over it', () => {
    const { accept, jump, order } = testBooks();
    const resting = accept({ label: 'LIMIT', execution: 'limit', price: '49000' });
    jump('45000');
    expect(order(resting.orderId).filledCost).toBe('49000');
  });

  it('takes at once with a marketable limit order, no worse than the last price', () => {
    const { accept } = testBooks();
    expect(accept({ label: 'LIMIT', execution: 'limit', price: '51000' })).toMatchObject({
      state: 'filled',
      filledCost: '50000',
    });
  });

  it('cancels what an IOC or FOK order cannot fill at once', () => {
    const { accept, books } = testBooks();
    expect(accept({ label: 'LIMIT', execution: 'limit', price: '49000', timeInForce: 'IOC' })).toMatchObject({
      state: 'cancelled',
      filledQuantity: '0',
    });
    books.liquidity.set('BTC-USDT', { perStep: '0.4', left: '0.4' });
    expect(accept({ label: 'LIMIT', execution: 'limit', price: '51000', timeInForce: 'FOK' })).toMatchObject({
      state: 'cancelled',
      filledQuantity: '0',
    });
    expect(accept({ label: 'LIMIT', execution: 'limit', price: '51000', timeInForce: 'IOC' })).toMatchObject({
      state: 'cancelled',
      filledQuantity: '0.4',
    });
  });
});

describe('stops and targets', () => {
  it('fills a stop at its trigger where the price walks, and at the gap price where it jumps', () => {
    const walking = testBooks();
    walking.accept({});
    const stop = walking.accept(protective('stop', 'long', '49000'));
    walking.walk('48000');
    expect(walking.order(stop.orderId)).toMatchObject({
      state: 'filled',
      filledCost: '49000',
      realizedPnl: '-1000',
    });

    const jumping = testBooks();
    jumping.accept({});
    const gapped = jumping.accept(protective('stop', 'long', '49000'));
    jumping.jump('47500');
    expect(jumping.order(gapped.orderId)).toMatchObject({
      state: 'filled',
      filledCost: '47500',
      realizedPnl: '-2500',
    });
  });

  it('triggers by the mark price but trades at the last price', () => {
    const { accept, jump, order } = testBooks();
    accept({});
    const stop = accept(protective('stop', 'long', '49000'));
    jump('48500', '49500');
    expect(order(stop.orderId).state).toBe('new');
    jump('49800', '48900');
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', filledCost: '49800' });
  });

  it('triggers by the last price when asked to', () => {
    const { accept, jump, order } = testBooks();
    accept({});
    const trigger = { price: '49000', role: 'stop', source: 'last', fires: 'falling' } as const;
    const stop = accept({ ...protective('stop', 'long', '49000'), trigger });
    jump('48900', '49900');
    expect(order(stop.orderId).state).toBe('filled');
  });

  it('fires what lies on the way in the order of the way', () => {
    const { accept, walk, order } = testBooks();
    accept({ quantity: '2' });
    const near = accept(protective('target', 'long', '51000', { quantity: '1' }));
    const far = accept(protective('target', 'long', '52000', { quantity: '1' }));
    walk('53000');
    expect([order(near.orderId).filledCost, order(far.orderId).filledCost]).toEqual(['51000', '52000']);
  });

  it('turns a stop-limit order into a limit order that may rest', () => {
    const { accept, jump, order } = testBooks();
    accept({});
    const stop = accept({
      ...protective('stop', 'long', '49000'),
      label: 'STOP',
      execution: 'limit',
      price: '48900',
    });
    jump('48000');
    expect(order(stop.orderId)).toMatchObject({ state: 'new', triggeredAtMs: expect.any(Number) as number });
    jump('48950');
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', filledCost: '48900' });
  });

  it('opens with a trigger order from either side', () => {
    const { accept, walk, order, position } = testBooks();
    const trigger = { price: '51000', role: 'entry', source: 'mark', fires: 'rising' } as const;
    const entry = accept({ label: 'TRIGGER_MARKET', trigger });
    walk('51500');
    expect(order(entry.orderId).state).toBe('filled');
    expect(position()).toMatchObject({ entryPrice: '51000', quantity: '1' });
  });

  it('follows with a trailing stop and fires on the way back', () => {
    const { accept, jump, order } = testBooks();
    accept({});
    const trail = {
      rate: '0.01',
      distance: null,
      activation: null,
      extreme: '50000',
      source: 'mark',
    } as const;
    const stop = accept({ side: 'sell', label: 'TRAILING_STOP_MARKET', reduceOnly: true, trail });
    jump('52000');
    jump('51500');
    expect(order(stop.orderId).state).toBe('new');
    jump('51400');
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', filledCost: '51400' });
  });
});

describe('orders that only close', () => {
  it('takes no more than is there when it executes, and is filled by that', () => {
    const { accept, jump, order, position } = testBooks();
    accept({ quantity: '2' });
    const stop = accept(protective('stop', 'long', '49000', { quantity: '2' }));
    accept({ side: 'sell', quantity: '1.5', reduceOnly: true });
    jump('48000');
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', quantity: '0.5', filledQuantity: '0.5' });
    expect(position()).toBeUndefined();
  });

  it('closes the whole leg with closePosition, whatever it has become', () => {
    const { accept, jump, order, position } = testBooks();
    accept({ quantity: '1' });
    const stop = accept(protective('stop', 'long', '49000', { quantity: '0', closePosition: true }));
    accept({ quantity: '0.5' });
    jump('48000');
    expect(order(stop.orderId)).toMatchObject({ state: 'filled', filledQuantity: '1.5' });
    expect(position()).toBeUndefined();
  });

  it('cancels the protection of a leg that goes flat, and only that', () => {
    const { accept, order, books } = testBooks();
    accept({});
    const stop = accept(protective('stop', 'long', '49000'));
    const entry = accept({ label: 'LIMIT', execution: 'limit', price: '48000' });
    accept({ side: 'sell', reduceOnly: true });
    expect(order(stop.orderId)).toMatchObject({ state: 'cancelled', endReason: 'position-closed' });
    expect([...books.open.keys()]).toEqual([entry.orderId]);
  });

  it('leaves the protection where the exchange is told to, and expires it when it fires on nothing', () => {
    const { accept, order, jump } = testBooks({ settings: { autoCancelProtection: false } });
    accept({});
    const stop = accept(protective('stop', 'long', '49000'));
    accept({ side: 'sell', reduceOnly: true });
    expect(order(stop.orderId).state).toBe('new');
    jump('48000');
    expect(order(stop.orderId)).toMatchObject({ state: 'expired', filledQuantity: '0' });
  });
});

describe('epochs', () => {
  it('gives each epoch of a leg its own id and history row', () => {
    const { accept, books } = testBooks();
    accept({});
    accept({ side: 'sell', reduceOnly: true });
    accept({});
    expect(books.closed).toHaveLength(1);
    const [closed] = books.closed;
    const open = [...books.positions.values()][0];
    expect(open?.positionId).not.toBe(closed?.positionId);
    expect(closed).toMatchObject({ side: 'long', openedQuantity: '1', closedQuantity: '1', closedBy: 'api' });
  });

  it('ends one epoch and begins another when an order flips a one-way leg', () => {
    const { accept, position, books } = testBooks();
    accept({ quantity: '1' });
    const flip = accept({ side: 'sell', quantity: '3' });
    expect(flip).toMatchObject({ state: 'filled', filledQuantity: '3' });
    expect(position()).toMatchObject({ side: 'short', quantity: '2', entryPrice: '50000' });
    expect(books.closed).toMatchObject([
      { side: 'long', closedQuantity: '1', closedByOrderId: flip.orderId },
    ]);
    expect(books.fills.map((fill) => [fill.quantity, fill.closing])).toEqual([
      ['1', false],
      ['1', true],
      ['2', false],
    ]);
  });

  it('keeps the legs of a hedge account apart', () => {
    const { accept, position } = testBooks({ hedgeMode: true });
    accept({ leg: 'long', quantity: '2' });
    accept({ leg: 'short', side: 'sell', quantity: '1' });
    expect(position('long')).toMatchObject({ side: 'long', quantity: '2' });
    expect(position('short')).toMatchObject({ side: 'short', quantity: '1' });
    accept({ leg: 'long', side: 'sell', quantity: '2' });
    expect(position('long')).toBeUndefined();
    expect(position('short')).toMatchObject({ quantity: '1' });
  });

  it('makes ids of 19 digits that only grow, also when the clock goes back', () => {
    const { accept, clock, position } = testBooks();
    const first = accept({});
    clock.nowMs -= 3_600_000;
    const second = accept({});
    expect(first.orderId).toMatch(/^\d{19}$/);
    expect(BigInt(second.orderId) > BigInt(first.orderId)).toBe(true);
    expect(position()?.positionId).not.toBe(first.orderId);
  });
});

describe('partial fills', () => {
  it('fills a market order step by step where liquidity is capped', () => {
    const { accept, jump, order, books } = testBooks();
    books.liquidity.set('BTC-USDT', { perStep: '0.4', left: '0.4' });
    const entry = accept({ quantity: '1' });
    expect(entry).toMatchObject({ state: 'partially_filled', filledQuantity: '0.4' });
    jump('50100');
    jump('50200');
    expect(order(entry.orderId)).toMatchObject({ state: 'filled', filledQuantity: '1' });
  });

  it('fills only what was planned and the rest when it is due', () => {
    const { accept, books, clock, order } = testBooks();
    books.partialPlans.push({ account: 'alice', symbol: null, quantity: '0.3', restAfterMs: 5_000 });
    const entry = accept({ quantity: '1' });
    expect(entry).toMatchObject({ state: 'partially_filled', filledQuantity: '0.3' });
    clock.nowMs += 4_000;
    books.transact(() => workDueRests(books));
    expect(order(entry.orderId).filledQuantity).toBe('0.3');
    clock.nowMs += 2_000;
    books.transact(() => workDueRests(books));
    expect(order(entry.orderId)).toMatchObject({ state: 'filled', filledQuantity: '1' });
  });

  it('grows the attached protection with the fills of its entry', () => {
    const { accept, books, jump } = testBooks();
    books.liquidity.set('BTC-USDT', { perStep: '0.4', left: '0.4' });
    const attachments = [
      { role: 'stop', label: 'STOP_MARKET', triggerPrice: '49000', source: 'mark', limitPrice: null },
      {
        role: 'target',
        label: 'TAKE_PROFIT_MARKET',
        triggerPrice: '52000',
        source: 'mark',
        limitPrice: null,
      },
    ] as const;
    const entry = accept({ quantity: '1', attachments });
    const children = () =>
      [...books.open.values()]
        .filter((order) => order.parentOrderId === entry.orderId)
        .map((order) => [order.label, order.quantity]);
    expect(children()).toEqual([
      ['STOP_MARKET', '0.4'],
      ['TAKE_PROFIT_MARKET', '0.4'],
    ]);
    jump('50100');
    expect(children()).toEqual([
      ['STOP_MARKET', '0.8'],
      ['TAKE_PROFIT_MARKET', '0.8'],
    ]);
  });
});
