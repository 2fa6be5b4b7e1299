/**
 * A position with every exit there is, on books that tell the truth, under any path of the price: fills in
 * parts, lost answers, and a person who sets, closes parts, closes at limits and takes orders back.
 */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { eq, gte, isPositive, lte, mul, roundToStep, sum, type Decimal } from '../../domain/decimal.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import { isTighter, wantedStop } from '../../domain/position/protective-prices.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import type { PositionStart, PositionState } from '../../domain/position/position.ts';
import { BTC } from '../support/builders.ts';
import { Simulation, type Fault } from '../support/simulation.ts';

const QUANTITY = '0.05';
const FAULTS: Fault[] = ['none', 'none', 'lostBefore', 'lostAfter', 'workerLost', 'rateLimited'];

const tenths = (low: number, high: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: low, max: high }).map((count) => String(count / 10));

type Terms = Pick<
  PositionStart,
  'side' | 'stopLoss' | 'takeProfit' | 'targets' | 'trailing' | 'breakEven' | 'timeExit' | 'visibleQuantity'
>;

const shares = fc.constantFrom(['100'], ['40', '30', '30'], ['50', '20']);

const terms = fc
  .record({
    side: fc.constantFrom('long' as const, 'short' as const),
    stop: fc.option(tenths(5, 30)),
    shares: fc.option(shares),
    trail: fc.option(fc.record({ by: tenths(3, 20), from: fc.option(tenths(1, 20)) })),
    breakEven: fc.option(fc.oneof(fc.constant({ targets: 1 }), fc.record({ percent: tenths(3, 15) }))),
    visible: fc.option(fc.constantFrom('0.02', '0.03')),
    minutes: fc.option(fc.integer({ min: 1, max: 60 })),
  })
  .map(({ side, stop, trail, breakEven, visible, minutes, ...of }): Terms => ({
    side,
    stopLoss: stop === null ? null : { percent: stop },
    takeProfit: null,
    ...(of.shares && {
      targets: of.shares.map((share, index) => ({
        id: String(index + 1),
        at: { percent: String(1 + index) },
        share,
      })),
    }),
    ...(trail && {
      trailing: {
        distance: { percent: trail.by },
        ...(trail.from !== null && { activation: { percent: trail.from } }),
      },
    }),
    ...(breakEven && { breakEven: { after: { ...breakEven } } }),
    ...(visible !== null && { visibleQuantity: visible }),
    ...(minutes !== null && { timeExit: { afterMinutes: minutes } }),
  }));

type Deed =
  | { name: 'move'; permille: number }
  | { name: 'nothing' | 'cancelOrders' | 'closePart' | 'closeAll' | 'setStop' | 'dropTrailing' }
  | { name: 'limitClose'; permille: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ name: fc.constant('move' as const), permille: fc.integer({ min: -12, max: 12 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constantFrom(
        'nothing' as const,
        'nothing' as const,
        'cancelOrders' as const,
        'closePart' as const,
        'closeAll' as const,
        'setStop' as const,
        'dropTrailing' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant('limitClose' as const),
      permille: fc.integer({ min: -5, max: 10 }),
    }),
  },
);
type Step = { waitMs: number; deed: Deed; faults: Fault[] };
const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.constantFrom(0, 40, 300, 2_000, 30_000),
  deed,
  faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 3 }),
});

const near = (price: Decimal, permille: number): Decimal =>
  roundToStep(mul(price, String((1_000 + permille) / 1_000)), BTC.tickSize, 'nearest');

/** The price goes there: what rests executes, and the watcher tells every level that it reached, once each. */
function moveTo(life: Simulation, price: Decimal, told: Set<string>): void {
  // On its way it comes past limits before it triggers what is meant for worse.
  for (const order of life.exchange.live.filter(({ kind }) => kind === 'limit')) {
    const limit = order.price ?? price;
    if (order.side === 'buy' ? lte(price, limit) : gte(price, limit))
      life.exchange.execute(order, order.quantity);
  }
  life.exchange.moveTo(price);
  for (const { levelId, generation, direction, price: level } of priceLevels(life.state)) {
    const reached = direction === 'up' ? gte(price, level) : lte(price, level);
    const crossingId = `${levelId}/${generation}`;
    if (!reached || told.has(crossingId)) continue;
    told.add(crossingId);
    life.command({
      type: 'priceCrossed',
      crossing: { crossingId, levelId, generation, price, atMs: life.now },
    });
  }
}

