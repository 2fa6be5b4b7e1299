/** What becomes of an older bot's records. */
import { describe, expect, it } from 'vitest';
import type { MigrationSides } from '../../client/migrate/migration.ts';
import { planMigration } from '../../client/migrate/plan.ts';
import type { BotRecord } from '../../client/migrate/record.ts';
import type { AccountSnapshot, ClosedPosition } from '../../domain/exchange-truth.ts';
import type { Kept } from '../../domain/audit/explained.ts';
import { findLost } from '../../domain/audit/lost-trades.ts';
import type { TradeRow } from '../../domain/position/trade.ts';
import type { PositionView } from '../../domain/view.ts';
import {
  BTC,
  closedPosition,
  ENTRY_ORDER_ID,
  exchangePosition,
  foreignOrder,
  POSITION_ID,
  snapshot,
  T0,
} from '../support/builders.ts';
import { trade, view } from './views.ts';

const record = (change: Partial<BotRecord> = {}): BotRecord => ({
  place: 'state.json: trades[0]',
  symbol: BTC.symbol,
  exchange: null,
  side: 'long',
  quantity: '0.05',
  entryPrice: '109206.8',
  entryAtMs: T0,
  openedAtMs: T0,
  entryOrderId: ENTRY_ORDER_ID,
  exchangePositionId: null,
  stopLoss: '108000',
  takeProfit: '111000',
  stopOrderId: null,
  targetOrderId: null,
  ended: false,
  remarks: [],
  ...change,
});

type Scene = {
  open?: AccountSnapshot['positions'];
  orders?: AccountSnapshot['orders'];
  closed?: ClosedPosition[];
  trades?: TradeRow[];
  views?: PositionView[];
};

function plan(
  records: BotRecord[],
  { open = [exchangePosition()], orders = [], closed = [], trades = [], views = [] }: Scene = {},
) {
  const kept = views.map(({ workflowId, symbol, leg }): Kept => ({
    workflowId,
    symbol,
    leg,
    exchangePositionId: null,
    sinceMs: T0,
    isExact: true,
  }));
  const sides: MigrationSides = {
    exchange: 'bingx',
    snapshot: { ...snapshot(T0), positions: open, orders },
    views,
    kept,
    histories: new Map([[BTC.symbol, closed]]),
    lost: findLost(closed, trades, kept),
    rules: new Map([[BTC.symbol, BTC]]),
  };
  return planMigration(records, sides);
}

describe('a position that its record tells of', () => {
  it('is taken over with stop, target, entry order and time', () => {
    expect(plan([record()])).toMatchObject([
      {
        step: 'take_over',
        quantity: '0.05',
        remarks: [],
        request: {
          symbol: BTC.symbol,
          leg: 'net',
          policy: 'manage',
          stopLoss: { price: '108000' },
          takeProfit: { price: '111000' },
          entryOrderId: ENTRY_ORDER_ID,
          openedAtMs: T0,
        },
      },
    ]);
  });

  it('is asked for by the same request each time, and by another for another position', () => {
    const idOf = (id: string) =>
      plan([record()], { open: [exchangePosition({ exchangePositionId: id })] })[0]?.request?.requestId;
    expect(idOf('1')).toBe(idOf('1'));
    expect(idOf('1')).not.toBe(idOf('2'));
  });

  it("is taken over at the exchange's figures where they differ, and that is said", () => {
    const open = [exchangePosition({ quantity: '0.08', entryPrice: '109500' })];
    expect(plan([record()], { open })).toMatchObject([
      {
        step: 'take_over',
        quantity: '0.08',
        remarks: [
          "its record says 0.05: the exchange's 0.08 is what counts",
          "its record says it was opened at 109206.8: the exchange's 109500 is what counts",
        ],
      },
    ]);
  });

  it('is not the one of another id, whatever its price and quantity', () => {
    const other = record({ exchangePositionId: '5' });
    expect(plan([other])).toMatchObject([{ step: 'left' }, { step: 'not_found' }]);
  });

  it('is the one of its id although nothing else fits', () => {
    const vague = record({ exchangePositionId: POSITION_ID, quantity: null, entryPrice: null, side: null });
    expect(plan([vague])).toMatchObject([{ step: 'take_over' }]);
  });

  it('is the one on which its own stop rests, also when it names no side', () => {
    const bare = record({
      side: null,
      quantity: null,
      entryPrice: null,
      stopLoss: null,
      stopOrderId: '7777',
    });
    expect(plan([bare], { orders: [foreignOrder()] })).toMatchObject([{ step: 'take_over' }]);
    expect(plan([bare])).toMatchObject([{ step: 'left' }, { step: 'not_found' }]);
  });

  it('is not told of by a record without a side where both legs are open', () => {
    const open = [
      exchangePosition({ leg: 'long' }),
      exchangePosition({ leg: 'short', side: 'short', exchangePositionId: '6' }),
    ];
    expect(plan([record({ side: null, entryAtMs: null })], { open }).map(({ step }) => step)).toEqual([
      'left',
      'left',
      'not_found',
    ]);
  });

  it('in several tranches is one, with the stop that they agree on', () => {
    const half = (place: string, change: Partial<BotRecord> = {}) =>
      record({ place, quantity: '0.025', ...change });
    expect(plan([half('a'), half('b')])).toMatchObject([
      { step: 'take_over', records: ['a', 'b'], request: { stopLoss: { price: '108000' } }, remarks: [] },
    ]);
    const [item] = plan([half('a'), half('b', { stopLoss: '107000' })]);
    expect(item?.request).not.toHaveProperty('stopLoss');
    expect(item?.remarks[0]).toContain('several stops (108000, 107000)');
  });

  it('is found beside a stale record of an earlier one on the same leg', () => {
    const stale = record({ place: 'stale', entryPrice: '100000', entryAtMs: T0 - 90_000_000 });
    const earlier = closedPosition({
      exchangePositionId: '5',
      entryPrice: '100000',
      openedAtMs: T0 - 90_000_000,
      closedAtMs: T0 - 80_000_000,
    });
    expect(plan([stale, record()], { closed: [earlier] })).toMatchObject([
      { step: 'take_over', records: ['state.json: trades[0]'] },
      { step: 'write_trade', records: ['stale'], closed: earlier, entryOrderId: ENTRY_ORDER_ID },
    ]);
  });
});

