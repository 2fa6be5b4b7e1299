/** Taking up what the exchange holds: what is known of it, what protects it, and which orders become our own. */
import { describe, expect, it } from 'vitest';
import {
  adoptionOf,
  rebuiltProtection,
  type AdoptionFacts,
  type KeptPolicy,
} from '../../domain/position/adoption.ts';
import { checkAdoption, checkAdoptShape } from '../../domain/position/adoption-request.ts';
import { beginningOf } from '../../domain/position/beginning.ts';
import type { ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { coveredQuantity } from '../../domain/position/cover.ts';
import { strangeEpochs, strangersOf } from '../../domain/reconcile/strangers.ts';
import {
  BTC,
  closedPosition,
  exchangePosition,
  fill,
  foreignOrder,
  gateway,
  POSITION_ID,
  snapshot,
  start,
  T0,
} from '../support/builders.ts';
import { PositionDriver } from '../support/position-driver.ts';

const LEG = { account: 'paper', symbol: BTC.symbol, leg: 'net' } as const;
const EARLIER = epochAt(T0 - 86_400_000);
const PRICE = '109000';
const CONFIGURED = { stopLossPercent: '2', takeProfitPercent: null };

const facts = (orders: ExchangeOrder[] = [], change: Partial<AdoptionFacts> = {}): AdoptionFacts => ({
  rules: BTC,
  positionMode: 'one-way',
  positionIds: true,
  batches: false,
  snapshot: snapshot(gateway(T0), { orders, position: exchangePosition() }),
  price: PRICE,
  openedAtMs: null,
  entryOrderId: null,
  ...change,
});
const ownOrder = (change: Partial<ExchangeOrder> = {}): ExchangeOrder =>
  foreignOrder({ orderId: '42', clientOrderId: clientOrderId(LEG, EARLIER, 'stop', 2), ...change });
const target = (change: Partial<ExchangeOrder> = {}): ExchangeOrder =>
  foreignOrder({ orderId: '43', kind: 'take_profit_market', triggerPrice: '112000', ...change });
const rebuilt = (
  orders: ExchangeOrder[],
  position: Partial<ExchangePosition> = {},
  configured: Parameters<typeof rebuiltProtection>[4] = CONFIGURED,
) => rebuiltProtection(LEG, exchangePosition(position), facts(orders), {}, configured);

/** Taken up as its workflow does it. */
function adopted(policy: KeptPolicy, orders: ExchangeOrder[] = [], change: Partial<AdoptionFacts> = {}) {
  const known = facts(orders, change);
  const position = known.snapshot.position ?? exchangePosition();
  const adopt = adoptionOf(LEG, position, known, { policy });
  const levels = rebuiltProtection(LEG, position, known, {}, CONFIGURED);
  return new PositionDriver({ ...start(), ...levels, quantity: position.quantity, adopt });
}

describe('what protects it', () => {
  it('is what own orders of an earlier life say, before those of others', () => {
    const orders = [foreignOrder({ triggerPrice: '105000' }), ownOrder({ triggerPrice: '107500' })];
    expect(rebuilt(orders).stopLoss).toEqual({ price: '107500' });
  });

  it('is what any conditional order says, before the position, before the configuration', () => {
    const ofPosition = { stopLoss: '104000', takeProfit: '113000' };
    expect(rebuilt([foreignOrder(), target()], ofPosition)).toEqual({
      stopLoss: { price: '107000' },
      takeProfit: { price: '112000' },
    });
    expect(rebuilt([], ofPosition)).toEqual({
      stopLoss: { price: '104000' },
      takeProfit: { price: '113000' },
    });
    expect(rebuilt([])).toEqual({ stopLoss: { percent: '2' }, takeProfit: null });
  });

  it('is the order that closes most; of two alike, the one that acts first', () => {
    const part = foreignOrder({ orderId: '1', quantity: '0.02', triggerPrice: '108500' });
    const far = foreignOrder({ orderId: '2', triggerPrice: '100000' });
    const near = foreignOrder({ orderId: '3', triggerPrice: '106000' });
    expect(rebuilt([part, far, near]).stopLoss).toEqual({ price: '106000' });
  });

  it('is no order that could open, that closes the other side, or that has filled in part', () => {
    const opens = foreignOrder({ reduceOnly: false });
    const otherSide = foreignOrder({ side: 'buy' });
    const filling = foreignOrder({ filledQuantity: '0.01' });
    expect(rebuilt([opens, otherSide, filling]).stopLoss).toEqual({ percent: '2' });
  });

  it('is what was asked for, and nothing where that was asked for', () => {
    const asked = rebuiltProtection(
      LEG,
      exchangePosition(),
      facts([foreignOrder()]),
      { stopLoss: { price: '108000' }, takeProfit: null },
      { stopLossPercent: '2', takeProfitPercent: '4' },
    );
    expect(asked).toEqual({ stopLoss: { price: '108000' }, takeProfit: null });
  });

  it('is measured from the present price where the configured level would act at once, or the entry is unknown', () => {
    const below = { entryPrice: '120000' };
    expect(rebuilt([], below).stopLoss).toEqual({ price: '106820' });
    const { entryPrice: _unknown, ...nameless } = exchangePosition();
    const levels = rebuiltProtection(LEG, nameless, facts(), {}, CONFIGURED);
    expect(levels.stopLoss).toEqual({ price: '106820' });
  });

  it('of a short is on the other side', () => {
    const short = { side: 'short', entryPrice: '100000' } as const;
    expect(rebuilt([], short).stopLoss).toEqual({ price: '111180' });
    expect(rebuilt([], { ...short, entryPrice: '109500' }).stopLoss).toEqual({ percent: '2' });
  });
});

describe('a position that was taken up', () => {
  it('holds what the exchange holds, with what the exchange knows', () => {
    const { state } = adopted('protect', [], { openedAtMs: 1_000, entryOrderId: '77' });
    expect(state).toMatchObject({
      adopted: true,
      policy: 'protect',
      stage: { name: 'open' },
      exchangePositionId: POSITION_ID,
      entryAtMs: 1_000,
    });
    expect(openQuantity(state)).toBe('0.05');
  });

  it('is protected first, its target after', () => {
    const position = adopted('protect', [target({ side: 'buy' })]);
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.accept('stop').wanted()).toEqual([]);
    expect(position.state.cover.name).toBe('covered');
  });

  it('leaves a stop and a target of others alone under protect, and places its own once they are gone', () => {
    const position = adopted('protect', [foreignOrder(), target()]);
    expect(position.wanted()).toEqual([]);
    expect(coveredQuantity(position.state)).toBe('0.05');
    position.observe({ position: exchangePosition(), orders: [target()] });
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.intent('stop').request.triggerPrice).toBe('107000');
  });

  it('places its own stop under protect beside one that covers a part only', () => {
    const position = adopted('protect', [foreignOrder({ quantity: '0.02' })]);
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('takes over own orders of an earlier life under protect, and all under manage', () => {
    const [stop] = adopted('protect', [ownOrder()]).state.intents;
    expect(stop).toMatchObject({ role: 'stop', orderId: '42', status: { name: 'live' } });
    const managed = adopted('manage', [foreignOrder(), target()]);
    expect(managed.state.intents.map(({ role, orderId }) => [role, orderId])).toEqual([
      ['stop', '7777'],
      ['target', '43'],
    ]);
    expect(managed.wanted()).toEqual([]);
    expect(managed.state.foreignOrders).toEqual([]);
  });

  it('keeps one of several stops that it took over, and never none', () => {
    const position = adopted('manage', [
      foreignOrder({ orderId: '1', triggerPrice: '105000' }),
      foreignOrder({ orderId: '2', triggerPrice: '107000' }),
    ]);
    expect(position.wanted()).toEqual(['cancel stop']);
    const leaving = position.state.intents.filter(({ cancelWanted }) => cancelWanted);
    expect(leaving.map(({ orderId }) => orderId)).toEqual(['1']);
  });

  it('places nothing under watch, closes nothing in an emergency, and raises the alarm all the same', () => {
    const position = adopted('watch').wait(600_000);
    expect(position.wanted()).toEqual([]);
    expect(position.stage).toBe('open');
    expect(position.finding('uncovered')).toMatch(/not covered/);
  });

  it('counts nothing twice that was executed before it was seen', () => {
    const position = adopted('protect').accept('stop').wait(10_000);
    position.observe({ position: exchangePosition({ quantity: '0.03' }) });
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.03' }) }),
      fills: [
        fill({ fillId: 'old', side: 'buy', quantity: '0.05', atMs: gateway(T0) - 5_000 }),
        fill({ fillId: 'new', quantity: '0.02', atMs: gateway(position.now) - 500 }),
      ],
    });
    expect(openQuantity(position.state)).toBe('0.03');
  });

  it("finds the exchange's row of it by position id, although it began before anybody watched", () => {
    const openedAtMs = gateway(T0) - 3_600_000;
    const position = adopted('protect', [], { openedAtMs }).accept('stop');
    position.wait(10_000).observe({ flat: true, orders: [] });
    position.find('stop', { filled: '0.05', price: '107022.6' }).readLeg('flat', { flat: true });
    const closedAtMs = gateway(position.now);
    position.figures({ closed: [closedPosition({ openedAtMs, closedAtMs })] }).journal();
    expect(position.rows.at(-1)).toMatchObject({ adopted: true, exitReason: 'STOP_LOSS', netPnl: '51.6' });
  });
});

