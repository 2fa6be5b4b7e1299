import { describe, expect, it } from 'vitest';
import { matchClosed } from '../../domain/reconcile/closed-match.ts';
import { evolve } from '../../domain/position/evolve.ts';
import { figuresWaitMs, tradeRow } from '../../domain/position/trade.ts';
import { closedPosition, ENTRY_ORDER_ID, fill, gateway, POSITION_ID } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';

const ended = { filled: '0', status: 'cancelled' } as const;

/** Closed by the user at 109953.4, every order proven, the leg seen flat: only the figures are missing. */
function flat(change: Parameters<typeof openPosition>[0] = {}): PositionDriver {
  const position = openPosition(change).command({ type: 'close', request: {} });
  position.accept('close', { orderId: '801', filled: position.state.requestedQuantity, price: '109953.4' });
  position.cancel('stop', 'cancelled', ended).cancel('target', 'cancelled', ended);
  return position.wait(100).readLeg('flat', { flat: true });
}

/** Asks for figures until a row is wanted, or the patience is over. */
function askInVain(position: PositionDriver, untilMs: number): PositionDriver {
  const end = position.now + untilMs;
  while (position.now < end && position.stage !== 'closed') {
    if (position.wanted().includes('readFigures')) position.figures();
    if (position.wanted().includes('writeTrade')) position.journal();
    position.wait(500);
  }
  return position;
}

describe('the journal row', () => {
  it("of the trade that was lost once has the exchange's figures, matched by position id", () => {
    const position = flat();
    const others = [closedPosition({ exchangePositionId: ENTRY_ORDER_ID, netPnl: '-1' }), closedPosition()];
    position.figures({ closed: others }).journal();
    expect(position.stage).toBe('closed');
    expect(position.rows).toMatchObject([
      {
        entryOrderId: '1981288264506753024',
        exchangePositionId: '1981288265204482048',
        entryPrice: '109206.8',
        closePrice: '109953.4',
        netPnl: '51.6',
        exitOrderId: '801',
        exitReason: 'USER_CLOSE',
        figuresSource: 'exchange',
      },
    ]);
  });

  it('of a position that closed before its id was ever read names it all the same', () => {
    const unnamed = { ...flat().state, exchangePositionId: null };
    const matched = evolve(unnamed, { type: 'FiguresFound', figures: closedPosition() });
    expect(tradeRow(matched).exchangePositionId).toBe(POSITION_ID);
  });

  it('is written from own executions when the figures are late, and again with them', () => {
    const position = askInVain(flat(), 40_000);
    expect(position.rows).toMatchObject([
      {
        figuresSource: 'fills',
        entryPrice: '109206.8',
        closePrice: '109953.4',
        realizedPnl: '37.33',
        netPnl: null,
      },
    ]);
    expect(position.stage).toBe('settling');
    position
      .wait(60_000)
      .figures({ closed: [closedPosition()] })
      .journal();
    expect(position.rows.map(({ figuresSource }) => figuresSource)).toEqual(['fills', 'exchange']);
    expect(position.stage).toBe('closed');
  });

  it('is there, and the position over, after ten minutes without figures', () => {
    const position = askInVain(flat(), 700_000);
    expect(position.stage).toBe('closed');
    expect(position.rows.map(({ figuresSource }) => figuresSource)).toEqual(['fills']);
    expect(position.now - position.state.startedAtMs).toBeLessThan(615_000);
  });

  it('of a short counts its profit the other way round', () => {
    const position = askInVain(
      flat({ side: 'short', stopLoss: { price: '110500' }, takeProfit: { price: '108000' } }),
      40_000,
    );
    expect(position.rows).toMatchObject([{ side: 'short', realizedPnl: '-37.33' }]);
  });

  it('keeps what nobody knows unknown', () => {
    const position = openPosition();
    position.apply([
      {
        type: 'ExternallyChanged',
        change: {
          fillId: 'x',
          orderId: null,
          trancheId: 't1',
          quantity: '-0.05',
          price: null,
          fee: null,
          atMs: 1,
          cause: 'inferred',
        },
      },
    ]);
    expect(tradeRow(position.state)).toMatchObject({
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      closePrice: null,
      realizedPnl: null,
      figuresSource: 'unknown',
      quantity: '0.05',
    });
  });

  it('has the times of the executions, not of when they were heard of', () => {
    const position = openPosition().observe({ flat: true });
    const atMs = gateway(position.now) - 3_600_000;
    position.apply([
      {
        type: 'IntentEnded',
        number: position.intent('target').number,
        how: 'filled',
        reason: null,
        orderId: '701',
        filledQuantity: '0.05',
        averagePrice: '110000',
        atMs: gateway(position.now),
        filledAtMs: atMs,
        nowMs: position.now,
      },
    ]);
    expect(tradeRow(position.state)).toMatchObject({
      exitReason: 'TAKE_PROFIT',
      exitAt: new Date(atMs).toISOString(),
    });
  });

  it('has averages of a length that a price can have, also of several rows', () => {
    const orderIds = [ENTRY_ORDER_ID];
    const closed = [
      closedPosition({ orderIds, quantity: '0.03', closePrice: '109953.4' }),
      closedPosition({
        orderIds,
        quantity: '0.02',
        entryPrice: '109206.8000001',
        closePrice: '109954.1111111',
      }),
    ];
    const { rows } = flat({ positionIds: false }).figures({ closed }).journal();
    expect(rows).toMatchObject([{ entryPrice: '109206.80000004', closePrice: '109953.68444444' }]);
    const thirds = openPosition();
    const change = { orderId: null, trancheId: 't1', fee: null, atMs: 1, cause: 'manual' } as const;
    thirds.apply([
      { type: 'ExternallyChanged', change: { ...change, fillId: 'a', quantity: '-0.02', price: '110000' } },
      { type: 'ExternallyChanged', change: { ...change, fillId: 'b', quantity: '-0.01', price: '110001' } },
    ]);
    expect(tradeRow(thirds.state)).toMatchObject({ closePrice: '110000.3333333333', realizedPnl: '23.806' });
  });

  it('takes the executions along, for the journal', () => {
    const position = flat();
    const fills = [fill({ fillId: 'x', atMs: 1 })];
    position.figures({ closed: [closedPosition()], fills });
    expect(position.recorded.find(({ type }) => type === 'FillsRead')).toEqual({ type: 'FillsRead', fills });
  });

  it('waits for its figures longer each time, a minute at most', () => {
    expect([0, 1, 2, 6, 7, 50].map(figuresWaitMs)).toEqual([500, 1_000, 2_000, 32_000, 60_000, 60_000]);
  });
});

