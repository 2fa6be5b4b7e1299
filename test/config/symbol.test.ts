import { describe, expect, it } from 'vitest';
import { nearest } from '../../config/nearest.ts';
import { parseSymbol } from '../../config/symbol.ts';

describe('a symbol as people write it', () => {
  it.each([
    ['BTC/USDT:USDT', 'BTC/USDT:USDT'],
    ['BTC-USDT', 'BTC/USDT:USDT'],
    ['BTC/USDT', 'BTC/USDT:USDT'],
    ['btcusdt', 'BTC/USDT:USDT'],
    ['btc', 'BTC/USDT:USDT'],
    [' eth_usdc ', 'ETH/USDC:USDC'],
    ['1000PEPE', '1000PEPE/USDT:USDT'],
    ['usdc', 'USDC/USDT:USDT'],
  ])('%s is %s', (text, symbol) => {
    expect(parseSymbol(text)).toBe(symbol);
  });

  it.each(['', 'BTC/USDT:BTC', 'BTC USDT', 'BTC@', '/USDT'])('%j is none', (text) => {
    expect(parseSymbol(text)).toBeUndefined();
  });
});

describe('the nearest known word', () => {
  it.each([
    ['prot', 'port'],
    ['max_open_position', 'max_open_positions'],
    ['uiport', 'uiPort'],
    ['colour', undefined],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, ['port', 'uiPort', 'max_open_positions', 'address'])).toBe(expected);
  });
});
