/** Orders on the leg that this position did not place, and those that another copy of Holdfast must have placed. */
import { describe, expect, it } from 'vitest';
import { card } from '../../domain/position/card.ts';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { clientOrderId, emergencyOrderId, epochAt } from '../../domain/ids.ts';
import { coveredQuantity } from '../../domain/position/cover.ts';
import { BTC, exchangePosition, fill, foreignOrder, gateway, T0 } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';

const LEG = { account: 'paper', symbol: BTC.symbol, leg: 'net' } as const;
const ELSEWHERE = { ...LEG, account: 'another' };
const sees = (position: PositionDriver, ...orders: ExchangeOrder[]) =>
  position.observe({ orders: [...position.restingOrders(), ...orders] });
const changes = (position: PositionDriver) =>
  position.recorded.filter(({ type }) => type === 'ForeignOrdersChanged');
const writers = (position: PositionDriver) =>
  position.recorded.filter(({ type }) => type === 'SecondWriterSeen');

describe('foreign orders', () => {
  it('are in the journal when they come, change and go, and only then', () => {
    const position = sees(openPosition(), foreignOrder());
    sees(position, foreignOrder());
    sees(position, foreignOrder({ triggerPrice: '107100' }));
    sees(position);
    sees(position);
    expect(changes(position)).toMatchObject([
      { appeared: [{ orderId: '7777', triggerPrice: '107000' }], altered: [], gone: [] },
      { appeared: [], altered: [{ orderId: '7777', triggerPrice: '107100' }], gone: [] },
      { appeared: [], altered: [], gone: [{ orderId: '7777' }] },
    ]);
  });

  it('that close everything do not change with what is open', () => {
    const position = sees(openPosition(), foreignOrder({ quantity: '0', closePosition: true }));
    position.command({ type: 'close', request: { quantity: '0.02' } }).accept('close', { filled: '0.02' });
    sees(position, foreignOrder({ quantity: '0', closePosition: true }));
    expect(changes(position)).toHaveLength(1);
    expect(position.state.foreignOrders).toMatchObject([{ quantity: '0.03' }]);
  });

  it('are left alone, and a full-size stop among them is cover', () => {
    const position = openPosition({ stopLoss: null });
    expect(position.state.cover.name).toBe('uncovered');
    sees(position, foreignOrder());
    expect([position.state.cover.name, coveredQuantity(position.state)]).toEqual(['covered', '0.05']);
    expect(position.wanted()).toEqual([]);
    sees(position);
    expect(position.state.cover.name).toBe('uncovered');
  });

  it.each([
    ['a limit order on the closing side, reduce-only', { kind: 'limit', price: '109900' }, [true, false]],
    ['a limit order on the opening side', { kind: 'limit', side: 'buy', reduceOnly: false }, [false, false]],
    ['an order on the closing side that may open', { kind: 'limit', reduceOnly: false }, [false, false]],
    ['a target for all of it', { kind: 'take_profit_market', closePosition: true }, [true, false]],
    ['a stop', {}, [true, true]],
    ['a stop on the opening side', { side: 'buy', reduceOnly: false }, [false, false]],
  ] as const)('%s is known for what it can do', (_, change, [closes, covers]) => {
    const position = sees(openPosition(), foreignOrder(change));
    expect(position.state.foreignOrders).toMatchObject([{ closes, covers }]);
  });

  it('are on the card, each with what it may do', () => {
    const position = sees(openPosition(), foreignOrder(), foreignOrder({ orderId: '8', kind: 'limit' }));
    const shown = card(position.state, 'w', position.now);
    expect(shown).toContain(
      '| foreign order | stop_market sell 0.05 at 107000, order 7777: a stop for this position |',
    );
    expect(shown).toContain(
      '| foreign order | limit sell 0.05 at 107000, order 8: may close this position |',
    );
  });

  it('by the dozen are counted on the card and kept within bounds', () => {
    const grid = Array.from({ length: 300 }, (_, index) =>
      foreignOrder({ orderId: String(index), kind: 'limit' }),
    );
    const position = sees(openPosition(), ...grid, foreignOrder({ orderId: 'stop' }));
    expect(position.state.foreignOrders).toHaveLength(200);
    expect(position.state.foreignOrders[0]).toMatchObject({ orderId: 'stop', covers: true });
    expect(card(position.state, 'w', position.now)).toContain('| foreign orders | and 195 more |');
  });
});

