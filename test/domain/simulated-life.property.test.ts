/** Whatever goes wrong on the way, a position ends up as the exchange's books say, and ends. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { add, div, eq, lt, min, mul, roundToStep, sub, sum, toPlaces } from '../../domain/decimal.ts';
import { AVERAGE_PLACES, openQuantity } from '../../domain/position/quantities.ts';
import { settings } from '../support/builders.ts';
import { Simulation, type Fault } from '../support/simulation.ts';

const FAULTS: Fault[] = [
  'none',
  'none',
  'none',
  'lostBefore',
  'lostAfter',
  'lostLate',
  'workerLost',
  'rateLimited',
  'lagging',
  'empty',
];
const DEEDS = [
  'nothing',
  'read',
  'read',
  'lagging',
  'empty',
  'incomplete',
  'old',
  'fillEntry',
  'dip',
  'crash',
  'rally',
  'calm',
  'reduce',
  'add',
  'closeByHand',
  'flip',
  'endOrder',
  'moveStop',
  'moveTarget',
  'closePart',
  'close',
] as const;

type Step = { waitMs: number; deed: (typeof DEEDS)[number]; pick: number; faults: Fault[] };
const step = fc.record<Step>({
  waitMs: fc.constantFrom(0, 40, 300, 1_200, 5_000, 12_000),
  deed: fc.constantFrom(...DEEDS),
  pick: fc.nat(50),
  faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 3 }),
});

const kind = fc.record({
  ids: fc.boolean(),
  batches: fc.boolean(),
  limit: fc.boolean(),
  tidy: fc.boolean(),
});

function act(life: Simulation, { deed, pick, faults }: Step): void {
  const { exchange } = life;
  life.faults.push(...faults);
  const held = exchange.quantityOf('long');
  const part = roundToStep(div(held, '3'), '0.0001', 'down');
  switch (deed) {
    case 'read':
      return life.signal('true');
    case 'lagging':
    case 'empty':
    case 'incomplete':
      return life.signal(deed);
    case 'old':
      return life.signal('old', pick);
    case 'fillEntry': {
      const entry = exchange.live.find((order) => order.kind === 'limit');
      return entry && exchange.execute(entry, min(entry.quantity, pick % 2 === 0 ? '0.0123' : '1'));
    }
    case 'dip':
      return exchange.moveTo('108200');
    case 'crash':
      return pick % 4 === 0 ? exchange.moveTo('107500') : undefined;
    case 'rally':
      return pick % 4 === 0 ? exchange.moveTo('110500') : undefined;
    case 'calm':
      return exchange.moveTo('109000');
    case 'reduce':
      return exchange.byHand('sell', part);
    case 'add':
      return held === '0' ? undefined : exchange.byHand('buy', '0.01');
    case 'closeByHand':
      return pick % 3 === 0 ? exchange.byHand('sell', held) : undefined;
    case 'flip':
      return pick % 6 === 0 && held !== '0' ? exchange.byHand('sell', '0.2') : undefined;
    case 'endOrder': {
      const order = exchange.live[pick % Math.max(1, exchange.live.length)];
      return order && exchange.end(order);
    }
    case 'moveStop':
      return life.command({
        type: 'setProtection',
        request: { stopLoss: { price: ['108100', '108300.5', '107900'][pick % 3] ?? '108100' } },
      });
    case 'moveTarget':
      return life.command({
        type: 'setProtection',
        request: { takeProfit: pick % 3 === 0 ? null : { percent: '1.1' } },
      });
    case 'closePart':
      return life.command({ type: 'close', request: { quantity: '0.0111' } });
    case 'close':
      return pick % 5 === 0 ? life.command({ type: 'close', request: {} }) : undefined;
    case 'nothing':
      return undefined;
  }
}

/** Faults are over: readings every 5 s, all true. */
function calm(life: Simulation, ms: number): void {
  life.faults = [];
  for (let passed = 0; passed < ms && life.state.stage.name !== 'closed'; passed += 5_000) {
    life.pass(5_000);
    life.signal('true');
  }
}

type Kind = { ids: boolean; batches: boolean; limit: boolean; tidy: boolean };

function live({ ids, batches, limit, tidy }: Kind, steps: Step[]): Simulation {
  const behaviour = { positionIds: ids, settings: settings({ batchProtection: batches }) };
  const life = new Simulation({ ...behaviour, ...(limit && { limitPrice: '109000' }) });
  life.exchange.tidy = tidy;
  for (const each of steps) {
    life.pass(each.waitMs);
    act(life, each);
  }
  return life;
}

/** A step of no time and no faults. */
const at = (waitMs: number, deed: Step['deed'], pick = 0, faults: Fault[] = []): Step => ({
  waitMs,
  deed,
  pick,
  faults,
});
const NAMELESS: Kind = { ids: false, batches: true, limit: true, tidy: false };
const LIMIT: Kind = { ids: true, batches: false, limit: true, tidy: false };
const MARKET: Kind = { ids: true, batches: false, limit: false, tidy: false };

