import { describe, expect, it } from 'vitest';
import type { Fill } from '../../domain/exchange-truth.ts';
import { endingOf } from '../../exchanges/ending.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { closedPosition, fill, T0 } from '../support/builders.ts';

const row = closedPosition({ closedAtMs: T0 });
const ending = (fills: Fill[] | Error, positionIds = true) =>
  endingOf(
    {
      capabilities: { positionIds } as Exchange['capabilities'], // all that is asked for here
      fills: async () => {
        if (fills instanceof Error) throw fills;
        return fills;
      },
    },
    row,
  );
const sold = (orderId: string, afterMs: number, change: Partial<Fill> = {}) =>
  fill({ fillId: `${orderId}/${afterMs}`, atMs: T0 + afterMs, orderId, side: 'sell', ...change });

describe('the end of a position that nobody kept', () => {
  it('is told by the execution at its end, not by the entry of the next one', async () => {
    const fills = [
      sold('1', -900),
      sold('2', 3),
      sold('3', 700),
      fill({ fillId: 'b', atMs: T0, side: 'buy' }),
    ];
    expect(await ending(fills)).toEqual({ row, besides: { exitOrderId: '2' } });
  });

  it('is told by nobody where two orders are as near', async () => {
    expect(await ending([sold('1', 0), sold('2', 0)])).toEqual({ row, besides: {} });
    expect(await ending([])).toEqual({ row, besides: {} });
  });

  it('was forced where its execution was', async () => {
    expect(await ending([sold('1', 0, { forced: 'adl' })])).toMatchObject({ row: { forced: 'adl' } });
  });

  it('is not looked for where the row is made of executions', async () => {
    expect(await ending(new Error('not asked'), false)).toEqual({ row, besides: {} });
  });

  it('stays unknown where the exchange does not tell, and is asked again where it could', async () => {
    expect(await ending(new ExchangeFault('refused', 'too long ago'))).toEqual({ row, besides: {} });
    await expect(ending(new ExchangeFault('timeout', 'no answer'))).rejects.toThrow('no answer');
  });
});