describe('a second writer', () => {
  const later = { createdAtMs: gateway(T0) + 4_000 };
  const named = (clientId: string, change: Partial<ExchangeOrder> = {}) =>
    foreignOrder({ orderId: '8001', clientOrderId: clientId, ...later, ...change });

  it.each([
    ['a number of this epoch that was never planned', clientOrderId(LEG, epochAt(T0), 'stop', 9)],
    ['another order under a number that we know', clientOrderId(LEG, epochAt(T0), 'stop', 2)],
    ['a later epoch of this leg', clientOrderId(LEG, epochAt(T0 + 60_000), 'entry', 1)],
    ['another account of Holdfast, after we began', clientOrderId(ELSEWHERE, epochAt(T0), 'stop', 2)],
    ['capital letters, as some exchanges write', clientOrderId(LEG, epochAt(T0), 'stop', 9).toUpperCase()],
  ])('is known by %s', (_, id) => {
    const position = sees(openPosition(), named(id));
    expect(writers(position)).toMatchObject([{ orderIds: ['8001'] }]);
    expect(position.state.findings.find(({ code }) => code === 'second_writer')).toMatchObject({
      kind: 'alarm',
      text: 'another copy of Holdfast trades this leg: nobody here placed 8001; stop one of the two',
    });
    expect(position.wanted()).toEqual(['warnAccount']);
  });

  it.each([
    ['an earlier epoch of this leg', clientOrderId(LEG, epochAt(T0 - 60_000), 'stop', 2)],
    ['another account', clientOrderId(ELSEWHERE, epochAt(T0 - 60_000), 'stop', 2)],
  ])('is not known by what %s left before we began', (_, id) => {
    const position = sees(openPosition(), named(id, { createdAtMs: gateway(T0) - 60_000 }));
    expect(position.state.foreignOrders).toMatchObject([{ origin: 'leftover' }]);
    expect([writers(position), position.wanted()]).toEqual([[], []]);
    expect(card(position.state, 'w', position.now)).toContain('left over from before');
  });

  it.each([
    ['somebody else', 'my-own-bot-1'],
    ['`holdfast protect`', emergencyOrderId(LEG, 'stop', 'x')],
  ])('is not suspected in the orders of %s', (_, id) => {
    const position = sees(openPosition(), named(id));
    expect(position.state.foreignOrders[0]).not.toHaveProperty('origin');
    expect(writers(position)).toEqual([]);
  });

  it('is not suspected in own orders, whose answers are out, or which execute for one that triggered', () => {
    const position = openPosition({ positionIds: false });
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } }).lose('stop');
    const { clientOrderId: id } = position.intent('stop').request;
    sees(position, { ...position.order(position.intent('stop'), '602'), clientOrderId: id });
    const [stop] = position.intents('stop');
    const executes = named(stop?.request.clientOrderId ?? '');
    const { triggerPrice: _, ...market } = executes;
    sees(position, { ...market, kind: 'market' });
    sees(position, { ...executes, clientOrderId: 'x', triggeredBy: '601' });
    expect([writers(position), position.state.foreignOrders]).toEqual([[], []]);
  });

  it('without a date is one whose orders were not there at first', () => {
    const id = clientOrderId(ELSEWHERE, epochAt(T0), 'stop', 2);
    const { createdAtMs: _, ...undated } = named(id);
    expect(writers(sees(openPosition().wait(1_000), undated))).toHaveLength(1);
  });

  it('is told of once for each set of orders, to the journal and to the account', () => {
    const id = (number: number) => clientOrderId(LEG, epochAt(T0), 'stop', number);
    const position = sees(openPosition(), named(id(9))).tellAccount('reached');
    sees(position, named(id(9)));
    expect([writers(position).length, position.wanted()]).toEqual([1, []]);
    sees(position, named(id(9)), named(id(10), { orderId: '8002' }));
    expect(writers(position)).toHaveLength(2);
    expect(position.effects()).toMatchObject([{ type: 'warnAccount', orderIds: ['8001', '8002'] }]);
  });

  it('is told to the account again and again while its workflow does not run', () => {
    const position = sees(openPosition(), named(clientOrderId(LEG, epochAt(T0), 'stop', 9)));
    position.tellAccount('unreachable');
    expect(position.wanted()).toEqual([]);
    position.wait(1_000).tellAccount('unreachable').wait(1_000);
    expect(position.wanted()).toEqual([]);
    expect(position.wait(1_000).tellAccount('reached').wait(3_600_000).wanted()).toEqual([]);
  });

  it.each([
    ['an order of this epoch that was never planned', clientOrderId(LEG, epochAt(T0), 'close', 9), 1],
    ['a position that began after this one', clientOrderId(ELSEWHERE, epochAt(T0 + 1_000), 'entry', 1), 1],
    ['a close at market by another copy', clientOrderId(ELSEWHERE, epochAt(T0 - 1_000), 'close', 4), 1],
    ['a stop that was left over', clientOrderId(ELSEWHERE, epochAt(T0 - 1_000), 'stop', 4), 0],
    ['an own stop that triggered under a new order id', clientOrderId(LEG, epochAt(T0), 'stop', 2), 0],
    ['a person', undefined, 0],
  ] as const)('in the executions of %s is known by its id', (_, id, times) => {
    const position = openPosition().observe({ position: exchangePosition({ quantity: '0.03' }) });
    const named = id === undefined ? {} : { clientOrderId: id };
    const atMs = gateway(position.now) - 1_000;
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.03' }) }),
      fills: [fill({ fillId: 'x', quantity: '0.02', atMs, ...named })],
    });
    expect(writers(position)).toHaveLength(times);
    expect(position.state.externals).toMatchObject([{ quantity: '-0.02', orderId: '9999' }]);
  });

  it('does not disturb what is kept: its stop is a foreign one', () => {
    const position = sees(openPosition(), named(clientOrderId(LEG, epochAt(T0), 'stop', 9)));
    position.tellAccount('reached');
    expect([position.stage, position.intents('stop').length, position.wanted()]).toEqual(['open', 1, []]);
  });
});
