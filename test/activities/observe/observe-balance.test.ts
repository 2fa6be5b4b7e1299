import { describe, expect, it } from 'vitest';
import { aPosition } from '../../support/fake-exchange.ts';
import { startWatching, STARTED_MS } from './bench.ts';

const inSeconds = (times: readonly number[]): number[] => times.map((atMs) => (atMs - STARTED_MS) / 1_000);
const held = (quantity: string) => ({ positions: [aPosition({ quantity })] });
const ROW = { symbol: 'BTC/USDT:USDT', leg: 'long', epoch: 'e1' } as const;

describe('the balance', () => {
  it('is written at the start, and of an account that stands still never again', async () => {
    const { exchange, journal, observer, pass } = startWatching();
    await pass(3_600_000 * 2);
    expect(inSeconds(exchange.calls.balance)).toEqual([0]);
    const start = { account: 'main', asset: 'USDT', equity: '1000', available: '900' };
    expect(journal.worth).toEqual([{ ...start, atMs: STARTED_MS, why: 'start' }]);
    expect(observer.health().balance).toEqual(journal.worth[0]);
  });

  it('is taken from the exchange after a change, once for all that changed together', async () => {
    const { exchange, journal, pass } = startWatching((bench) => {
      bench.exchange.say(held('1'));
      bench.journal.rows = [ROW];
    });
    await pass(20_000);
    exchange.worth = { equity: '990.5', available: '800' };
    exchange.say(held('2'));
    for (let i = 0; i < 10; i++) {
      exchange.hint({ kind: 'position', atMs: 0 });
      exchange.hint({ kind: 'balance', atMs: 0 });
      await pass(20);
    }
    await pass(60_000);
    expect(journal.worth.map(({ equity, why }) => [equity, why])).toEqual([
      ['1000', 'start'],
      ['990.5', 'hint'],
    ]);
    // Once for the start and its news, once for the burst and its news.
    expect(exchange.calls.balance.length).toBeLessThanOrEqual(4);
  });

  it('is read for a change although nobody hints', async () => {
    const { exchange, journal, pass } = startWatching((bench) => {
      bench.exchange.say(held('1'));
      bench.journal.rows = [ROW];
    });
    await pass(19_000);
    exchange.worth = { equity: '990.5', available: '800' };
    exchange.say(held('2'));
    await pass(20_000);
    expect(journal.worth.at(-1)).toMatchObject({ equity: '990.5', why: 'change' });
    // Read at 20 s; the exchange's books take a moment longer than its list.
    expect(inSeconds(exchange.calls.balance).at(-1)).toBe(21.5);
  });

  it('is read once for a change that cannot be told yet', async () => {
    const { exchange, delivery, pass } = startWatching((bench) => {
      bench.exchange.say(held('1'));
      bench.journal.rows = [ROW];
    });
    await pass(19_000);
    delivery.reconcile = async () => Promise.reject(new Error('UNAVAILABLE'));
    exchange.say(held('2'));
    const before = exchange.calls.balance.length;
    await pass(120_000);
    expect(exchange.calls.balance).toHaveLength(before + 1);
  });

  it('is not written again when it is the same, whatever its digits look like', async () => {
    const { exchange, journal, measured, pass } = startWatching();
    await pass(10_000);
    exchange.worth = { equity: '1000.00', available: '900.0' };
    exchange.hint({ kind: 'balance', atMs: 0 });
    await pass(10_000);
    expect(journal.worth).toHaveLength(1);
    expect(measured.filter((what) => what.startsWith('balance'))).toEqual([
      'balance changed',
      'balance same',
    ]);
  });

  it('adds nothing after a restart that found it as it was', async () => {
    const known = { account: 'main', asset: 'USDT', equity: '1000', available: '900' };
    const { journal, observer, pass } = startWatching((bench) => {
      bench.journal.worth = [{ ...known, atMs: 7, why: 'change' }];
    });
    await pass(10_000);
    expect(journal.worth).toHaveLength(1);
    expect(observer.health().balance).toMatchObject({ atMs: 7 });
  });

  it('is read at most every five seconds, however much changes', async () => {
    const { exchange, pass } = startWatching();
    for (let i = 0; i < 600; i++) {
      exchange.worth = { equity: String(1_000 + i), available: '1' };
      exchange.hint({ kind: 'balance', atMs: 0 });
      await pass(100);
    }
    const times = exchange.calls.balance;
    expect(times.length).toBeGreaterThan(5);
    expect(Math.min(...times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0)))).toBeGreaterThanOrEqual(
      5_000,
    );
  });

  it('is asked for again, ever more rarely, until it could be read and written', async () => {
    const { exchange, journal, measured, observer, pass } = startWatching((bench) => {
      bench.exchange.worth = async () => Promise.reject(new Error('502'));
    });
    await pass(40_000);
    expect(inSeconds(exchange.calls.balance)).toEqual([0, 5, 15, 35]);
    expect(observer.health()).toMatchObject({ balance: null, errors: 4 });
    exchange.worth = { equity: '7', available: '7' };
    journal.failing = true;
    await pass(40_000);
    expect(journal.worth).toEqual([]);
    journal.failing = false;
    await pass(300_000);
    expect(journal.worth).toMatchObject([{ equity: '7', why: 'start' }]);
    expect(measured.filter((what) => what === 'balance changed')).toHaveLength(1);
  });

  it('that hangs holds up no reading of the account', async () => {
    const answer = Promise.withResolvers<{ equity: string; available: string }>();
    const { exchange, pass } = startWatching((bench) => {
      bench.exchange.worth = () => answer.promise;
    });
    await pass(11_000);
    expect(inSeconds(exchange.calls.snapshot)).toEqual([0, 5, 10]);
    answer.resolve({ equity: '1', available: '1' });
  });
});
