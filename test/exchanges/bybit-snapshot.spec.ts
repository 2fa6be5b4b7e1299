import { describe, expect, it } from 'vitest';
import {
  ETH,
  flat,
  list,
  LIVE,
  ORDER_ID,
  orderRow,
  page,
  POSITIONS,
  stopRow,
  withBybitStub,
} from './bybit-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const long = {
  ...flat(1),
  side: 'Buy',
  size: '0.050',
  avgPrice: '50000.50',
  markPrice: '50010.1',
  liqPrice: '',
  unrealisedPnl: '0.48',
  leverage: '10',
  openTime: 1_700_000_000_000,
};
const short = { ...long, positionIdx: 2, side: 'Sell', size: '0.02' };

describe('a snapshot of a Bybit account', () => {
  const setup = withBybitStub();

  it('trap: fetchPosition gives the first row only, which loses a leg: reads all positions and orders as one reading', async () => {
    setup.stub.on(POSITIONS, list([long, short, { ...long, symbol: 'ETHUSDT', positionIdx: 0 }]));
    setup.stub.on(LIVE, list([orderRow, { ...stopRow, orderId: 'b', positionIdx: 1 }]));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: true,
      problems: [],
      positions: [
        {
          symbol: BTC,
          leg: 'long',
          side: 'long',
          quantity: '0.05',
          entryPrice: '50000.5',
          openedAtMs: 1_700_000_000_000,
        },
        { symbol: BTC, leg: 'short', side: 'short', quantity: '0.02' },
        { symbol: ETH, leg: 'net', side: 'long' },
      ],
      orders: [
        { orderId: ORDER_ID, kind: 'limit', leg: 'net', clientOrderId: 'hfe1n1', reduceOnly: false },
        { orderId: 'b', kind: 'stop_market', leg: 'long', triggerPrice: '49000.5', reduceOnly: true },
      ],
    });
    expect(sentTo(setup, POSITIONS)[0]?.params).toEqual({
      category: 'linear',
      settleCoin: 'USDT',
      limit: '200',
    });
    expect(sentTo(setup, LIVE)[0]?.params).toEqual({
      category: 'linear',
      settleCoin: 'USDT',
      openOnly: '0',
      limit: '50',
    });
  });

  it('trap: zero-size rows are no positions, whatever index and side they name', async () => {
    setup.stub.on(POSITIONS, list([flat(0), flat(1, 'ETHUSDT'), { ...flat(2, 'ETHUSDT'), side: 'Sell' }]));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true, positions: [] });
  });

  it('trap: createdTime is the first position ever in that slot: only openTime dates this one', async () => {
    setup.stub.on(POSITIONS, list([{ ...long, openTime: 0 }]));
    const { positions } = await setup.exchange.snapshot();
    expect(positions[0]).not.toHaveProperty('openedAtMs');
  });

  it('trap: a position has no id on Bybit, and none is made up', async () => {
    setup.stub.on(POSITIONS, list([long]));
    expect((await setup.exchange.snapshot()).positions[0]).not.toHaveProperty('exchangePositionId');
    expect(setup.exchange.capabilities).toMatchObject({ positionIds: false, conditionalClientIds: true });
  });

  it('trap: one page is not the list: follows the cursor of both to the end, and counts a row that moved on once', async () => {
    setup.stub.on(POSITIONS, ({ params }) => (params['cursor'] ? list([short]) : list([long], 'next')));
    setup.stub.on(LIVE, ({ params }) =>
      params['cursor'] === 'p2'
        ? list([orderRow, { ...orderRow, orderId: 'b' }], 'p3')
        : params['cursor'] === 'p3'
          ? list([], 'p4')
          : list([orderRow], 'p2'),
    );
    const { complete, positions, orders } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(positions).toHaveLength(2);
    expect(orders.map(({ orderId }) => orderId)).toEqual([ORDER_ID, 'b']);
  });

  it('is incomplete where a later page fails, or the pages have no end', async () => {
    setup.stub.on(LIVE, ({ params }) => (params['cursor'] ? page(502) : list([orderRow], 'next')));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: false, orders: [] });
    let cursor = 0;
    setup.stub.on(LIVE, () => list([orderRow], `page${(cursor += 1)}`));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: false,
      problems: [expect.stringMatching(/more than \d+ pages/)],
    });
  });

  it.each<[string, string, StubAnswer]>([
    ['a cut connection', POSITIONS, { kind: 'cut' }],
    [
      'a list that is null',
      POSITIONS,
      { kind: 'json', body: { retCode: 0, retMsg: '', result: { list: null } } },
    ],
    ['a size that is null', POSITIONS, list([{ ...long, size: null }])],
    ['a size that is a word', POSITIONS, list([{ ...long, size: 'NaN' }])],
    ['an index without its side', POSITIONS, list([{ ...long, side: 'Sell' }])],
    ['a size without a side', POSITIONS, list([{ ...long, side: '' }])],
    ['two rows for one leg', POSITIONS, list([long, long])],
    ['a broken order', LIVE, list([{ ...orderRow, cumExecQty: 'many' }])],
    ['a page of HTML', LIVE, page(200)],
  ])('is incomplete after %s, and says why', async (_name, route, answer) => {
    setup.stub.on(route, answer);
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: false,
      problems: [expect.any(String)],
    });
  });

  it('knows the stop of the position itself as one that closes whatever there is', async () => {
    const own = { ...stopRow, stopOrderType: 'StopLoss', tpslMode: 'Full', orderLinkId: '', qty: '0' };
    setup.stub.on(
      LIVE,
      list([
        own,
        { ...own, orderId: 't', stopOrderType: 'TakeProfit' },
        { ...own, orderId: 'x', stopOrderType: 'TrailingStop' },
      ]),
    );
    expect((await setup.exchange.snapshot()).orders).toMatchObject([
      { kind: 'stop_market', closePosition: true, reduceOnly: true },
      { kind: 'take_profit_market', closePosition: true },
      { kind: 'other', closePosition: true },
    ]);
  });

  it('is not blinded by somebody’s order in a state that nobody documented, nor by a stop without a quantity', async () => {
    const own = { ...stopRow, stopOrderType: 'StopLoss', tpslMode: 'Full', qty: '' };
    setup.stub.on(LIVE, list([own, { ...orderRow, orderId: 'b', orderStatus: 'Dreaming' }]));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: true,
      orders: [
        { quantity: '0', closePosition: true },
        { orderId: 'b', status: 'open' },
      ],
    });
    setup.stub.on(LIVE, list([{ ...stopRow, qty: '' }]));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: false });
  });

  it('knows a plain conditional order as stop or target by side and direction', async () => {
    const kinds = [
      ['Sell', 2, 'stop_market'],
      ['Sell', 1, 'take_profit_market'],
      ['Buy', 1, 'stop_market'],
      ['Buy', 2, 'take_profit_market'],
      ['Buy', 0, 'other'],
    ] as const;
    setup.stub.on(
      LIVE,
      list(
        kinds.map(([side, triggerDirection], index) => ({
          ...stopRow,
          orderId: `o${index}`,
          side,
          triggerDirection,
        })),
      ),
    );
    expect((await setup.exchange.snapshot()).orders.map(({ kind }) => kind)).toEqual(
      kinds.map(([, , kind]) => kind),
    );
  });

  it('shares one reading among callers of one moment', async () => {
    await setup.exchange.symbols();
    await Promise.all(
      Array.from({ length: 5 }, () => setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' })),
    );
    expect(sentTo(setup, LIVE)).toHaveLength(1);
  });
});