function act(life: Simulation, { deed: what, faults }: Step, told: Set<string>): void {
  life.faults.push(...faults);
  const { price } = life.exchange;
  switch (what.name) {
    case 'move':
      return moveTo(life, near(price, what.permille), told);
    case 'limitClose': {
      const limitPrice = near(price, life.state.side === 'long' ? what.permille : -what.permille);
      return life.command({ type: 'close', request: { quantity: '0.01', limitPrice } });
    }
    case 'cancelOrders':
      return life.command({ type: 'cancelOrders', request: {} });
    case 'closePart':
      return life.command({ type: 'close', request: { quantity: '0.0111' } });
    case 'closeAll':
      return life.command({ type: 'close', request: {} });
    case 'setStop':
      return life.command({ type: 'setProtection', request: { stopLoss: { percent: '2' } } });
    case 'dropTrailing':
      return life.command({ type: 'setProtection', request: { trailing: null, breakEven: null } });
    case 'nothing':
      return undefined;
  }
}

const entriesOf = ({ intents }: PositionState) => intents.filter(({ role }) => role === 'entry');

/** Where nobody set it and nothing was entered meanwhile, which moves the average entry that it is measured from. */
function checkStop(before: PositionState, { state }: Simulation): void {
  const [was, is] = [before.tranches[0], state.tranches[0]];
  const same = (a: PositionState) => JSON.stringify(entriesOf(a).map((each) => each.filledQuantity));
  if (!was || !is || state.stage.name !== 'open' || same(before) !== same(state)) return;
  // A stop set by hand that the exchange refused, as the price is beyond it, is taken back.
  if (JSON.stringify(was.stopLoss) !== JSON.stringify(is.stopLoss)) return;
  const [old, now] = [wantedStop(before, was), wantedStop(state, is)];
  if (old === null) return;
  expect(now !== null && !isTighter(state.side, old, now), `the stop went from ${old} to ${now}`).toBe(true);
}

/** Faults are over: readings every 5 s, all true, and the price stands still. */
function calm(life: Simulation, ms: number, told: Set<string>): void {
  life.faults = [];
  for (let passed = 0; passed < ms && life.state.stage.name !== 'closed'; passed += 5_000) {
    life.pass(5_000);
    life.signal('true');
    moveTo(life, life.exchange.price, told);
  }
}

function live(of: Terms, single: boolean, steps: Step[]): { life: Simulation; told: Set<string> } {
  const limitPrice = of.visibleQuantity === undefined ? null : '109000';
  const life = new Simulation({ ...of, quantity: QUANTITY, limitPrice, positionIds: true });
  if (single) life.apply([{ type: 'SingleProtectionFound' }]);
  const told = new Set<string>();
  moveTo(life, '109000', told);
  for (const each of steps) {
    const before = life.state;
    life.pass(each.waitMs);
    act(life, each, told);
    if (each.deed.name !== 'setStop' && each.deed.name !== 'dropTrailing') checkStop(before, life);
  }
  return { life, told };
}

describe('a position that is left by any exit', () => {
  it('never loosens its stop, never flips, never enters more than asked, and leaves nothing behind', () => {
    fc.assert(
      fc.property(terms, fc.boolean(), fc.array(step, { maxLength: 30 }), (of, single, steps) => {
        const { life, told } = live(of, single, steps);
        const other = of.side === 'long' ? 'short' : 'long';
        expect(life.exchange.quantityOf(other)).toBe('0');
        calm(life, 120_000, told);
        expect(eq(openQuantity(life.state), life.exchange.quantityOf(of.side))).toBe(true);
        life.command({ type: 'close', request: {} });
        life.command({ type: 'cancelOrders', request: {} });
        calm(life, 1_500_000, told);
        const { exchange, state, rows } = life;
        expect(state.stage.name).toBe('closed');
        expect(exchange.live).toEqual([]);
        expect(exchange.position).toBeUndefined();
        const entered = sum(entriesOf(state).map((each) => each.filledQuantity));
        expect(lte(entered, QUANTITY)).toBe(true);
        expect(rows.at(-1)?.exitReason === 'NEVER_OPENED').toBe(!isPositive(entered));
        // What an entry fills while it is taken back is another position of the exchange, and closed as well.
        expect(exchange.closed.length > 0).toBe(isPositive(entered));
      }),
      { numRuns: 150, interruptAfterTimeLimit: 10_000 },
    );
  });
});
