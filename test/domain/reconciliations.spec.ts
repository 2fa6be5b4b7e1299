import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../domain/publication.ts';
import { mayReconcile, reconciliationsOf } from '../../domain/audit/reconciliations.ts';
import { adopted } from '../support/adopted.ts';
import { exchangePosition, fill, gateway, T0 } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';

const KEY = { account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net', epoch: 'e1' } as const;

type Told = { type: string; atMs?: number } & Record<string, unknown>;

/** Events as the journal keeps them; `atMs` as they were applied, each by itself unless told. */
const story = (...events: Told[]): JournalEvent[] =>
  events.map(({ type, atMs, ...data }, index) => ({
    ...KEY,
    sequence: index + 1,
    type,
    atMs: atMs ?? T0 + index,
    data,
  }));

/** What a driven position recorded, all of it at the times at which it was applied. */
function storyOf(position: PositionDriver): JournalEvent[] {
  return position.applied.map(({ event: { type, ...data }, nowMs }, index) => ({
    ...KEY,
    sequence: index + 1,
    type,
    atMs: nowMs,
    data,
  }));
}

const kinds = (events: JournalEvent[]): string[] => reconciliationsOf(events).map(({ kind }) => kind);
const change = (over: Record<string, unknown>) => ({
  type: 'ExternallyChanged',
  change: { fillId: 'f1', orderId: '900', trancheId: 't1', quantity: '-0.02', price: '110000', ...over },
});
const flat = (reason: string) => ({ type: 'WentFlat', reason });

/** Somebody sold by hand, in as many executions as there are prices. */
function soldByHand(position: PositionDriver, quantity: string, ...prices: string[]): PositionDriver {
  const left = quantity === '0.05' ? { flat: true } : { position: exchangePosition({ quantity: '0.03' }) };
  const fills = prices.map((price, index) =>
    fill({
      fillId: `x${index}`,
      orderId: '900',
      side: 'sell',
      price,
      quantity: String(Number(quantity) / prices.length),
      atMs: gateway(position.now),
    }),
  );
  position.observe(left);
  return position.weigh({ reading: position.reading(left), fills });
}

describe('what of a position was a reconciliation', () => {
  it('nothing, where own orders opened, protected and closed it', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.accept('close', { filled: '0.05', price: '109953.4' });
    const ended = { filled: '0', status: 'cancelled' } as const;
    position.cancel('stop', 'cancelled', ended).cancel('target', 'cancelled', ended);
    expect(reconciliationsOf(storyOf(position))).toEqual([]);
  });

  it('a close by hand: once, and not its executions besides', () => {
    const position = soldByHand(openPosition(), '0.05', '109000', '109100');
    expect(position.stage).toBe('settling');
    expect(reconciliationsOf(storyOf(position))).toMatchObject([
      {
        ...KEY,
        kind: 'closed_outside',
        text: 'closed at the exchange, and no own order explains it: 0.05 by order 900',
      },
    ]);
  });

  it('a part closed by hand, in however many executions', () => {
    const position = soldByHand(openPosition(), '0.02', '109000', '109000');
    expect(reconciliationsOf(storyOf(position))).toMatchObject([
      { kind: 'reduced_outside', text: 'reduced outside: 0.02 at 109000 by order 900' },
    ]);
  });

  it('two reductions of different orders, although they were heard of together', () => {
    expect(kinds(story({ ...change({}), atMs: 5 }, { ...change({ orderId: '901' }), atMs: 5 }))).toEqual([
      'reduced_outside',
      'reduced_outside',
    ]);
  });

  it('a reduction before the own stop closed the rest: only the reduction', () => {
    expect(kinds(story({ ...change({}), atMs: 5 }, { ...flat('STOP_LOSS'), atMs: 5 }))).toEqual([
      'reduced_outside',
    ]);
  });

  it('a reduction that was told earlier, and the close that followed: both', () => {
    expect(kinds(story(change({}), flat('EXCHANGE_CLOSED_RECONCILIATION')))).toEqual([
      'reduced_outside',
      'closed_outside',
    ]);
  });

  it.each([
    [change({ quantity: '0.02' }), 'added_outside'],
    [change({ cause: 'liquidation' }), 'liquidated'],
    [change({ cause: 'adl' }), 'adl'],
    [change({ cause: 'inferred', orderId: null, price: null }), 'position_inferred'],
    [flat('LIQUIDATION'), 'liquidated'],
    [flat('ADL'), 'adl'],
    [{ type: 'PositionAdopted', adoption: { policy: 'protect', quantity: '1' } }, 'adopted'],
    [{ type: 'IntentAltered', number: 2, triggerPrice: '107000' }, 'order_altered'],
    [{ type: 'SecondWriterSeen', orderIds: ['1', '2'] }, 'second_writer'],
  ])('%j is %s', (event, kind) => {
    expect(kinds(story(event))).toEqual([kind]);
    expect(mayReconcile(story(event))).toBe(true);
  });

  it.each([
    [flat('TAKE_PROFIT')],
    [flat('NEVER_OPENED')],
    [change({ cause: 'adopted', quantity: '1' })],
    [{ type: 'IntentAltered', number: 2 }],
    [{ type: 'ExternallyChanged' }],
    [{ type: 'ExternallyChanged', change: { quantity: 'much' } }],
    [{ type: 'WentFlat', reason: 7 }],
    [{ type: 'SomethingOfALaterVersion', change: null }],
  ])('%j is none', (event) => {
    expect(kinds(story(event))).toEqual([]);
  });

  it('a flip, where what is taken up began when the other side of the leg was closed', () => {
    const adoptedAs = (side: string, openedAtMs: number | null) =>
      story(
        { type: 'PositionStarted', start: { side } },
        { type: 'PositionAdopted', adoption: { policy: 'protect', quantity: '75', openedAtMs } },
      );
    const before = { side: 'short', exitAtMs: T0 };
    expect(reconciliationsOf(adoptedAs('long', T0 + 900), before)).toMatchObject([
      {
        kind: 'flipped',
        text: 'turned around at the exchange, and taken up as it was found: 75 (protect)',
      },
    ]);
    const kindsOf = (events: JournalEvent[], ended?: typeof before) =>
      reconciliationsOf(events, ended).map(({ kind }) => kind);
    expect(kindsOf(adoptedAs('long', T0 + 900))).toEqual(['adopted']);
    expect(kindsOf(adoptedAs('short', T0 + 900), before)).toEqual(['adopted']);
    expect(kindsOf(adoptedAs('long', T0 + 60_000), before)).toEqual(['adopted']);
    expect(kindsOf(adoptedAs('long', null), before)).toEqual(['adopted']);
  });
});

