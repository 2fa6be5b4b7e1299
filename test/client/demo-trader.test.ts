import { describe, expect, it } from 'vitest';
import { createDemoTrader, type DemoMarket } from '../../client/demo-trader.ts';
import { view } from './views.ts';

const MARKETS: DemoMarket[] = [
  { symbol: 'BTC/USDT:USDT', price: '64890.9', lotSize: '0.0001', minQuantity: '0.0001' },
  { symbol: 'SOL/USDT:USDT', price: '150.02', lotSize: '0.01', minQuantity: '0.01' },
  { symbol: 'ETH/USDT:USDT', price: '3000', lotSize: '0.001', minQuantity: '0.001' },
];
const openIn = (symbol: string) => view({ symbol });

describe('the demo trader', () => {
  it('opens one position after the other, each with stop and target, and leaves BTC to people', () => {
    const trader = createDemoTrader();
    expect(trader.next([], MARKETS, 0)).toEqual({
      symbol: 'ETH/USDT:USDT',
      side: 'long',
      quantity: '0.5',
      stopLoss: { percent: '0.8' },
      takeProfitLevels: [
        { at: { percent: '0.6' }, share: '50' },
        { at: { percent: '1.2' }, share: '50' },
      ],
      trailing: { distance: { percent: '0.5' }, activation: { percent: '0.6' } },
    });
    expect(trader.next([openIn('ETH/USDT:USDT')], MARKETS, 1_000)).toBeUndefined();
    expect(trader.next([openIn('ETH/USDT:USDT')], MARKETS, 3_000)).toMatchObject({
      symbol: 'SOL/USDT:USDT',
      quantity: '9.99',
      takeProfit: { percent: '1.2' },
    });
    expect(trader.next(['ETH/USDT:USDT', 'SOL/USDT:USDT'].map(openIn), MARKETS, 6_000)).toBeUndefined();
  });

  it('leaves a symbol alone in which somebody else holds a position', () => {
    expect(createDemoTrader().next([openIn('ETH/USDT:USDT')], MARKETS, 0)?.symbol).toBe('SOL/USDT:USDT');
  });

  it('leaves the symbol alone that a file of prices drives', () => {
    expect(createDemoTrader({ leaveAlone: 'ETH/USDT:USDT' }).next([], MARKETS, 0)?.symbol).toBe(
      'SOL/USDT:USDT',
    );
  });

  it('never holds more than three, whoever opened them', () => {
    const open = ['A/USDT:USDT', 'B/USDT:USDT', 'C/USDT:USDT'].map(openIn);
    expect(createDemoTrader().next(open, MARKETS, 0)).toBeUndefined();
  });

  it('waits a while after one has closed', () => {
    const trader = createDemoTrader();
    const others = ['SOL/USDT:USDT', 'BTC/USDT:USDT'].map(openIn);
    trader.next([openIn('ETH/USDT:USDT'), ...others], MARKETS, 0);
    expect(trader.next(others, MARKETS, 10_000)).toBeUndefined();
    expect(trader.next(others, MARKETS, 54_000)).toBeUndefined();
    expect(trader.next(others, MARKETS, 55_000)?.symbol).toBe('ETH/USDT:USDT');
  });

  it('does not insist where it was refused', () => {
    const trader = createDemoTrader();
    trader.refused({ symbol: 'ETH/USDT:USDT', side: 'long' }, 0);
    expect(trader.next([], MARKETS, 100_000)?.symbol).toBe('SOL/USDT:USDT');
  });

  it('opens both legs of a symbol in hedge mode, each once', () => {
    const trader = createDemoTrader({ positionMode: 'hedge' });
    expect(trader.next([], MARKETS, 0)).toMatchObject({ symbol: 'ETH/USDT:USDT', side: 'long' });
    const long = view({ symbol: 'ETH/USDT:USDT', leg: 'long', side: 'long' });
    expect(trader.next([long], MARKETS, 3_000)).toMatchObject({ symbol: 'ETH/USDT:USDT', side: 'short' });
    const short = view({ symbol: 'ETH/USDT:USDT', leg: 'short', side: 'short' });
    expect(trader.next([long, short], MARKETS, 6_000)).toMatchObject({ symbol: 'SOL/USDT:USDT' });
  });

  it('begins with another symbol on the next account, so that they differ', () => {
    expect(createDemoTrader({ turn: 1 }).next([], MARKETS, 0)?.symbol).toBe('SOL/USDT:USDT');
  });

  it('does nothing without prices', () => {
    expect(createDemoTrader().next([], [], 0)).toBeUndefined();
  });
});
