/**
 * The arithmetic of tranches: whatever is added, filled in parts, closed, merged or changed by others, they
 * add up to what the exchange has, and the orders that rest cover exactly that.
 */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import {
  eq,
  gte,
  isMultiple,
  isPositive,
  lte,
  min,
  mul,
  sub,
  sum,
  ZERO,
  type Decimal,
} from '../../domain/decimal.ts';
import { takeTranche } from '../../domain/position/add-tranche.ts';
import { effects } from '../../domain/position/effects.ts';
import { found } from '../../domain/position/look-ups.ts';
import { cancelled, placed } from '../../domain/position/outcomes.ts';
import type { Intent, PositionState } from '../../domain/position/position.ts';
import { activeIntents, openQuantity, remaining, trancheQuantity } from '../../domain/position/quantities.ts';
import { wantedTargets } from '../../domain/position/targets.ts';
import { externally, reduceBy } from '../../domain/reconcile/external-changes.ts';
import { BTC, gateway } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';
import { granted } from '../support/tranches.ts';

const lots = (count: number): Decimal => mul(BTC.lotSize, String(count));

type Deed =
  | { name: 'add'; lots: number; limit: boolean; levels: boolean; stop: boolean }
  | { name: 'fill' | 'exit' | 'reduce' | 'grow' | 'close'; pick: number; lots: number }
  | { name: 'merge'; pick: number; all: boolean };

const count = fc.integer({ min: 1, max: 300 });
const pick = fc.nat(20);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('add' as const),
      lots: count,
      limit: fc.boolean(),
      levels: fc.boolean(),
      stop: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom(
        'fill' as const,
        'exit' as const,
        'reduce' as const,
        'grow' as const,
        'close' as const,
      ),
      pick,
      lots: count,
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('merge' as const), pick, all: fc.boolean() }) },
);
/** Mostly the exchange has answered everything before the next thing happens. */
const step = fc.record({ what: deed, answered: fc.constantFrom(true, true, false) });

const LEVELS = [
  { at: { price: '110500' }, share: '40' },
  { at: { price: '111000' }, share: '30' },
  { at: { price: '112000' }, share: '30' },
];

/** A position beside the one figure that the exchange has of it. */
class Ledger {
  readonly position: PositionDriver = openPosition();
  held: Decimal = openQuantity(this.position.state);
  private serial = 0;

  get state(): PositionState {
    return this.position.state;
  }

  do(what: Deed): void {
    switch (what.name) {
      case 'add': {
        const terms = {
          requestId: `r${(this.serial += 1)}`,
          quantity: lots(what.lots),
          ...(what.limit && { limitPrice: '109000' }),
          ...(!what.stop && { stopLoss: null }),
          ...(what.levels && { takeProfit: null, takeProfitLevels: LEVELS }),
        };
        const word = granted(this.state, terms);
        return void this.position.apply(takeTranche(this.state, word, this.position.now));
      }
      case 'merge': {
        const ids = this.state.tranches.map(({ id }) => id);
        const request = what.all
          ? {}
          : { trancheIds: [0, 1].map((n) => ids[(what.pick + n) % ids.length] ?? 't1') };
        return this.ask({ type: 'mergeTranches', request });
      }
      case 'close': {
        const ids = [undefined, ...this.state.tranches.map(({ id }) => id)];
        const trancheId = ids[what.pick % ids.length];
        const request = { quantity: lots(what.lots), ...(trancheId !== undefined && { trancheId }) };
        return this.ask({ type: 'close', request });
      }
      default:
        return this.trade(what);
    }
  }

  private ask(command: Parameters<PositionDriver['decide']>[0]): void {
    const decision = this.position.decide(command);
    if ('events' in decision) this.position.apply(decision.events);
  }

