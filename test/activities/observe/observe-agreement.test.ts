import { describe, expect, it } from 'vitest';
import { aPosition } from '../../support/fake-exchange.ts';
import { startWatching, STARTED_MS } from './bench.ts';

const ROW = { symbol: 'BTC/USDT:USDT', leg: 'long', epoch: 'e1', quantity: '0.05' } as const;
const held = { positions: [aPosition()] };
type Prepare = NonNullable<Parameters<typeof startWatching>[0]>;
type Options = Parameters<typeof startWatching>[1];

const watching = (prepare: Prepare = () => {}, options?: Options) =>
  startWatching((bench) => {
    bench.exchange.say(held);
    bench.journal.rows = [ROW];
    prepare(bench);
  }, options);

describe('whether positions and exchange agree', () => {
  it('is not known before the first reading, and is then dated by it', async () => {
    const { observer, exchange, pass } = watching(({ exchange: it }) =>
      it.say(async () => Promise.reject(new Error('502'))),
    );
    await pass(1_000);
    expect(observer.health().agreement).toMatchObject({ state: 'unknown', agreedAtMs: null });
    exchange.say(held);
    await pass(4_000);
    expect(observer.health().agreement).toMatchObject({
      state: 'in_agreement',
      agreedAtMs: STARTED_MS + 5_000,
      sinceMs: null,
    });
  });

  it('is unknown once the truth is older than three readings, whatever it said last', async () => {
    const { observer, exchange, pass } = watching();
    await pass(1_000);
    exchange.say({ complete: false, problems: ['orders: 502'] });
    await pass(13_900);
    expect(observer.health()).toMatchObject({
      ageOfTruthMs: 14_900,
      agreement: { state: 'in_agreement' },
    });
    await pass(1_000);
    expect(observer.health().agreement).toMatchObject({ state: 'unknown', agreedAtMs: STARTED_MS });
  });

  it('does not count what settles by itself within seconds', async () => {
    const { observer, exchange, journal, pass } = watching();
    await pass(1_000);
    exchange.say({ positions: [aPosition({ quantity: '0.04' })] });
    await pass(10_000);
    expect(observer.health().agreement).toMatchObject({ state: 'in_agreement', count: 0 });
    journal.rows = [{ ...ROW, quantity: '0.04' }];
    await pass(60_000);
    expect(observer.health().agreement).toMatchObject({ state: 'in_agreement', count: 0 });
  });

  it('counts what lasts, says since when, and forgets it when both agree again', async () => {
    const { observer, exchange, pass } = watching();
    await pass(1_000);
    exchange.say({ positions: [aPosition({ quantity: '0.04' })] });
    await pass(20_000);
    expect(observer.health().agreement).toEqual({
      state: 'differs',
      agreedAtMs: STARTED_MS + 10_000,
      count: 1,
      sinceMs: STARTED_MS + 5_000,
      legs: [
        {
          symbol: 'BTC/USDT:USDT',
          leg: 'long',
          sinceMs: STARTED_MS + 5_000,
          text: expect.stringContaining('0.04'),
        },
      ],
    });
    exchange.say(held);
    await pass(5_000);
    expect(observer.health().agreement).toMatchObject({ state: 'in_agreement', count: 0, sinceMs: null });
  });

  it('counts at once what a position itself says', async () => {
    const { observer, journal, pass } = watching();
    await pass(1_000);
    journal.rows = [{ ...ROW, drift: true }];
    await pass(5_000);
    expect(observer.health().agreement).toMatchObject({ state: 'differs', count: 1 });
  });

  it('counts what no workflow keeps, though its row says otherwise', async () => {
    const { observer, pass } = watching((bench) => {
      bench.delivery.reconcile = async () => 'no_workflow';
    });
    await pass(20_000);
    expect(observer.health().agreement).toMatchObject({
      state: 'differs',
      legs: [{ text: 'no workflow keeps what the exchange holds here' }],
    });
  });

  it('counts nothing of that where such positions are to be ignored', async () => {
    const { observer, pass } = watching(
      (bench) => {
        bench.journal.rows = [];
        bench.delivery.reconcile = async () => 'no_workflow';
      },
      { ignoresUnmanaged: true },
    );
    await pass(60_000);
    expect(observer.health().agreement).toMatchObject({ state: 'in_agreement', count: 0 });
  });
});

const nothing = { price: null, orderId: null, state: 'none' } as const;
const WANTED = [
  { id: 't1', quantity: '0.05', stopLoss: { ...nothing, state: 'pending' as const }, takeProfit: nothing },
];

describe('time without cover', () => {
  it('is added up over all positions, and goes on while there is none', async () => {
    const updatedAt = new Date(STARTED_MS).toISOString();
    const { observer, journal, pass } = watching((bench) => {
      bench.journal.rows = [
        { ...ROW, covered: true, uncoveredMs: 120, updatedAt },
        { ...ROW, leg: 'short', covered: false, tranches: WANTED, uncoveredMs: 80, updatedAt },
        { ...ROW, leg: 'net', covered: false, quantity: '0', uncoveredMs: 5, updatedAt },
        { ...ROW, symbol: 'S/USDT:USDT', covered: false, tranches: [], uncoveredMs: 1_000, updatedAt },
      ];
    });
    journal.uncoveredTodayMs = 7;
    await pass(10_000);
    expect(observer.health()).toMatchObject({
      cover: { uncovered: 1, uncoveredMs: 21_205, longestMs: 10_080 },
      reconciliations: { uncoveredTodayMs: 7 },
    });
  });
});
