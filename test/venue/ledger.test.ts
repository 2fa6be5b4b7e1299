import { describe, expect, it } from 'vitest';
import {
  averageClosePrice,
  commissionOf,
  fundingOf,
  grossProfit,
  grow,
  isFlat,
  netProfit,
  shrink,
  splitQuantity,
} from '../../venue/book/ledger.ts';
import type { Position } from '../../venue/book/model.ts';

const NONE: Position = {
  positionId: '1',
  account: 'a',
  symbol: 'BTC-USDT',
  leg: 'net',
  side: 'long',
  quantity: '0',
  entryPrice: '0',
  openedQuantity: '0',
  closedQuantity: '0',
  closedCost: '0',
  realizedPnl: '0',
  commission: '0',
  funding: '0',
  leverage: 20,
  isolated: false,
  openedAtMs: 0,
  updatedAtMs: 0,
};
const TAKER = '0.0005';

function open(quantity: string, price: string, base: Position = NONE): Position {
  return grow(base, quantity, price, commissionOf(quantity, price, TAKER), 1);
}

describe('the arithmetic of a position', () => {
  it('gives the figures of the reported case: 0.081 from 109206.8 to 109953.4 nets 51.6', () => {
    const opened = open('0.081', '109206.8');
    const closed = shrink(opened, '0.081', '109953.4', commissionOf('0.081', '109953.4', TAKER), 2);
    expect(isFlat(closed)).toBe(true);
    expect(closed.entryPrice).toBe('109206.8');
    expect(averageClosePrice(closed)).toBe('109953.4');
    expect(closed.realizedPnl).toBe('60.4746');
    expect(closed.commission).toBe('-8.8759881');
    expect(netProfit(closed)).toBe('51.5986119');
  });

  it('weighs the entry price when it grows and keeps it when it shrinks', () => {
    const grown = open('3', '110', open('1', '100'));
    expect(grown).toMatchObject({ quantity: '4', entryPrice: '107.5' });
    expect(shrink(grown, '1', '120', '0', 3)).toMatchObject({
      quantity: '3',
      entryPrice: '107.5',
      realizedPnl: '12.5',
      openedQuantity: '4',
      closedQuantity: '1',
    });
  });

  it('averages several closing prices by quantity', () => {
    const once = shrink(open('3', '100'), '1', '110', '0', 2);
    expect(averageClosePrice(shrink(once, '2', '104', '0', 3))).toBe('106');
  });

  it('earns on a short when the price falls', () => {
    expect(grossProfit('short', '100', '90', '2')).toBe('20');
    expect(grossProfit('short', '100', '105', '2')).toBe('-10');
  });

  it('lets longs pay a positive funding rate to shorts', () => {
    const held = open('2', '100');
    expect(fundingOf(held, '101', '0.0001')).toBe('-0.0202');
    expect(fundingOf({ ...held, side: 'short' }, '101', '0.0001')).toBe('0.0202');
  });
});

describe('what an order does to a leg', () => {
  const long = open('1', '100');

  it('splits an order that flips a one-way leg', () => {
    expect(splitQuantity(long, 'net', 'sell', '3')).toEqual({ closing: '1', opening: '2' });
    expect(splitQuantity(long, 'net', 'buy', '3')).toEqual({ closing: '0', opening: '3' });
  });

  it('never opens the opposite on a hedge leg', () => {
    const leg: Position = { ...long, leg: 'long' };
    expect(splitQuantity(leg, 'long', 'sell', '3')).toEqual({ closing: '1', opening: '0' });
    expect(splitQuantity(undefined, 'long', 'sell', '3')).toEqual({ closing: '0', opening: '0' });
  });
});