describe('a stop of the record', () => {
  it('that the price has passed is not asked for', () => {
    const open = [exchangePosition({ markPrice: '107500' })];
    const [item] = plan([record()], { open });
    expect(item?.request).not.toHaveProperty('stopLoss');
    expect(item?.remarks).toEqual([
      expect.stringContaining('the price is 107500: what rests at the exchange'),
    ]);
  });

  it('whose own order rests elsewhere stays there', () => {
    const [item] = plan([record({ stopOrderId: '7777' })], { orders: [foreignOrder()] });
    expect(item?.request).not.toHaveProperty('stopLoss');
    expect(item?.remarks).toEqual(['the stop of the record rests at 107000, not at 108000: it stays there']);
  });

  it('between two ticks is rounded towards safety', () => {
    const [item] = plan([record({ stopLoss: '108000.04' })]);
    expect(item).toMatchObject({
      request: { stopLoss: { price: '108000.1' } },
      remarks: ['its stop 108000.04 is rounded to 108000.1'],
    });
  });
});

describe('a position that is not open any more', () => {
  const closed = [closedPosition({ openedAtMs: T0 + 1_000, closedAtMs: T0 + 60_000 })];

  it('is written into the journal, once', () => {
    expect(plan([record()], { open: [], closed })).toMatchObject([
      { step: 'write_trade', closed: closed[0] },
    ]);
    const written = trade({ exchangePositionId: POSITION_ID, entryAt: null, exitAt: null });
    expect(plan([record()], { open: [], closed, trades: [written] })).toMatchObject([{ step: 'written' }]);
  });

  it('is not taken for the one that is open now', () => {
    const open = [exchangePosition({ exchangePositionId: '9', entryPrice: '109000' })];
    expect(plan([record()], { open, closed }).map(({ step }) => step)).toEqual(['left', 'write_trade']);
  });

  it('that the history does not have either is told, as is one that fits twice', () => {
    expect(plan([record()], { open: [] })).toMatchObject([{ step: 'not_found' }]);
    const twin = closedPosition({ exchangePositionId: '5', openedAtMs: T0, closedAtMs: T0 + 30_000 });
    expect(plan([record()], { open: [], closed: [...closed, twin] })).toMatchObject([{ step: 'unclear' }]);
  });
});

describe('a position that a workflow keeps', () => {
  const kept = view({ symbol: BTC.symbol });

  it('has nothing done for it', () => {
    expect(plan([record()], { views: [kept] })).toMatchObject([
      { step: 'kept', workflowId: kept.workflowId },
    ]);
  });

  it("that was taken up by policy gets its record's stop and target, and is left alone then", () => {
    const byPolicy = view({ symbol: BTC.symbol, adopted: true, policy: 'protect' });
    expect(plan([record()], { views: [byPolicy], orders: [foreignOrder()] })).toMatchObject([
      {
        step: 'set_protection',
        remarks: ['the old orders stay (7777): cancel them at the exchange once its own rest'],
        protection: { stopLoss: { price: '108000' }, takeProfit: { price: '111000' } },
      },
    ]);
    const managed = view({ symbol: BTC.symbol, adopted: true, policy: 'manage' });
    expect(plan([record()], { views: [managed] })).toMatchObject([{ step: 'kept' }]);
  });

  it('that was taken up by policy with the very stop and target has nothing done for it', () => {
    const byPolicy = view({ symbol: BTC.symbol, adopted: true, policy: 'protect' });
    const same = record({ stopLoss: '42500.0', takeProfit: '44000' });
    expect(plan([same], { views: [byPolicy] })).toMatchObject([{ step: 'kept' }]);
  });
});

describe('a record', () => {
  it('that says itself that it is over, or is of another exchange, is only told', () => {
    const records = [
      record({ ended: true }),
      record({ exchange: 'bybit' }),
      record({ exchange: 'bingx_swap' }),
    ];
    expect(plan(records).map(({ step }) => step)).toEqual(['take_over', 'ended', 'elsewhere']);
  });
});