/** What went wrong once. */
const examples: [Kind, Step[]][] = [
  // The entry's rest fills after a close by hand: two positions of the exchange, one of ours.
  [LIMIT, [at(0, 'fillEntry'), at(0, 'closeByHand'), at(0, 'fillEntry')]],
  [NAMELESS, [at(0, 'fillEntry'), at(0, 'closeByHand'), at(0, 'fillEntry')]],
  // It fills into somebody's short.
  [LIMIT, [at(0, 'fillEntry'), at(0, 'flip'), at(0, 'fillEntry')]],
  [LIMIT, [at(0, 'fillEntry'), at(0, 'old'), at(5_000, 'flip'), at(40, 'fillEntry')]],
  // The leg looks as it did when it was told last, and the stop that came in between is gone again.
  [MARKET, [at(0, 'old'), at(12_000, 'nothing'), at(1_200, 'endOrder'), at(0, 'moveTarget')]],
  // The same millisecond for all.
  [LIMIT, [at(0, 'fillEntry'), at(0, 'crash'), at(0, 'reduce'), at(0, 'add')]],
  [MARKET, [at(300, 'add'), at(0, 'close'), at(0, 'reduce')]],
  // The new stop ends by itself while the old one's cancel is repeated.
  [
    MARKET,
    [
      at(12_000, 'nothing'),
      at(0, 'moveStop', 0, ['none', 'lostBefore']),
      at(0, 'nothing', 0, ['lagging']),
      at(0, 'moveTarget', 0, ['none']),
      at(0, 'endOrder', 20, ['lostLate']),
      at(5_000, 'nothing'),
    ],
  ],
];

describe('a position under any schedule of faults', () => {
  it("agrees with the books, is protected once, then closes with the exchange's figures", () => {
    fc.assert(
      fc.property(kind, fc.array(step, { maxLength: 25 }), (of, steps) => {
        const life = live(of, steps);
        calm(life, 150_000);
        const held = life.exchange.quantityOf('long');
        expect(openQuantity(life.state)).toBe(held);
        if (held !== '0') expectProtected(life, held);
        life.command({ type: 'close', request: {} });
        calm(life, 1_500_000);
        expectOver(life);
      }),
      // A busy machine runs fewer of them, rather than failing for being slow.
      { numRuns: 250, interruptAfterTimeLimit: 10_000, examples },
    );
  });
});

function expectProtected({ state, exchange }: Simulation, held: string): void {
  expect(state.stage.name).toBe('open');
  const stops = exchange.live.filter((order) => order.kind === 'stop_market');
  expect(stops.map(({ quantity }) => quantity)).toEqual([held]);
  const targets = exchange.live.filter((order) => order.kind === 'take_profit_market');
  expect(targets.map(({ quantity }) => quantity)).toEqual(state.tranches[0]?.takeProfit ? [held] : []);
  expect(state.suspicion).toBeNull();
}

function expectOver({ state, exchange, rows }: Simulation): void {
  expect(state.stage.name).toBe('closed');
  const own = new Set(state.intents.map(({ orderId }) => orderId));
  expect(exchange.live.filter(({ orderId }) => own.has(orderId) || orderId.startsWith('hf'))).toEqual([]);
  const last = rows.at(-1);
  const closed = exchange.closed.filter(({ side }) => side === 'long');
  const final = closed.at(-1);
  if (!last || !final) return expect(last?.exitReason).toBe('NEVER_OPENED');
  const complete = rows.filter(({ figuresSource }) => figuresSource === 'exchange');
  // What an entry fills into somebody's short closes that: the exchange has no row of it.
  if (ranIntoShort({ state, exchange }) && complete.length === 0) return expect(last.netPnl).toBeNull();
  expect(complete).toHaveLength(1);
  // A close by hand in the middle of an entry makes two positions of the exchange: the row has both.
  expect(last.exchangePositionId).toBe(state.exchangePositionId);
  const ids = closed.map(({ exchangePositionId = null }) => exchangePositionId);
  expect(ids).toContain(last.exchangePositionId);
  expect(last.netPnl).toBe(sum(closed.map(({ netPnl }) => netPnl ?? '0')));
  const quantity = sum(closed.map((row) => row.quantity));
  expect(eq(last.quantity, quantity)).toBe(true);
  const proceeds = sum(closed.map((row) => mul(row.closePrice ?? '0', row.quantity)));
  // One row's price is the exchange's own; an average of several has as many digits as a price can have.
  const average = closed.length === 1 ? final.closePrice : toPlaces(div(proceeds, quantity), AVERAGE_PLACES);
  expect(last.closePrice).toBe(average);
}

/** Whether the entry filled while somebody else had turned the leg to the other side. */
function ranIntoShort({ state, exchange }: Pick<Simulation, 'state' | 'exchange'>): boolean {
  const entries = new Set(state.intents.filter(({ role }) => role === 'entry').map(({ orderId }) => orderId));
  let held = '0';
  for (const { orderId, side, quantity } of exchange.fills) {
    if (entries.has(orderId) && lt(held, '0')) return true;
    held = side === 'buy' ? add(held, quantity) : sub(held, quantity);
  }
  return false;
}