describe('a position that ends', () => {
  const ended = (left: Partial<ExchangePosition> | undefined) => {
    const position = new PositionDriver({ positionIds: false, stopLoss: null, takeProfit: null });
    position.accept('entry', { filled: '0.05' });
    position.command({ type: 'close', request: {} }).accept('close', { filled: '0.05' }).wait(5_000);
    const reading = left ? { position: exchangePosition(left) } : { flat: true };
    return position.readLeg('flat', reading).state.settlement;
  };

  it('says what it leaves behind: the other side of a flip', () => {
    expect(ended({ side: 'short', quantity: '0.02' })).toMatchObject({ left: true });
    expect(ended(undefined)).not.toHaveProperty('left');
  });
});

describe('where it began', () => {
  const buy = (atMs: number, quantity: string, orderId = `o${atMs}`) =>
    fill({ fillId: `f${atMs}`, side: 'buy', quantity, atMs, orderId });
  const sell = (atMs: number, quantity: string) => fill({ fillId: `f${atMs}`, quantity, atMs });
  const long = { side: 'long', quantity: '0.05' } as const;

  it('is the first execution after the leg was flat', () => {
    const fills = [buy(1, '1'), sell(2, '1'), buy(3, '0.04', 'entry'), sell(4, '0.01'), buy(5, '0.02')];
    expect(beginningOf(long, fills)).toEqual({ openedAtMs: 3, entryOrderId: 'entry' });
  });

  it('is the execution that turned a position around', () => {
    expect(beginningOf(long, [sell(1, '0.1'), buy(2, '0.15', 'flip')])).toMatchObject({ openedAtMs: 2 });
  });

  it('is unknown where the executions do not reach back to it', () => {
    expect(beginningOf(long, [buy(5, '0.02')])).toBeUndefined();
    expect(beginningOf(long, [])).toBeUndefined();
  });
});

