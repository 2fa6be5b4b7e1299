import { describe, expect, it } from 'vitest';
import { dayResult, lossOf, startOfDayMs } from '../../domain/account/day-result.ts';
import { trade, view } from '../client/views.ts';
import { exchangePosition } from '../support/builders.ts';

type Figures = Parameters<typeof dayResult>[0];
const day = (change: Partial<Figures>) => dayResult({ trades: [], views: [], positions: [], ...change });
const closed = (change: Parameters<typeof trade>[0]) => day({ trades: [trade(change)] });

describe('a trade that ended today', () => {
  it('counts by its net profit', () => {
    const trades = [trade({ netPnl: '51.6' }), trade({ epoch: 'e2', netPnl: '-80.1' })];
    const result = day({ trades });
    expect(result).toEqual({ closed: '-28.5', open: '0', unknown: [] });
    expect(lossOf(result)).toBe('28.5');
    expect(lossOf(closed({ netPnl: '3' }))).toBe('-3');
  });

  it('whose fees are not known yet counts as a loss, not as a gain', () => {
    expect(closed({ netPnl: null, realizedPnl: '40', fees: null }).closed).toBe('0');
    expect(closed({ netPnl: null, realizedPnl: '-40', fees: null }).closed).toBe('-40');
    expect(closed({ netPnl: null, realizedPnl: '1', fees: '2.5' }).closed).toBe('-1.5');
  });

  it('of which nobody knows anything makes the day unknown', () => {
    const result = closed({ netPnl: null, realizedPnl: null });
    expect(result.unknown).toEqual(['BTC/USDT:USDT net']);
    expect(lossOf(result)).toBeNull();
  });

  it('that never opened counts nothing', () => {
    const result = closed({ exitReason: 'NEVER_OPENED', netPnl: null, realizedPnl: null });
    expect(lossOf(result)).toBe('0');
  });
});

describe('what is open', () => {
  it('counts by the unrealised profit that the exchange shows, whoever keeps it', () => {
    const positions = [
      exchangePosition({ unrealizedPnl: '-30' }),
      exchangePosition({ symbol: 'ETH/USDT:USDT', unrealizedPnl: '12.5' }),
    ];
    expect(day({ positions, views: [view()] })).toEqual({ closed: '0', open: '-17.5', unknown: [] });
  });

  it('by entry and mark price where the exchange shows none, and else is unknown', () => {
    const short = exchangePosition({ side: 'short', quantity: '2', entryPrice: '100', markPrice: '110' });
    expect(day({ positions: [short] }).open).toBe('-20');
    expect(day({ positions: [{ ...short, side: 'long' }] }).open).toBe('20');
    expect(day({ positions: [exchangePosition()] }).unknown).toEqual(['BTC/USDT:USDT net']);
  });

  it('with what was lost by closing a part of it', () => {
    const positions = [exchangePosition({ quantity: '0.01', unrealizedPnl: '-1' })];
    expect(day({ positions, views: [view({ realizedPnl: '-90' })] }).open).toBe('-91');
    expect(day({ positions, views: [view({ realizedPnl: null })] }).unknown).toHaveLength(1);
    expect(day({ positions, views: [view()] }).open).toBe('-1');
  });
});

describe('between open and written down', () => {
  it('a position that is settling counts by its own record, not by an older reading', () => {
    const views = [view({ stage: 'settling', quantity: '0', realizedPnl: '-50' })];
    const positions = [exchangePosition({ unrealizedPnl: '-48' })];
    expect(day({ views, positions }).open).toBe('-50');
    expect(day({ views }).open).toBe('-50');
  });

  it('one whose row is written counts once', () => {
    const views = [view({ stage: 'settling', quantity: '0', realizedPnl: '-50' })];
    expect(day({ views, trades: [trade({ netPnl: '-52' })] })).toEqual({
      closed: '-52',
      open: '0',
      unknown: [],
    });
  });

  it('one that a reading still shows although its row is there gains nothing twice', () => {
    const trades = [trade({ netPnl: '40' })];
    expect(day({ trades, positions: [exchangePosition({ unrealizedPnl: '39' })] }).open).toBe('0');
    expect(day({ trades, positions: [exchangePosition({ unrealizedPnl: '-39' })] }).open).toBe('-39');
  });

  it('one that vanished, and nobody knows yet how, is unknown; one that was just opened is not', () => {
    expect(day({ views: [view({ drift: true, realizedPnl: '0' })] }).unknown).toEqual(['BTC/USDT:USDT net']);
    expect(lossOf(day({ views: [view({ realizedPnl: '0' })] }))).toBe('0');
  });
});

it('the day begins at midnight UTC', () => {
  expect(startOfDayMs(Date.parse('2026-01-02T00:00:00.000Z'))).toBe(Date.parse('2026-01-02T00:00:00Z'));
  expect(startOfDayMs(Date.parse('2026-01-02T23:59:59.999Z'))).toBe(Date.parse('2026-01-02T00:00:00Z'));
});
