import { describe, expect, it } from 'vitest';
import { matchRecord, type TradeRecord } from '../../domain/audit/record-match.ts';
import { BTC, closedPosition as rowOf, ENTRY_ORDER_ID, POSITION_ID, T0 } from '../support/builders.ts';

const closedPosition: typeof rowOf = (change) =>
  rowOf({ openedAtMs: T0, closedAtMs: T0 + 3_600_000, ...change });
const lost = closedPosition();
const record = (change: Partial<TradeRecord> = {}): TradeRecord => ({
  symbol: BTC.symbol,
  side: 'long',
  quantity: lost.quantity,
  entryPrice: '109206.8',
  entryAtMs: T0,
  entryOrderId: ENTRY_ORDER_ID,
  exchangePositionId: null,
  ...change,
});
const later = (ms: number) => T0 + ms;
const match = (change: Partial<TradeRecord>, rows = [lost], market = BTC) =>
  matchRecord(record(change), rows, market);

describe("an older bot's record", () => {
  it('is found by its position id', () => {
    expect(match({ exchangePositionId: POSITION_ID, entryPrice: null })).toMatchObject({
      match: 'one',
      row: { netPnl: '51.6' },
      by: 'position id',
    });
  });

  it('is found by entry price, quantity and time where it has no id, never by its order id', () => {
    const decoy = closedPosition({ exchangePositionId: ENTRY_ORDER_ID, entryPrice: '100000', netPnl: '-1' });
    expect(match({}, [decoy, lost])).toMatchObject({ match: 'one', row: lost });
    expect(match({}, [decoy])).toMatchObject({ match: 'none' });
  });

  it('is found within the tolerances and not beyond them', () => {
    expect(match({ entryPrice: '109207.7', entryAtMs: later(60_000) }).match).toBe('one');
    expect(match({ entryPrice: '109207.8' }).match).toBe('none');
    expect(match({ entryAtMs: later(60_001) }).match).toBe('none');
    expect(match({ quantity: '0.0501' }).match).toBe('none');
  });

  it('of a market of small prices is found within ten ticks', () => {
    const cheap = { ...BTC, tickSize: '0.0001' };
    const row = closedPosition({ entryPrice: '0.6000' });
    expect(match({ entryPrice: '0.6009' }, [row], cheap).match).toBe('one');
    expect(match({ entryPrice: '0.6010' }, [row], cheap).match).toBe('none');
  });

  it('that fits two rows is given to neither', () => {
    const twin = closedPosition({ exchangePositionId: '5', openedAtMs: later(30_000) });
    expect(match({}, [lost, twin])).toMatchObject({ match: 'many', rows: [lost, twin] });
  });

  it('that names too little is not guessed', () => {
    expect(match({ entryAtMs: null, quantity: null })).toEqual({
      match: 'none',
      why: 'it names no position id and no quantity, no entry time to find it by',
    });
  });

  it('with an id that no row has is told of the row that looks like it', () => {
    const found = match({ exchangePositionId: '77' });
    expect(found).toMatchObject({ match: 'none' });
    expect(found).toHaveProperty('why', expect.stringContaining(POSITION_ID));
  });

  it('with an id that the exchange does not have at all is found by what it looks like', () => {
    const { exchangePositionId: _, ...unnamed } = lost;
    expect(match({ exchangePositionId: '77' }, [unnamed]).match).toBe('one');
  });

  it('of the other side, or of a position that is partly open, is not found', () => {
    expect(match({ side: 'short' }).match).toBe('none');
    expect(match({}, [{ ...lost, whole: false }]).match).toBe('none');
  });
});
