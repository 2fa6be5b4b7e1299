/** However readings, checks, starts and ends of many entries interleave, no limit is ever exceeded. */
import { fc } from '../support/properties.ts';
import { expect, it } from 'vitest';
import { isPositive, lte, mul, sum, type Decimal } from '../../domain/decimal.ts';
import type { ExchangePosition } from '../../domain/exchange-truth.ts';
import type { LegOrders, TakenLeg } from '../../domain/account/exposure.ts';
import { checkLimits, type AccountLimits, type LimitFacts } from '../../domain/account/risk.ts';

const PRICE = '100';
const ENTRIES = 50;
/** A reading may be this many changes old when it is used. */
const LAG = 12;

type Entry = { symbol: string; quantity: Decimal; rests: boolean };
type Foreign = { symbol: string; quantity: Decimal; orders: number };
type Step = { deed: 'ask' | 'decide' | 'live'; pick: number; lag: number };

/** An account and its exchange. A leg lives on by one step at a time: ordered, filled, protected, closed, free. */
class World {
  legs: TakenLeg[] = [];
  asked: { entry: Entry; facts: LimitFacts }[] = [];
  opened = 0;
  private readonly limits: AccountLimits;
  private readonly entries: Entry[];
  private readonly readings: LimitFacts[] = [];
  private readonly positions = new Map<string, Decimal>();
  private readonly orders = new Map<string, number>();
  private readonly ages = new Map<string, number>();

  constructor(limits: AccountLimits, entries: Entry[], foreign: Foreign[]) {
    this.limits = limits;
    this.entries = entries;
    for (const { symbol, quantity, orders } of foreign) {
      this.positions.set(symbol, quantity);
      this.orders.set(symbol, orders);
    }
    this.read();
  }

  act({ deed, pick, lag }: Step): void {
    if (deed === 'ask') this.ask(lag);
    else if (deed === 'decide') this.decide(pick);
    else this.live(pick);
    this.read();
  }

  private ask(lag: number): void {
    const entry = this.entries.shift();
    const facts = this.readings.at(-1 - Math.min(lag, this.readings.length - 1));
    if (entry && facts) this.asked.push({ entry, facts });
  }

  private decide(pick: number): void {
    const [one] = this.asked.splice(pick % Math.max(1, this.asked.length), 1);
    if (!one) return;
    const { symbol, quantity, rests } = one.entry;
    const request = { symbol, side: 'long', quantity, ...(rests && { limitPrice: PRICE }) } as const;
    if (checkLimits({ limits: this.limits, legs: this.legs }, request, one.facts)) return;
    this.opened += 1;
    this.ages.set(symbol, 0);
    this.legs.push({
      symbol,
      leg: 'net',
      side: 'long',
      notional: mul(quantity, PRICE),
      entryRests: rests,
      epoch: String(this.opened),
      workflowId: symbol,
      state: 'reserved',
    });
  }

  private live(pick: number): void {
    const leg = this.legs[pick % Math.max(1, this.legs.length)];
    if (!leg) return;
    const { symbol, notional, entryRests } = leg;
    const age = (this.ages.get(symbol) ?? 0) + 1;
    this.ages.set(symbol, age);
    const resting = entryRests ? 1 : 0;
    const part = mul(notional, entryRests ? '0.004' : '0.01');
    if (age === 1) this.orders.set(symbol, 1);
    if (age === 2) this.positions.set(symbol, part);
    if (age >= 2 && age <= 4) this.orders.set(symbol, resting + age - 2);
    if (age === 5) this.positions.set(symbol, mul(notional, '0.01'));
    if (age === 6) this.positions.delete(symbol);
    if (age === 6) this.orders.delete(symbol);
    if (age === 7) this.legs = this.legs.filter((each) => each !== leg);
  }

  private read(): void {
    const open: ExchangePosition[] = [...this.positions].map(([symbol, quantity]) => ({
      symbol,
      leg: 'net',
      side: 'long',
      quantity,
      markPrice: PRICE,
    }));
    const openOrders = [...this.orders].map(([symbol, count]): LegOrders => ({ symbol, leg: 'net', count }));
    this.readings.push({ positionMode: 'one-way', price: PRICE, positions: open, risk: { openOrders } });
    this.readings.splice(0, this.readings.length - LAG);
    this.holds();
  }

  private holds(): void {
    const { maxOpenPositions, maxNotionalTotal = '1000000000', maxOrders = Infinity } = this.limits;
    const worth = sum([...this.positions.values()].filter(isPositive).map((each) => mul(each, PRICE)));
    const orders = [...this.orders.values()].reduce((total, one) => total + one, 0);
    expect(this.positions.size).toBeLessThanOrEqual(maxOpenPositions);
    expect(orders).toBeLessThanOrEqual(maxOrders);
    expect(lte(worth, maxNotionalTotal), `${worth} of ${maxNotionalTotal}`).toBe(true);
  }
}

const entry = fc.record<Entry>({
  symbol: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'),
  quantity: fc.constantFrom('1', '2.5', '7'),
  rests: fc.boolean(),
});
const step = fc.record<Step>({
  deed: fc.constantFrom('ask', 'ask', 'decide', 'live', 'live', 'live'),
  pick: fc.nat(ENTRIES),
  lag: fc.nat(LAG),
});
const foreign = fc.array(
  fc.record({
    symbol: fc.constantFrom('A', 'X', 'Y'),
    quantity: fc.constantFrom('1', '3'),
    orders: fc.nat(2),
  }),
  { maxLength: 1 },
);

it.each([
  ['positions', { maxOpenPositions: 3 }],
  ['notional', { maxOpenPositions: 99, maxNotionalTotal: '1200' }],
  ['orders', { maxOpenPositions: 99, maxOrders: 10 }],
] satisfies [string, AccountLimits][])('the limit of %s holds in every order of events', (_name, limits) => {
  let mostAtOnce = 0;
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: ENTRIES, maxLength: ENTRIES }),
      fc.array(step, { minLength: 40, maxLength: 160 }),
      foreign,
      (entries, steps, others) => {
        const world = new World(limits, [...entries], others);
        for (const one of steps) {
          world.act(one);
          mostAtOnce = Math.max(mostAtOnce, world.legs.length);
        }
      },
    ),
    { numRuns: 300 },
  );
  // Not held by letting nobody in.
  expect(mostAtOnce).toBeGreaterThan(1);
});

it.each([
  ['max_open_positions', { maxOpenPositions: 3 }, 3],
  ['max_notional_total', { maxOpenPositions: 99, maxNotionalTotal: '450' }, 4],
  ['max_orders', { maxOpenPositions: 99, maxOrders: 11 }, 3],
] satisfies [string, AccountLimits, number][])(
  'fifty that were all checked against the same reading: %s lets in as many as fit',
  (code, limits, most) => {
    const facts: LimitFacts = {
      positionMode: 'one-way',
      price: PRICE,
      positions: [],
      risk: { openOrders: [] },
    };
    const legs: TakenLeg[] = [];
    const codes = Array.from({ length: 50 }, (_, index) => {
      const request = { symbol: `S${index}`, side: 'long', quantity: '1' } as const;
      const refused = checkLimits({ limits, legs }, request, facts);
      if (refused) return refused.code;
      legs.push({
        symbol: request.symbol,
        leg: 'net',
        side: 'long',
        notional: mul(request.quantity, PRICE),
        epoch: String(index),
        workflowId: request.symbol,
        state: 'reserved',
      });
      return 'opened';
    });
    expect(codes).toEqual(codes.map((_, index) => (index < most ? 'opened' : code)));
  },
);