describe('what positions themselves say', () => {
  it('is an order that somebody altered', () => {
    const position = openPosition();
    const orders = position
      .restingOrders()
      .map((order) => (order.kind === 'stop_market' ? { ...order, triggerPrice: '107000' } : order));
    expect(reconciliationsOf(storyOf(position.observe({ orders })))).toMatchObject([
      { kind: 'order_altered', text: 'own order 2 was altered: trigger price 107000' },
    ]);
  });

  it('is what was taken up', () => {
    expect(reconciliationsOf(storyOf(adopted()))).toMatchObject([
      { kind: 'adopted', text: 'taken up as it was found: 0.05 entered at 109206.8 (protect)' },
    ]);
  });
});

describe('an order that vanished', () => {
  it('counts when its successor rests', () => {
    const position = openPosition();
    position.observe({ orders: position.restingOrders().filter(({ kind }) => kind !== 'stop_market') });
    position.find('stop', { filled: '0', status: 'cancelled' });
    expect(kinds(storyOf(position)), 'not before').toEqual([]);
    position.accept('stop', { orderId: '602' });
    expect(reconciliationsOf(storyOf(position))).toMatchObject([
      { kind: 'order_vanished', text: 'the stop order 601 was gone, and was placed anew' },
    ]);
  });

  const stop = (number: number) => ({
    type: 'IntentPlanned',
    intent: { number, role: 'stop', trancheId: 't1' },
  });
  const ended = { type: 'IntentEnded', number: 1, how: 'cancelled', orderId: '1' };
  const accepted = { type: 'IntentAccepted', number: 2, orderId: '2' };

  it.each([
    [
      'when it had been taken back, and was wished for again later',
      [{ type: 'CancelWanted', number: 1 }, ended],
    ],
    ['when the position was flat before another one rested', [ended, flat('STOP_LOSS')]],
    ['when it had filled', [{ ...ended, how: 'filled' }]],
  ])('does not count %s', (_, between) => {
    expect(kinds(story(stop(1), ended, stop(2), accepted))).toEqual(['order_vanished']);
    expect(kinds(story(stop(1), ...between, stop(2), accepted))).toEqual([]);
  });

  it('counts although it was taken over with its position', () => {
    const intent = { number: 1, role: 'stop', trancheId: 't1', orderId: '77' };
    const events = story(
      { type: 'PositionAdopted', adoption: {}, intents: [intent] },
      { type: 'IntentEnded', number: 1, how: 'cancelled', orderId: null },
      { type: 'IntentPlanned', intent: { ...intent, number: 2, orderId: null } },
      { type: 'IntentAccepted', number: 2, orderId: '78' },
    );
    expect(reconciliationsOf(events)).toMatchObject([
      { kind: 'adopted' },
      { kind: 'order_vanished', text: 'the stop order 77 was gone, and was placed anew' },
    ]);
  });

  it('does not count when another order of the same kind was on its way before', () => {
    expect(kinds(story(stop(1), stop(2), ended, accepted))).toEqual([]);
  });

  it('is told of a life with very many orders in no time', () => {
    const life = story(
      ...Array.from({ length: 5_000 }, (_, n) => [
        { type: 'IntentPlanned', intent: { number: n, role: 'stop', trancheId: 't1' } },
        { type: 'IntentAccepted', number: n, orderId: String(n) },
        { type: 'IntentEnded', number: n, how: 'cancelled', orderId: String(n) },
      ]).flat(),
    );
    const startedMs = performance.now();
    expect(kinds(life)).toHaveLength(4_999);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('does not count when it was taken back to be replaced', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '107000' } },
    });
    position.accept('stop', { orderId: '602' }).observe();
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(kinds(storyOf(position))).toEqual([]);
  });

  it('does not count when the exchange took it back because the leg was flat', () => {
    const position = openPosition();
    position.observe({ flat: true, orders: [] });
    position.find('target', { filled: '0', status: 'cancelled' });
    position.find('stop', { filled: '0.05', price: '108000' });
    expect(position.types()).toContain('WentFlat');
    expect(kinds(storyOf(position))).toEqual([]);
  });
});

it('the same story tells the same, and a longer one no less', () => {
  const position = soldByHand(openPosition(), '0.02', '109000');
  const whole = storyOf(position);
  for (let length = 0; length <= whole.length; length++) {
    const known = reconciliationsOf(whole.slice(0, length));
    expect(reconciliationsOf(whole).slice(0, known.length)).toEqual(known);
  }
});
