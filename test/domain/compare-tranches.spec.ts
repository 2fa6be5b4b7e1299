/** Several stops and several targets of one position are right as they are: none is foreign, none too much. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../domain/audit/compare.ts';
import { counts } from '../../domain/audit/difference.ts';
import type { AccountSnapshot, ExchangeOrder } from '../../domain/exchange-truth.ts';
import { view } from '../../domain/position/describe.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { withoutObvious } from '../../activities/observe/obvious.ts';
import { exchangePosition, gateway, snapshot } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';
import { grant, grow } from '../support/tranches.ts';

const LEVELS = [
  { at: { price: '110500' }, share: '40' },
  { at: { price: '111000' }, share: '60' },
];

const shows = (position: PositionDriver, orders: ExchangeOrder[]): AccountSnapshot => {
  const held = exchangePosition({ quantity: openQuantity(position.state), entryPrice: entryOf(position) });
  return { ...snapshot(gateway(position.now)), positions: [held], orders };
};
const entryOf = (position: PositionDriver) => viewOf(position).entryPrice ?? '0';
const viewOf = ({ state, now }: PositionDriver) => view(state, 'w', now);
const differences = (position: PositionDriver, orders = position.restingOrders()): string[] =>
  compare('paper', [viewOf(position)], shows(position, orders)).map(
    (one) => `${one.kind}${counts(one) ? '' : ' (note)'}: ${one.text}`,
  );
const without = (position: PositionDriver, number: number): ExchangeOrder[] => {
  const gone = position.state.intents.find((intent) => intent.number === number)?.orderId;
  return position.restingOrders().filter(({ orderId }) => orderId !== gone);
};
const targetOf = ({ state }: PositionDriver, target: string): number =>
  state.intents.find((intent) => intent.target === target)?.number ?? 0;

const scaledOut = () => grow(openPosition(), { takeProfit: null, takeProfitLevels: LEVELS });

describe('a position in tranches, compared with the exchange', () => {
  it('agrees with two stops and three targets', () => {
    expect(differences(scaledOut())).toEqual([]);
  });

  it('agrees word for word too', () => {
    const position = scaledOut();
    const both = { snapshot: shows(position, position.restingOrders()), views: [viewOf(position)] };
    expect(withoutObvious(both).views).toEqual([]);
    const less = { ...both, snapshot: shows(position, without(position, targetOf(position, '2'))) };
    expect(withoutObvious(less).views).toHaveLength(1);
  });

  it('agrees while the entry of another tranche rests', () => {
    expect(
      differences(grant(scaledOut(), { requestId: 'third', limitPrice: '109000' }).accept('entry')),
    ).toEqual([]);
  });

  it('misses one of several targets', () => {
    const position = scaledOut();
    expect(differences(position, without(position, targetOf(position, '2')))).toEqual([
      expect.stringContaining('missing_order: target'),
    ]);
  });

  it('tells of one of several targets that rests for another quantity', () => {
    const position = scaledOut();
    const number = targetOf(position, '2');
    const altered = position.state.intents.find((intent) => intent.number === number)?.orderId;
    const orders = position
      .restingOrders()
      .map((order) => (order.orderId === altered ? { ...order, quantity: '0.001' } : order));
    expect(differences(position, orders)).toEqual([expect.stringContaining('wrong_protection: target')]);
  });

  it('only notes that a tranche is to have no stop', () => {
    expect(differences(grow(openPosition(), { stopLoss: null }))).toEqual([
      expect.stringContaining('missing_protection (note): live stops cover 0.05 of 0.08'),
    ]);
  });

  it('does not take that for an excuse where another lost its stop', () => {
    const position = grow(openPosition(), { stopLoss: null });
    const [stop] = position.intents('stop');
    expect(differences(position, without(position, stop?.number ?? 0))[0]).toContain(
      'missing_protection: no live stop',
    );
  });
});
