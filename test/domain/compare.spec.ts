/** What differs between a bot and its exchange, kind by kind. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../domain/audit/compare.ts';
import { counts, type Difference } from '../../domain/audit/difference.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { clientOrderId } from '../../domain/ids.ts';
import type { PositionView, ProtectionView } from '../../domain/view.ts';
import { view } from '../client/views.ts';

const LEG = { symbol: 'BTC/USDT:USDT', leg: 'net' } as const;

const position = (change: Partial<ExchangePosition> = {}): ExchangePosition => ({
  ...LEG,
  side: 'long',
  quantity: '0.05',
  entryPrice: '43000.5',
  exchangePositionId: '1742968678528512999',
  ...change,
});

const stop = (change: Partial<ExchangeOrder> = {}): ExchangeOrder => ({
  ...LEG,
  orderId: '11',
  side: 'sell',
  kind: 'stop_market',
  status: 'open',
  quantity: '0.05',
  filledQuantity: '0',
  triggerPrice: '42500',
  reduceOnly: true,
  closePosition: false,
  ...change,
});

const target = (change: Partial<ExchangeOrder> = {}): ExchangeOrder =>
  stop({ orderId: '12', kind: 'take_profit_market', triggerPrice: '44000', ...change });

const snapshot = (change: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  sequence: 1,
  takenAtMs: 0,
  readAtMs: 0,
  complete: true,
  problems: [],
  positions: [position()],
  orders: [stop(), target()],
  ...change,
});

const found = (change: Partial<AccountSnapshot> = {}, views: PositionView[] = [view()]): Difference[] =>
  compare('paper', views, snapshot(change));

const kinds = (differences: readonly Difference[]): string[] =>
  differences.map((one) => (counts(one) ? one.kind : `${one.kind} (note)`));

const none: ProtectionView = { price: null, orderId: null, state: 'none' };
const withTranche = (stopLoss: ProtectionView): PositionView =>
  view({ tranches: [{ id: 't1', quantity: '0.05', stopLoss, takeProfit: none }] });

describe('a position that is the same on both sides', () => {
  it('has no difference', () => expect(found()).toEqual([]));

  it('may be told with other zeros and an average that is rounded', () =>
    expect(found({ positions: [position({ quantity: '0.0500', entryPrice: '43000' })] })).toEqual([]));

  it('of another account is not compared with it', () => {
    expect(kinds(found({}, [view({ account: 'other' })]))).toEqual([
      'only_at_exchange',
      'foreign_order (note)',
      'foreign_order (note)',
    ]);
  });
});

describe('a position', () => {
  it('that only we have is one difference, whatever became of its orders', () => {
    expect(found({ positions: [], orders: [] })).toMatchObject([
      { kind: 'only_here', here: '0.05', there: null, workflowId: 'position/paper/BTC/USDT:USDT/net' },
    ]);
  });

  it('that only the exchange has says whether it has a stop', () => {
    const [bare] = found({ orders: [] }, []);
    expect(bare).toMatchObject({ kind: 'only_at_exchange', here: null, there: '0.05' });
    expect(bare?.text).toBe('the exchange holds long 0.05 without a stop, Holdfast holds nothing');
    expect(found({}, [])[0]?.text).toContain('long 0.05 with a stop,');
  });

  it('of another size is one difference: what its stop lacks follows from that', () => {
    expect(found({ positions: [position({ quantity: '0.08', entryPrice: '50000' })] })).toMatchObject([
      { kind: 'quantity', here: '0.05', there: '0.08' },
    ]);
  });

  it('on the other side is no matter of its size alone', () => {
    expect(kinds(found({ positions: [position({ side: 'short' })] }))).toEqual(['side']);
  });

  it('at another average differs in price, and so does one whose average we do not know', () => {
    const positions = [position({ entryPrice: '43100' })];
    expect(found({ positions })).toMatchObject([{ kind: 'price', here: '43000.5', there: '43100' }]);
    expect(found({}, [view({ entryPrice: null })])).toMatchObject([{ kind: 'price', here: null }]);
  });

  it('whose average the exchange does not tell does not differ in it', () => {
    const { entryPrice: _, ...untold } = position();
    expect(found({ positions: [untold] })).toEqual([]);
  });

  it('under another id is another position', () => {
    expect(kinds(found({ positions: [position({ exchangePositionId: '7' })] }))).toEqual(['position_id']);
  });

  it.each(['settling', 'closed'] as const)('that is %s here holds nothing', (stage) => {
    expect(kinds(found({ positions: [], orders: [] }, [view({ stage })]))).toEqual([]);
  });
});

describe('protection', () => {
  it('that is gone leaves the position naked, told once', () => {
    expect(found({ orders: [target()] })).toMatchObject([
      {
        kind: 'missing_protection',
        here: '0.05',
        there: '0',
        text: 'no live stop covers it: stop 11 is not open at the exchange',
      },
    ]);
  });

  it('of which only the target is gone is a missing order', () =>
    expect(kinds(found({ orders: [stop()] }))).toEqual(['missing_order']));

  it('that is gone while a stop of somebody else covers is a missing order', () => {
    const orders = [stop({ orderId: '77', closePosition: true, quantity: '0' }), target()];
    expect(kinds(found({ orders }))).toEqual(['missing_order', 'foreign_order (note)']);
  });

  it('for a part only is missing for the rest', () => {
    const orders = [stop({ quantity: '0.03' }), target()];
    expect(found({ orders })).toMatchObject([
      { kind: 'wrong_protection', here: '0.05', there: '0.03' },
      { kind: 'missing_protection', there: '0.03' },
    ]);
  });

  it.each([
    ['trigger', { triggerPrice: '41000' }, 'stop 11: trigger 41000, wanted 42500'],
    ['side', { side: 'buy' }, 'stop 11: side buy, wanted sell'],
    ['quantity', { quantity: '0.06' }, 'stop 11: quantity 0.06, wanted 0.05'],
  ] as const)('with another %s is wrong', (_, change, text) => {
    const [wrong] = found({ orders: [stop(change), target()] });
    expect(wrong).toMatchObject({ kind: 'wrong_protection', text });
  });

  it('that the position itself carries covers it (Bybit)', () => {
    const positions = [position({ stopLoss: '42000' })];
    expect(kinds(found({ positions, orders: [] }, [withTranche(none)]))).toEqual([]);
  });

  it('that nobody wants is only noted, and so is that of a position which is only watched', () => {
    expect(kinds(found({ orders: [] }, [withTranche(none)]))).toEqual(['missing_protection (note)']);
    const pending = { price: '42500', orderId: null, state: 'pending' } as const;
    expect(kinds(found({ orders: [] }, [{ ...withTranche(pending), policy: 'watch' }]))).toEqual([
      'missing_protection (note)',
    ]);
  });
});

describe('orders', () => {
  const ours = (epoch: string, account = 'paper'): string =>
    clientOrderId({ ...LEG, account }, epoch, 'stop', 3);

  it('of somebody else are noted, not put right', () => {
    const orders = [stop(), target(), stop({ orderId: '90', kind: 'limit', clientOrderId: 'by-hand' })];
    expect(kinds(found({ orders }))).toEqual(['foreign_order (note)']);
  });

  it('in our dialect that no position here placed are a second writer, or left behind', () => {
    const left = stop({ orderId: '91', clientOrderId: ours('0aaaaaaaa') });
    const copy = stop({ orderId: '92', clientOrderId: ours('0aaaaaaaa', 'elsewhere') });
    const list = found({ orders: [stop(), target(), left, copy] });
    expect(list).toMatchObject([
      { kind: 'unplaced_order', there: '91', weight: 'difference' },
      { kind: 'unplaced_order', there: '92', weight: 'difference' },
    ]);
    expect(list.map(({ text }) => text.split(' is ')[1])).toEqual([
      'an order of this account that no position here keeps',
      'an order of another copy of Holdfast',
    ]);
  });

  it('on a leg without any position are looked at too', () => {
    const orders = [stop({ clientOrderId: ours('0aaaaaaaa') }), stop({ orderId: '9' })];
    expect(kinds(found({ positions: [], orders }, []))).toEqual(['unplaced_order', 'foreign_order (note)']);
  });

  it("of the position's own epoch are its own, although its view does not name them", () => {
    const epoch = '0mmq1w9xk';
    const entry = stop({ orderId: '50', kind: 'limit', clientOrderId: ours(epoch) });
    expect(found({ orders: [stop(), target(), entry] }, [view({ epoch })])).toEqual([]);
  });

  it('without a client id may be the one whose answer is still out (BingX)', () => {
    const pending = withTranche({ price: '42500', orderId: null, state: 'pending' });
    expect(found({ orders: [stop({ orderId: '13' })] }, [pending])).toEqual([]);
  });
});