describe('matching a closed position without its id', () => {
  const own = flat({ positionIds: false }).state;
  const openedAtMs = own.entryAtMs ?? 0;
  const row = (change: object) => ({
    ...closedPosition({ openedAtMs }),
    exchangePositionId: 'whatever',
    ...change,
  });
  const matched = (...rows: object[]) =>
    matchClosed({ ...own, exchangePositionId: null }, rows.map(row)) !== undefined;

  it('takes the one row that fits entry price, quantity and time', () => {
    expect(matched({})).toBe(true);
    expect(matched({ entryPrice: '109207.7', quantity: '0.05005', openedAtMs: openedAtMs + 60_000 })).toBe(
      true,
    );
  });

  it.each([
    ['a quote unit away', { entryPrice: '109207.8' }],
    ['a lot away', { quantity: '0.0501' }],
    ['more than a minute away', { openedAtMs: openedAtMs + 60_001 }],
    ['of the other side', { side: 'short' }],
    ['of another leg', { leg: 'long' }],
    ['of another symbol', { symbol: 'ETH/USDT:USDT' }],
    ['still partly open', { whole: false }],
    ['without an entry price', { entryPrice: undefined }],
    ['without a time', { openedAtMs: undefined }],
  ])('leaves one that is %s', (_, change) => expect(matched(change)).toBe(false));

  it('takes none of two that fit', () => expect(matched({}, {})).toBe(false));

  it('takes the one of two alike that names an own order, whatever its figures', () => {
    const rows = [
      row({ netPnl: '1', orderIds: ['999'] }),
      row({ netPnl: '2', orderIds: ['999', ENTRY_ORDER_ID], entryPrice: '108000' }),
    ];
    expect(matchClosed({ ...own, exchangePositionId: null }, rows)?.netPnl).toBe('2');
  });

  it('adds up the rows that own orders had a part in', () => {
    const half = { quantity: '0.025', orderIds: [ENTRY_ORDER_ID] };
    const rows = [row({ ...half, netPnl: '1.5' }), row({ ...half, netPnl: '2.25' })];
    expect(matchClosed({ ...own, exchangePositionId: null }, rows)).toMatchObject({
      quantity: '0.05',
      netPnl: '3.75',
    });
  });

  it("never takes a row by the order's id, nor another position's row where the id is known", () => {
    expect(
      matchClosed({ ...own, exchangePositionId: POSITION_ID }, [row({ exchangePositionId: ENTRY_ORDER_ID })]),
    ).toBeUndefined();
  });

  it('is finer in markets of small prices: ten ticks', () => {
    const cheap = { ...own, exchangePositionId: null, market: { ...own.market, tickSize: '0.0001' } };
    const state = {
      ...cheap,
      intents: cheap.intents.map((intent) => ({ ...intent, averagePrice: intent.averagePrice && '0.5' })),
    };
    expect(matchClosed(state, [row({ entryPrice: '0.5009' })])).toBeDefined();
    expect(matchClosed(state, [row({ entryPrice: '0.501' })])).toBeUndefined();
  });
});