  /** An order fills in part, or somebody else trades. */
  private trade({ name, pick: which, lots: size }: Extract<Deed, { lots: number; pick: number }>): void {
    const execution = { fillId: `f${(this.serial += 1)}`, price: '109100', atMs: gateway(this.position.now) };
    if (name === 'grow') {
      if (!isPositive(this.held)) return;
      this.held = sum([this.held, lots(size)]);
      return void this.position.apply([externally(this.state, lots(size), execution)]);
    }
    if (name === 'reduce') {
      // The last of it would end the position, and the rest of the run with it.
      const part = min(lots(size), sub(this.held, lots(1)));
      if (!isPositive(part)) return;
      this.held = sub(this.held, part);
      return void this.position.apply(reduceBy(this.state, part, execution));
    }
    const roles = name === 'fill' ? (['entry'] as const) : (['stop', 'target'] as const);
    const resting = roles
      .flatMap((role) => activeIntents(this.state, role))
      .filter(({ status }) => status.name === 'live');
    const intent = resting[which % Math.max(1, resting.length)];
    if (intent) this.fill(intent, min(lots(size), remaining(intent)));
  }

  private fill(intent: Intent, wanted: Decimal): void {
    const closes = intent.role !== 'entry';
    const part = closes ? min(wanted, this.held) : wanted;
    if (!isPositive(part)) return;
    this.held = closes ? sub(this.held, part) : sum([this.held, part]);
    const filled = sum([intent.filledQuantity, part]);
    const order = this.position.order(intent, intent.orderId ?? '', {
      filled,
      status: eq(filled, intent.request.quantity) ? 'filled' : 'open',
    });
    const report = { found: 'one', order, askedAtMs: gateway(this.position.now) } as const;
    this.position.apply(found(this.state, intent.number, report, this.position.now));
  }

  /** Every order that is wanted is taken, every one that is not wanted goes, until nothing is left to do. */
  answerAll(): void {
    for (let turn = 0; turn < 200; turn += 1) {
      const { now } = this.position;
      const effect = effects(this.state, now).find(({ type }) => ['place', 'cancel', 'drop'].includes(type));
      if (!effect || !('intent' in effect)) return;
      const { intent } = effect;
      const times = { sentAtMs: gateway(now), answeredAtMs: gateway(now) + 1 };
      if (effect.type === 'place') {
        const orderId = `o${(this.serial += 1)}`;
        this.position.apply(
          placed(this.state, intent.number, { outcome: 'accepted', orderId, ...times }, now),
        );
        const rests = this.state.intents.find(({ number }) => number === intent.number);
        if (rests?.request.kind === 'market') this.fill(rests, remaining(rests));
      } else if (effect.type === 'cancel') {
        const how = { status: 'cancelled', filled: intent.filledQuantity } as const;
        const order = this.position.order(intent, intent.orderId ?? '', how);
        this.position.apply(
          cancelled(this.state, intent.number, { outcome: 'cancelled', ...times, order }, now),
        );
      } else this.position.drop(intent.role);
    }
    throw new Error('the orders do not settle');
  }
}

function expectToAddUp({ state, held }: Ledger): void {
  const parts = state.tranches.map(({ id }) => trancheQuantity(state, id));
  expect(sum(parts)).toBe(held);
  for (const part of parts) {
    expect(gte(part, ZERO)).toBe(true);
    expect(isMultiple(part, BTC.lotSize)).toBe(true);
  }
  for (const tranche of state.tranches) {
    const wanted = sum(wantedTargets(state, tranche).map(({ quantity }) => quantity));
    expect(lte(wanted, trancheQuantity(state, tranche.id))).toBe(true);
  }
}

/** Once every order was answered, exactly what is wanted rests. */
function expectCovered({ state }: Ledger): void {
  if (state.stage.name !== 'open') return;
  const resting = (role: 'stop' | 'target', id: string) => sum(activeIntents(state, role, id).map(remaining));
  for (const tranche of state.tranches) {
    const quantity = trancheQuantity(state, tranche.id);
    expect(resting('stop', tranche.id)).toBe(tranche.stopLoss === null ? ZERO : quantity);
    expect(lte(resting('target', tranche.id), quantity)).toBe(true);
  }
}

describe('tranches, whatever is done to them', () => {
  it('add up to what the exchange has, in lots, none below nothing, and each has the orders it is to have', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
        const ledger = new Ledger();
        expectToAddUp(ledger);
        for (const { what, answered } of steps) {
          ledger.do(what);
          expectToAddUp(ledger);
          if (!answered) continue;
          ledger.answerAll();
          expectToAddUp(ledger);
          expectCovered(ledger);
        }
        ledger.answerAll();
        expectToAddUp(ledger);
        expectCovered(ledger);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 10_000 },
    );
  });
});
