/** Whatever fails in whatever order: once it is over, every leg has been told the truth, and then nothing more. */
import { fc } from '../../support/properties.ts';
import { expect, it, onTestFinished, vi } from 'vitest';
import { digestOf } from '../../../activities/observe/digest.ts';
import type { ExchangeOrder, ExchangePosition } from '../../../domain/exchange-truth.ts';
import { aPosition, anOrder } from '../../support/fake-exchange.ts';
import { createBench } from './bench.ts';

const LEGS = ['long', 'short'] as const;
type Account = { positions: ExchangePosition[]; orders: ExchangeOrder[] };

const account: fc.Arbitrary<Account> = fc
  .tuple(
    ...LEGS.map((leg) =>
      fc
        .record({ held: fc.boolean(), quantity: fc.constantFrom('1', '2'), ordered: fc.boolean() })
        .map(({ held, quantity, ordered }) => ({
          positions: held ? [aPosition({ leg, quantity })] : [],
          orders: ordered ? [anOrder({ leg, orderId: leg })] : [],
        })),
    ),
  )
  .map((legs) => ({
    positions: legs.flatMap(({ positions }) => positions),
    orders: legs.flatMap(({ orders }) => orders),
  }));

const step = fc.oneof(
  { weight: 4, arbitrary: account.map((truth) => ({ do: 'become' as const, truth })) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((ms) => ({ do: 'pass' as const, ms })) },
  fc.constantFrom('exchange down', 'readings incomplete', 'exchange up').map((state) => ({ do: state })),
  fc.constantFrom('temporal down', 'temporal slow', 'temporal up').map((state) => ({ do: state })),
  fc.constantFrom('journal down', 'journal up', 'hint').map((state) => ({ do: state })),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function storm() {
  const bench = createBench();
  bench.journal.rows = LEGS.map((leg) => ({ symbol: 'BTC/USDT:USDT', leg, epoch: 'e1' }));
  let truth: Account = { positions: [], orders: [] };
  let exchange = 'exchange up';
  let temporal = 'temporal up';
  bench.exchange.say(async () => {
    if (exchange === 'exchange down') throw new Error('502');
    if (exchange === 'readings incomplete')
      return { complete: false, problems: ['orders: 502'], positions: truth.positions, orders: [] };
    return truth;
  });
  bench.delivery.reconcile = async () => {
    if (temporal === 'temporal down') throw new Error('UNAVAILABLE');
    if (temporal === 'temporal slow') await new Promise((resolve) => setTimeout(resolve, 7_000));
    return 'delivered';
  };
  const take = async (one: Step): Promise<void> => {
    if ('truth' in one) truth = one.truth;
    else if ('ms' in one) await bench.pass(one.ms);
    else if (one.do === 'hint') bench.exchange.hint({ kind: 'order', atMs: 0 });
    else if (one.do.startsWith('journal')) bench.journal.failing = one.do === 'journal down';
    else if (one.do.startsWith('temporal')) temporal = one.do;
    else exchange = one.do;
  };
  return {
    ...bench,
    take,
    truthOf: (leg: string) =>
      digestOf({ ...positionOf(truth, leg), orders: truth.orders.filter((order) => order.leg === leg) }),
  };
}

function positionOf({ positions }: Account, leg: string): { position?: ExchangePosition } {
  const position = positions.find((each) => each.leg === leg);
  return position ? { position } : {};
}

it('ends with the truth told to every leg, and then silence', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { observer, take, pass, told, truthOf, cancel, delivery } = storm();
      const ended = observer.observe({ account: 'main' }).catch(() => {});
      for (const one of steps) await take(one);
      for (const state of ['exchange up', 'temporal up', 'journal up'] as const) await take({ do: state });
      await pass(150_000);
      for (const leg of LEGS) {
        const last = told.findLast((each) => each.leg.endsWith(leg));
        expect(last && digestOf(last.snapshot)).toBe(truthOf(leg));
      }
      expect(told.every(({ snapshot }) => snapshot.complete)).toBe(true);
      expect(delivery.mostAtOnce).toBeLessThanOrEqual(LEGS.length);
      const before = told.length;
      await pass(60_000);
      expect(told).toHaveLength(before);
      cancel();
      await ended;
    }),
    { numRuns: 60 },
  );
});
