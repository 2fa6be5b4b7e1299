import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { add, eq, isZero, mul, neg, sub, sum, type Decimal } from '../../domain/decimal.ts';
import { rebuildEpochs, signed, type Execution } from '../../exchanges/epochs.ts';

let atMs = 0;
const execution = (
  side: 'buy' | 'sell',
  quantity: Decimal,
  price: Decimal,
  more: Partial<Execution> = {},
): Execution => ({
  orderId: String((atMs += 1)),
  side,
  quantity,
  price,
  fee: '0.1',
  realizedPnl: '0',
  atMs,
  ...more,
});

/** Of an exchange that does not say what an execution realised. */
const untold = (...args: Parameters<typeof execution>): Execution => {
  const { realizedPnl: _, ...told } = execution(...args);
  return told;
};

describe('positions rebuilt from executions', () => {
  it('go from flat to flat, with averages and sums', () => {
    const [epoch, ...others] = rebuildEpochs(
      [
        execution('buy', '0.02', '100'),
        execution('buy', '0.02', '102'),
        execution('sell', '0.01', '110', { realizedPnl: '0.09' }),
        execution('sell', '0.03', '90', { realizedPnl: '-0.33' }),
      ],
      '0',
    );
    expect(others).toEqual([]);
    expect(epoch).toMatchObject({
      side: 'long',
      quantity: '0.04',
      entryPrice: '101',
      closePrice: '95',
      realizedPnl: '-0.24',
      fees: '0.4',
    });
    expect(epoch?.closedAtMs).toBeDefined();
  });

  it('keep the average entry that the exchange shows: reductions leave it, additions are averaged in', () => {
    const [epoch] = rebuildEpochs(
      [
        execution('sell', '4', '100'),
        execution('buy', '2', '90'),
        execution('sell', '2', '120'),
        execution('buy', '4', '100'),
      ],
      '0',
    );
    expect(epoch).toMatchObject({ side: 'short', quantity: '6', entryPrice: '110' });
  });

  it('are two where one execution goes through flat: the fee is split to the last digit', () => {
    const flip = execution('sell', '0.03', '110', { fee: '0.1', realizedPnl: '0.1' });
    const [closed, open] = rebuildEpochs([execution('buy', '0.01', '100'), flip], '0');
    expect(closed).toMatchObject({
      side: 'long',
      quantity: '0.01',
      realizedPnl: '0.1',
      closedAtMs: flip.atMs,
    });
    expect(open).toMatchObject({ side: 'short', entryPrice: '110', realizedPnl: '0' });
    expect(open).not.toHaveProperty('closedAtMs');
    expect(eq(add(closed?.fees ?? '0', open?.fees ?? '0'), '0.2')).toBe(true);
  });

  it('have no entry and no sums where they began before anything that is known', () => {
    const [epoch] = rebuildEpochs([execution('sell', '0.05', '110', { realizedPnl: '0.5' })], '0.05');
    expect(epoch).toMatchObject({ side: 'long', quantity: '0.05', closePrice: '110' });
    for (const unknown of ['entryPrice', 'realizedPnl', 'fees', 'openedAtMs'])
      expect(epoch).not.toHaveProperty(unknown);
  });

  it('have no fees where one was charged in another coin', () => {
    const { fee: _fee, ...unknown } = execution('buy', '0.01', '100');
    const [epoch] = rebuildEpochs([unknown, execution('sell', '0.01', '100')], '0');
    expect(epoch).not.toHaveProperty('fees');
    expect(epoch).toMatchObject({ realizedPnl: '0' });
  });

  it('have a gross profit of what came out less what went in, where the exchange tells none', () => {
    const [long, short] = rebuildEpochs(
      [
        untold('buy', '0.02', '100.5'),
        untold('buy', '0.01', '103'),
        untold('sell', '0.05', '110'),
        untold('buy', '0.02', '100'),
      ],
      '0',
    );
    expect(long).toMatchObject({ side: 'long', realizedPnl: '0.26' });
    expect(short).toMatchObject({ side: 'short', realizedPnl: '0.2' });
  });

  it('name every order that had a part, and what forced the last one', () => {
    const [forced, own] = rebuildEpochs(
      [
        execution('buy', '0.02', '100', { orderId: 'a' }),
        execution('sell', '0.01', '90', { orderId: 'b' }),
        execution('sell', '0.01', '80', { orderId: 'c', forced: 'liquidation' }),
        execution('buy', '0.01', '100', { orderId: 'd' }),
        execution('sell', '0.01', '100', { orderId: 'e' }),
      ],
      '0',
    );
    expect(forced).toMatchObject({ orderIds: ['a', 'b', 'c'], forced: 'liquidation' });
    expect(own).toMatchObject({ orderIds: ['d', 'e'] });
    expect(own).not.toHaveProperty('forced');
  });

  it('are incoherent where an execution closed another quantity than was open here', () => {
    const coherent = (...closes: [Decimal, Decimal]) =>
      rebuildEpochs(
        [
          execution('buy', '0.02', '100', { closes: closes[0] }),
          execution('sell', '0.02', '100', { closes: closes[1] }),
        ],
        '0',
      ).map((epoch) => epoch.coherent);
    expect(coherent('0', '0.02')).toEqual([true]);
    expect(coherent('0', '0.01')).toEqual([false]);
    expect(coherent('0.02', '0.02')).toEqual([false]);
  });

  it('account for every quantity and every fee, whatever was traded', () => {
    const traded = fc.array(
      fc.record({
        side: fc.constantFrom('buy' as const, 'sell' as const),
        lots: fc.integer({ min: 1, max: 50 }),
        ticks: fc.integer({ min: 1, max: 1_000 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(traded, (rows) => {
        const executions = rows.map(({ side, lots, ticks }) =>
          execution(side, mul(String(lots), '0.001'), mul(String(ticks), '0.1'), { fee: '0.3' }),
        );
        const epochs = rebuildEpochs(executions, '0');
        const open = epochs.filter(({ closedAtMs }) => closedAtMs === undefined);
        const held = sum(executions.map(signed));
        expect(open.length).toBe(isZero(held) ? 0 : 1);
        expect(eq(sum(epochs.map(({ fees = '0' }) => fees)), mul('0.3', String(executions.length)))).toBe(
          true,
        );
        const opened = sub(
          sum(executions.map(({ quantity }) => quantity)),
          sum(epochs.map(({ quantity }) => quantity)),
        );
        const stillOpen = held.startsWith('-') ? neg(held) : held;
        expect(eq(sub(opened, stillOpen), sum(epochs.map(({ quantity }) => quantity)))).toBe(true);
      }),
    );
  });
});
