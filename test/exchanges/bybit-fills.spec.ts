import { describe, expect, it } from 'vitest';
import { at, execution, funding, MINUTE_MS, newestFirst, T } from './bybit-rows.ts';
import { EXECUTIONS, HEDGE, list, LIVE, orderRow, POSITIONS, withBybitStub } from './bybit-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';

const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

describe('fills of a Bybit leg', () => {
  const setup = withBybitStub();
  const fills = (leg: 'net' | 'long' | 'short') =>
    setup.exchange.fills({ symbol: BTC, leg, sinceMs: T - MINUTE_MS });

  it('are told oldest first, with order, id and fee', async () => {
    setup.stub.on(
      EXECUTIONS,
      newestFirst(
        execution('Buy', '0.05', '50000.50', { execId: 'a', orderId: 'x', execTime: at(0) }),
        execution('Sell', '0.02', '51000', {
          execId: 'b',
          execFee: '-0.05',
          execTime: at(1),
          closedSize: '0.02',
        }),
      ),
    );
    expect(await fills('net')).toEqual([
      {
        fillId: 'a',
        orderId: 'x',
        symbol: BTC,
        leg: 'net',
        side: 'buy',
        price: '50000.5',
        quantity: '0.05',
        fee: '0.1',
        atMs: T,
      },
      expect.objectContaining({ fillId: 'b', side: 'sell', fee: '-0.05' }),
    ]);
  });

  it('trap: rows name no leg: in hedge mode side and closedSize tell it', async () => {
    setup.stub.on(POSITIONS, HEDGE);
    setup.stub.on(
      EXECUTIONS,
      newestFirst(
        execution('Buy', '0.05', '50000', { execId: 'opens long' }),
        execution('Sell', '0.03', '50000', { execId: 'opens short' }),
        execution('Sell', '0.05', '50000', { execId: 'closes long', closedSize: '0.05' }),
        execution('Buy', '0.03', '50000', { execId: 'closes short', closedSize: '0.03' }),
      ),
    );
    expect((await fills('long')).map(({ fillId }) => fillId)).toEqual(['opens long', 'closes long']);
    expect((await fills('short')).map(({ fillId }) => fillId)).toEqual(['opens short', 'closes short']);
  });

  it('asks the order of a row that leaves closedSize blank for its leg, and fails where nobody knows it', async () => {
    setup.stub.on(POSITIONS, HEDGE);
    setup.stub.on(
      EXECUTIONS,
      newestFirst(execution('Sell', '0.05', '50000', { orderId: 'x', closedSize: '' })),
    );
    setup.stub.on(LIVE, list([{ ...orderRow, orderId: 'x', side: 'Sell', positionIdx: 2 }]));
    expect(await fills('short')).toHaveLength(1);
    setup.stub.on(LIVE, list([]));
    await expect(fills('short')).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it.each<[string, object]>([
    ['paid in another coin', { feeCurrency: 'MNT' }],
    ['with a tax besides', { extraFees: [{ feeCoin: 'USDT', fee: '0.006403779' }] }],
  ])('have a fee that is not known, where it was %s', async (_name, change) => {
    const usual = execution('Buy', '0.05', '1', { feeCurrency: 'USDT', extraFees: '' });
    setup.stub.on(EXECUTIONS, newestFirst(usual, execution('Buy', '0.05', '1', change)));
    expect((await fills('net')).map(({ fee }) => fee)).toEqual(['0.1', undefined]);
  });

  it.each<[string, object, string]>([
    ['BustTrade', { execType: 'BustTrade' }, 'liquidation'],
    ['a step of the liquidation', { createType: 'CreateByLiq' }, 'liquidation'],
    ['a take-over', { createType: 'CreateByTakeOver_PassThrough' }, 'liquidation'],
    ['AdlTrade', { execType: 'AdlTrade' }, 'adl'],
  ])('say what forced them: %s', async (_name, change, forced) => {
    setup.stub.on(EXECUTIONS, newestFirst(execution('Sell', '0.05', '50000', change)));
    expect(await fills('net')).toMatchObject([{ forced }]);
  });

  it('trap: execType is more than trades: funding and settlements are no fills, settled quantities are', async () => {
    setup.stub.on(
      EXECUTIONS,
      newestFirst(
        funding('0.2'),
        execution('Sell', '0.05', '1', { execType: 'SessionSettlePnL' }),
        execution('Sell', '0.05', '1', { execType: 'Settle', execId: 's' }),
        execution('Sell', '0.05', '1', { execType: 'Settle', execId: 'd', closedSize: '0.05' }),
      ),
    );
    expect((await fills('net')).map(({ fillId }) => fillId)).toEqual(['d']);
  });

  it('are read page by page and week by week, each once', async () => {
    const [a, b] = [
      execution('Buy', '0.05', '1', { execId: 'a' }),
      execution('Buy', '0.05', '1', { execId: 'b' }),
    ];
    setup.stub.on(EXECUTIONS, ({ params }) => (params['cursor'] ? list([a, b]) : list([a], 'next')));
    const found = await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: Date.now() - 2 * WEEK_MS });
    expect(found).toHaveLength(2);
    const spans = sentTo(setup, EXECUTIONS).map(
      ({ params }) => Number(params['endTime']) - Number(params['startTime']),
    );
    expect(spans.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...spans)).toBeLessThanOrEqual(WEEK_MS);
  });
});
