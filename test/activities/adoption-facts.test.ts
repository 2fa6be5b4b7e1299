/** What is read of a position that is to be taken up: nothing that may be counted twice, or not at all. */
import { describe, expect, it } from 'vitest';
import { readAdoptionFacts } from '../../activities/adoption-facts.ts';
import type { Fill } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { exchangePosition, fill, snapshot } from '../support/builders.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const BTC = 'BTC/USDT:USDT';
const NOW_MS = 100_000;

function read(fills: Exchange['fills']) {
  const exchange: Exchange = {
    ...createFakeExchange({ account: 'a', clock: { now: () => NOW_MS } }),
    marketRules: async () => ({
      symbol: BTC,
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      minNotional: '5',
    }),
    positionMode: async () => 'one-way',
    price: async () => ({ symbol: BTC, last: '109000', atMs: NOW_MS }),
    legSnapshot: async () => snapshot(NOW_MS, { position: exchangePosition() }),
    fills,
  };
  return readAdoptionFacts(exchange, { symbol: BTC, leg: 'net' }, true, NOW_MS);
}

const bought = (atMs: number, quantity = '0.05'): Fill =>
  fill({ fillId: `f${atMs}`, atMs, side: 'buy', quantity, orderId: 'o1' });

describe('facts of a position that nobody keeps', () => {
  it('tell where it began', async () => {
    expect(await read(async () => [bought(40_000)])).toMatchObject({
      openedAtMs: 40_000,
      entryOrderId: 'o1',
    });
  });

  it('wait while the list may lag behind an execution, which would be counted in and never again', async () => {
    const fills = [bought(40_000), bought(NOW_MS - 1_000, '0.01')];
    await expect(read(async () => fills)).rejects.toThrow('traded a moment ago');
  });

  it('do without executions where they cannot be read', async () => {
    const broken = async () => {
      throw new Error('no answer');
    };
    expect(await read(broken)).toMatchObject({ openedAtMs: null, entryOrderId: null });
  });
});