describe('orders in our own dialect that no position keeps', () => {
  const WATCHED = T0;
  const order = (change: Partial<ExchangeOrder>) => strangersOf(LEG, [ownOrder(change)], WATCHED);

  it("are an earlier life's where they are older than the watch, or nobody knows their age", () => {
    expect(order({ createdAtMs: T0 - 1 })).toEqual([]);
    expect(order({ createdAtMs: T0 + 30_000 }), 'two clocks').toEqual([]);
    expect(order({})).toEqual([]);
  });

  it('are strange where they came while it was watched, ours by their mark or not', () => {
    expect(order({ createdAtMs: T0 + 120_000 })).toEqual([{ orderId: '42', epoch: EARLIER, ours: true }]);
    const elsewhere = clientOrderId({ ...LEG, account: 'main' }, EARLIER, 'stop', 1);
    const strange = order({ createdAtMs: T0 + 120_000, clientOrderId: elsewhere });
    expect(strange).toMatchObject([{ ours: false }]);
    expect(strangeEpochs(strange), 'the journal can know nothing of it').toEqual([]);
    expect(order({ createdAtMs: T0 + 120_000, clientOrderId: 'x17' }), 'of somebody else').toEqual([]);
  });
});

describe('a request to take one up', () => {
  it.each([
    [undefined, /one JSON object/],
    [{ symbol: BTC.symbol }, /leg must be/],
    [{ ...LEG }, /there is no account/],
    [{ symbol: '', leg: 'net' }, /name the symbol/],
    [{ symbol: BTC.symbol, leg: 'net', policy: 'ignore' }, /policy must be/],
    [{ symbol: BTC.symbol, leg: 'net', openedAtMs: '2026' }, /openedAtMs/],
    [{ symbol: BTC.symbol, leg: 'net', entryOrderId: 7 }, /entryOrderId/],
    [{ symbol: BTC.symbol, leg: 'net', requestId: 7 }, /requestId/],
  ])('%j is refused with what is wrong', (request, text) => {
    expect(checkAdoptShape(request)?.text).toMatch(text);
  });

  it('is held against the market and the position', () => {
    const request = { symbol: BTC.symbol, leg: 'net' } as const;
    expect(checkAdoptShape(request)).toBeNull();
    expect(checkAdoption(request, facts())).toMatchObject({ position: { quantity: '0.05' } });
    expect(checkAdoption({ ...request, stopLoss: { price: '110000' } }, facts())).toMatchObject({
      refused: { code: 'wrong_side' },
    });
    const flat = facts([], { snapshot: snapshot(gateway(T0)) });
    expect(checkAdoption(request, flat)).toMatchObject({ refused: { code: 'no_position' } });
  });
});
