import { describe, expect, it } from 'vitest';
import type { ExchangeLog } from '../../exchanges/connection.ts';
import { at, closing, execution, funding, MINUTE_MS, newestFirst, T } from './bybit-rows.ts';
import { CLOSED, coded, EXECUTIONS, flat, HEDGE, list, POSITIONS, withBybitStub } from './bybit-setup.ts';
import { BTC } from './stub-setup.ts';

describe('closed positions of Bybit', () => {
  const warnings: object[] = [];
  const log: ExchangeLog = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields) => warnings.push(fields),
  };
  const setup = withBybitStub({ log });
  const closed = (change: object = {}) =>
    setup.exchange.closedPositions({ symbol: BTC, sinceMs: T - MINUTE_MS, ...change });

  const [open, more, part, rest] = [
    execution('Buy', '0.05', '50000', { orderId: 'o', execFee: '1.375', execTime: at(0) }),
    execution('Buy', '0.03', '50800', { orderId: 'm', execFee: '0.8382', execTime: at(1) }),
    execution('Sell', '0.02', '51000', {
      orderId: 'p',
      execFee: '0.561',
      closedSize: '0.02',
      execTime: at(2),
    }),
    execution('Sell', '0.06', '50900.1', {
      orderId: 'r',
      execFee: '1.6797033',
      closedSize: '0.06',
      execTime: at(3),
    }),
  ] as const;
  // 0.02 x 51000 + 0.06 x 50900.1 - 0.05 x 50000 - 0.03 x 50800
  const GROSS = '50.006';
  const FEES = '4.4539033';

  it('trap: closed-pnl is per closing order: one row per epoch, flat to flat, exact to the last digit', async () => {
    setup.stub.on(EXECUTIONS, newestFirst(open, more, funding('0.25', { execTime: at(1) }), part, rest));
    setup.stub.on(CLOSED, list([closing('r', '0.06', '33.1571717'), closing('p', '0.02', '12.394925')]));
    const [row, ...others] = await closed();
    expect(others).toEqual([]);
    expect(row).toEqual({
      symbol: BTC,
      leg: 'net',
      side: 'long',
      quantity: '0.08',
      entryPrice: '50300',
      closePrice: '50925.075',
      realizedPnl: GROSS,
      fees: FEES,
      funding: '-0.25',
      netPnl: '45.3020967',
      openedAtMs: T,
      closedAtMs: T + 3 * MINUTE_MS,
      orderIds: ['o', 'm', 'p', 'r'],
      whole: true,
    });
    expect(warnings).toEqual([]);
  });

  it('says when Bybit’s own closed PnL is another', async () => {
    setup.stub.on(EXECUTIONS, newestFirst(open, more, part, rest));
    setup.stub.on(CLOSED, list([closing('r', '0.06', '33'), closing('p', '0.02', '99')]));
    expect(await closed()).toMatchObject([{ realizedPnl: GROSS }]);
    expect(warnings.pop()).toMatchObject({ theirs: '132', ours: '45.5520967' });
  });

  it('keeps what a position was opened with, however long before the window it opened', async () => {
    const long = { ...open, execTime: String(T - 20 * 24 * 60 * MINUTE_MS) };
    setup.stub.on(EXECUTIONS, ({ params }) =>
      newestFirst(
        ...[long, { ...part, execQty: '0.05', closedSize: '0.05' }].filter(
          ({ execTime }) =>
            Number(execTime) >= Number(params['startTime']) && Number(execTime) <= Number(params['endTime']),
        ),
      ),
    );
    setup.stub.on(CLOSED, list([closing('p', '0.05', '48')]));
    expect(await closed()).toMatchObject([
      { quantity: '0.05', entryPrice: '50000', openedAtMs: Number(long.execTime), orderIds: ['o', 'p'] },
    ]);
  });

  it('writes averages with eight decimals, and sums with all they have', async () => {
    const thirds = [
      execution('Buy', '0.01', '50000', { execFee: '0.000000001' }),
      execution('Buy', '0.02', '50000.1', { execFee: '0.000000002', execTime: at(1) }),
      execution('Sell', '0.03', '50000.1', { execFee: '0', closedSize: '0.03', execTime: at(2) }),
    ];
    setup.stub.on(EXECUTIONS, newestFirst(...thirds));
    expect(await closed()).toMatchObject([
      { entryPrice: '50000.06666667', closePrice: '50000.1', realizedPnl: '0.001', fees: '0.000000003' },
    ]);
  });

  it('splits an execution that goes through flat, its fee with it', async () => {
    const flip = execution('Sell', '0.08', '51000', {
      orderId: 'f',
      execFee: '0.8',
      closedSize: '0.05',
      execTime: at(1),
    });
    const back = execution('Buy', '0.03', '50000', {
      orderId: 'b',
      execFee: '0.2',
      closedSize: '0.03',
      execTime: at(2),
    });
    setup.stub.on(EXECUTIONS, newestFirst(open, flip, back));
    setup.stub.on(CLOSED, list([closing('f', '0.05', '48.125'), closing('b', '0.03', '29.5')]));
    expect(await closed()).toMatchObject([
      { side: 'long', quantity: '0.05', realizedPnl: '50', fees: '1.875', orderIds: ['o', 'f'] },
      { side: 'short', quantity: '0.03', realizedPnl: '30', fees: '0.5', orderIds: ['f', 'b'] },
    ]);
  });

  it('tells the legs of hedge mode apart, each with the funding of its own side', async () => {
    setup.stub.on(POSITIONS, HEDGE);
    const [longIn, shortIn] = [
      execution('Buy', '0.05', '50000', { execTime: at(0) }),
      execution('Sell', '0.02', '50000', { execTime: at(0) }),
    ];
    const [longOut, shortOut] = [
      execution('Sell', '0.05', '50100', { orderId: 'l', execTime: at(2), closedSize: '0.05' }),
      execution('Buy', '0.02', '50100', {
        orderId: 's',
        execTime: at(2),
        closedSize: '0.02',
        execType: 'BustTrade',
      }),
    ];
    const paid = [funding('0.3', { execTime: at(1) }), funding('-0.1', { side: 'Sell', execTime: at(1) })];
    setup.stub.on(EXECUTIONS, newestFirst(longIn, shortIn, ...paid, longOut, shortOut));
    setup.stub.on(CLOSED, list([closing('l', '0.05', '4.8'), closing('s', '0.02', '-2.2')]));
    const rows = await closed();
    expect(rows).toMatchObject([
      { leg: 'long', realizedPnl: '5', funding: '-0.3', netPnl: '4.5' },
      { leg: 'short', realizedPnl: '-2', funding: '0.1', netPnl: '-2.1', forced: 'liquidation' },
    ]);
    expect(rows[0]).not.toHaveProperty('forced');
  });

  it('tells nothing yet of an epoch whose executions are still to come', async () => {
    setup.stub.on(CLOSED, list([closing('r', '0.06', '33'), closing('p', '0.02', '12')]));
    for (const late of [[open, more, part], [open, part, rest], [more, part, rest], []]) {
      setup.stub.on(EXECUTIONS, newestFirst(...late));
      expect(await closed()).toEqual([]);
    }
  });

  it('counts backwards from what is open now: a later position is not mixed in', async () => {
    const next = execution('Buy', '0.01', '50000', { execTime: at(5) });
    setup.stub.on(POSITIONS, list([{ ...flat(0), side: 'Buy', size: '0.01' }]));
    setup.stub.on(EXECUTIONS, newestFirst(open, { ...part, execQty: '0.05', closedSize: '0.05' }, next));
    setup.stub.on(CLOSED, list([closing('p', '0.05', '48')]));
    expect(await closed()).toMatchObject([{ quantity: '0.05', orderIds: ['o', 'p'] }]);
  });

  it('does not wait for Bybit’s record of the close, which can be dated by the order, long before', async () => {
    setup.stub.on(EXECUTIONS, newestFirst(open, { ...part, execQty: '0.05', closedSize: '0.05' }));
    expect(await closed()).toMatchObject([{ quantity: '0.05', orderIds: ['o', 'p'] }]);
  });

  it('tells nothing of a leg that nobody traded, and of what closed before or after', async () => {
    expect(await closed()).toEqual([]);
    setup.stub.on(EXECUTIONS, newestFirst(open, { ...part, execQty: '0.05', closedSize: '0.05' }));
    expect(await closed({ sinceMs: T + 5 * MINUTE_MS })).toEqual([]);
    expect(await closed({ untilMs: T + MINUTE_MS })).toEqual([]);
  });

  it.each([CLOSED, EXECUTIONS])('throws where %s fails', async (route) => {
    setup.stub.on(CLOSED, list([closing('p', '0.05', '48')]));
    setup.stub.on(route, coded(10016, 'Server error.'));
    await expect(closed()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
