import { onLeg } from '../../../domain/reconcile/snapshot-shape.ts';
import { describe, expect, it } from 'vitest';
import { aPosition, anOrder } from '../../support/fake-exchange.ts';
import { startWatching, STARTED_MS } from './bench.ts';

const LONG = 'BTC/USDT:USDT long';
const ROW = { symbol: 'BTC/USDT:USDT', leg: 'long', epoch: 'e1' } as const;
const held = { positions: [aPosition()], orders: [anOrder()] };

describe('reading the account', () => {
  it('reads at once, then every five seconds', async () => {
    const { exchange, pass } = startWatching();
    await pass(11_000);
    expect(exchange.calls.snapshot.map((atMs) => atMs - STARTED_MS)).toEqual([0, 5_000, 10_000]);
  });

  it('reads 150 ms after the first of many hints, once', async () => {
    const { exchange, pass } = startWatching();
    await pass(1_000);
    for (let i = 0; i < 20; i++) {
      exchange.hint({ kind: 'order', atMs: 0 });
      await pass(5);
    }
    await pass(900);
    expect(exchange.calls.snapshot.map((atMs) => atMs - STARTED_MS)).toEqual([0, 1_150]);
  });

  it('reads at most twice a second, however many hints come', async () => {
    const { exchange, pass } = startWatching();
    for (let i = 0; i < 100; i++) {
      exchange.hint({ kind: 'position', atMs: 0 });
      await pass(20);
    }
    expect(exchange.calls.snapshot.length).toBeLessThanOrEqual(5);
    expect(exchange.calls.snapshot.length).toBeGreaterThanOrEqual(4);
  });

  it('reads early only as often a minute as the exchange can bear, then in its rhythm', async () => {
    const { exchange, pass } = startWatching((bench) => {
      bench.exchange.capabilities.hurriedReadingsAMinute = 4;
    });
    const hintFor = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 100) {
        exchange.hint({ kind: 'order', atMs: 0 });
        await pass(100);
      }
    };
    await hintFor(60_000);
    const inMs = exchange.calls.snapshot.map((atMs) => atMs - STARTED_MS);
    expect(inMs.slice(0, 6)).toEqual([0, 500, 1_000, 1_500, 2_000, 7_000]);
    expect(inMs.length).toBe(16);
    await hintFor(1_000);
    expect(exchange.calls.snapshot.length, 'a minute later there is room again').toBeGreaterThan(16);
  });

  it('never has two readings under way; hints meanwhile make one more', async () => {
    let underWay = 0;
    let most = 0;
    const { exchange, pass } = startWatching((bench) =>
      bench.exchange.say(async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        underWay -= 1;
        return {};
      }),
    );
    for (let i = 0; i < 8; i++) {
      exchange.hint({ kind: 'order', atMs: 0 });
      await pass(100);
    }
    await pass(1_300);
    expect(most).toBe(1);
    expect(exchange.calls.snapshot.map((atMs) => atMs - STARTED_MS)).toEqual([0, 1_000]);
  });

  it('backs off to a minute while readings fail, goes on, and is as quick as before afterwards', async () => {
    const { exchange, pass, observer, told, journal } = startWatching((bench) =>
      bench.exchange.say(async () => Promise.reject(new Error('502'))),
    );
    await pass(200_000);
    const at = exchange.calls.snapshot.map((atMs) => (atMs - STARTED_MS) / 1_000);
    expect(at).toEqual([0, 5, 15, 35, 75, 135, 195]);
    expect(observer.health()).toMatchObject({ errors: 7, ageOfTruthMs: null, lastUpdateMs: null });
    exchange.say(held);
    journal.rows = [ROW];
    await pass(60_000);
    expect(told.map(({ leg }) => leg)).toEqual([LONG]);
    expect(exchange.calls.snapshot.slice(-2).map((atMs) => (atMs - STARTED_MS) / 1_000)).toEqual([255, 260]);
  });

  it('lets a hint shorten a back-off, but not below the usual distance', async () => {
    const { exchange, pass } = startWatching((bench) =>
      bench.exchange.say(async () => Promise.reject(new Error('502'))),
    );
    await pass(36_000);
    exchange.hint({ kind: 'reconnected', atMs: 0 });
    await pass(10_000);
    expect((exchange.calls.snapshot.at(-1) ?? 0) - STARTED_MS).toBe(40_000);
  });
});

describe('telling the legs', () => {
  it('tells each once after the start, with the reading, and is silent while nothing changes', async () => {
    const { told, pass } = startWatching(({ exchange, journal }) => {
      exchange.say(held);
      journal.rows = [ROW, { ...ROW, leg: 'short' }];
    });
    await pass(60_000);
    expect(told.map(({ leg }) => leg).sort()).toEqual([LONG, 'BTC/USDT:USDT short']);
    const snapshot = told.find(({ leg }) => leg === LONG)?.snapshot;
    if (!snapshot) throw new Error('the long leg was not told');
    const {
      markPrice: _mark,
      unrealizedPnl: _profit,
      liquidationPrice: _price,
      leverage: _times,
      ...position
    } = aPosition();
    // What goes without saying is put back by whoever hears it.
    expect(onLeg(snapshot, anOrder())).toMatchObject({
      complete: true,
      position,
      orders: [anOrder()],
    });
    expect(snapshot.orders[0]).not.toHaveProperty('symbol');
    expect(snapshot.position, 'what moves by itself').not.toHaveProperty('markPrice');
    expect(told.find(({ leg }) => leg !== LONG)?.snapshot).not.toHaveProperty('position');
  });

  it('tells the absence of what the projection still has', async () => {
    const { told, exchange, pass } = startWatching(({ exchange: it, journal }) => {
      it.say(held);
      journal.rows = [ROW];
    });
    await pass(1_000);
    exchange.say({});
    await pass(20_000);
    expect(told).toHaveLength(2);
    expect(told[1]?.snapshot).toMatchObject({ complete: true, orders: [] });
    expect(told[1]?.snapshot).not.toHaveProperty('position');
  });

  it('makes nothing of an incomplete reading, and lets the age of truth grow', async () => {
    const { told, exchange, pass, observer, warnings } = startWatching(({ exchange: it, journal }) => {
      it.say(held);
      journal.rows = [ROW];
    });
    await pass(1_000);
    exchange.say({ complete: false, problems: ['orders: 502'] });
    await pass(8_900);
    expect(told).toHaveLength(1);
    expect(warnings).toContain('a reading of the account is incomplete');
    expect(observer.health()).toMatchObject({
      ageOfTruthMs: 9_900,
      activePositions: 1,
      pendingOrders: 1,
      errors: 1,
    });
    exchange.say({});
    await pass(10_000);
    expect(told).toHaveLength(2);
  });

  it('makes nothing of a reading with two positions on one leg', async () => {
    const { told, pass } = startWatching(({ exchange }) =>
      exchange.say({ positions: [aPosition(), aPosition({ quantity: '1' })] }),
    );
    await pass(10_000);
    expect(told).toEqual([]);
  });

  it('tries until Temporal takes it, with the newest reading, and then no more', async () => {
    const { told, exchange, delivery, pass } = startWatching((bench) => {
      bench.exchange.say(held);
      bench.journal.rows = [ROW];
      bench.delivery.reconcile = async () => Promise.reject(new Error('UNAVAILABLE'));
    });
    await pass(20_000);
    exchange.say({ positions: [aPosition({ quantity: '0.02' })] });
    await pass(6_000);
    expect(told).toEqual([]);
    delivery.reconcile = async () => 'delivered';
    await pass(30_000);
    expect(told).toHaveLength(1);
    expect(told[0]?.snapshot.position?.quantity).toBe('0.02');
  });

  it('does not wait for one signal that hangs', async () => {
    const { told, exchange, delivery, pass } = startWatching((bench) => {
      bench.exchange.say({ positions: [aPosition({ leg: 'long' }), aPosition({ leg: 'short' })] });
      bench.journal.rows = [ROW, { ...ROW, leg: 'short' }];
      bench.delivery.reconcile = async (leg) =>
        leg === LONG ? new Promise<'delivered'>(() => {}) : 'delivered';
    });
    await pass(6_000);
    expect(told.map(({ leg }) => leg)).toEqual(['BTC/USDT:USDT short']);
    expect(exchange.calls.snapshot).toHaveLength(2);
    delivery.reconcile = async () => 'delivered';
    await pass(10_000);
    expect(told.map(({ leg }) => leg)).toContain(LONG);
  });

  it('forgets a difference that was gone before it could be told', async () => {
    const { told, exchange, delivery, pass } = startWatching((bench) => {
      bench.exchange.say(held);
      bench.journal.rows = [ROW];
    });
    await pass(1_000);
    delivery.reconcile = async () => Promise.reject(new Error('UNAVAILABLE'));
    exchange.say({ ...held, orders: [] });
    await pass(5_000);
    exchange.say(held);
    await pass(5_000);
    delivery.reconcile = async () => 'delivered';
    await pass(30_000);
    expect(told).toHaveLength(1);
  });

  it('sends twenty at once at most', async () => {
    const positions = Array.from({ length: 100 }, (_, i) => aPosition({ symbol: `S${i}/USDT:USDT` }));
    const { told, delivery, pass } = startWatching((bench) => {
      bench.exchange.say({ positions });
      bench.delivery.reconcile = async () =>
        new Promise((resolve) => setTimeout(() => resolve('delivered'), 100));
    });
    await pass(1_000);
    expect(told).toHaveLength(100);
    expect(delivery.mostAtOnce).toBe(20);
  });

  it('goes on while the journal is away, and still knows the legs that it knew', async () => {
    const { told, journal, exchange, pass, warnings } = startWatching((bench) => {
      bench.exchange.say(held);
      bench.journal.rows = [ROW];
    });
    await pass(1_000);
    journal.failing = true;
    exchange.say({});
    await pass(5_000);
    expect(told).toHaveLength(2);
    expect(warnings).toContain('the projection could not be read');
    await pass(60_000);
    journal.failing = false;
    await pass(60_000);
    expect(told).toHaveLength(2);
  });
});

describe('what a position leaves behind', () => {
  it('is told again once its row is gone, until nobody hears it, and is then unmanaged', async () => {
    const { told, journal, delivery, unmanaged, pass } = startWatching((bench) => {
      bench.exchange.say(held);
      bench.journal.rows = [ROW];
    });
    await pass(20_000);
    expect(told).toHaveLength(1);
    journal.rows = [];
    await pass(5_000);
    expect(told, 'to the workflow that is ending').toHaveLength(2);
    delivery.reconcile = async () => 'no_workflow';
    await pass(15_000);
    expect(unmanaged).toEqual([[LONG]]);
  });

  it('is told ever more rarely while a workflow hears it that has no row', async () => {
    const { told, pass } = startWatching((bench) => bench.exchange.say(held));
    await pass(600_000);
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThan(20);
  });
});

describe('a row that no workflow keeps', () => {
  const lost = (bench: Parameters<NonNullable<Parameters<typeof startWatching>[0]>>[0]) => {
    bench.journal.rows = [ROW];
    bench.delivery.reconcile = async () => 'no_workflow';
  };

  it('is taken off what is open after two sightings of a flat leg', async () => {
    const { journal, warnings, pass } = startWatching(lost);
    await pass(4_000);
    expect(journal.rows).toHaveLength(1);
    await pass(8_000);
    expect(journal.rows).toEqual([]);
    expect(warnings).toContain(
      'a position that is gone had lost its workflow: it is no longer shown as open',
    );
  });

  it('stays while the exchange holds the position: that is taken up anew', async () => {
    const { journal, unmanaged, pass } = startWatching((bench) => {
      lost(bench);
      bench.exchange.say(held);
    });
    await pass(30_000);
    expect(journal.rows).toHaveLength(1);
    expect(unmanaged).toEqual([[LONG]]);
  });

  it('is tried again until the journal takes it', async () => {
    const { journal, warnings, pass } = startWatching(lost);
    await pass(4_000);
    journal.failing = true;
    await pass(20_000);
    expect(warnings).toContain('a position without a workflow could not be settled');
    expect(journal.rows).toHaveLength(1);
    journal.failing = false;
    await pass(10_000);
    expect(journal.rows).toEqual([]);
  });
});

describe('positions that nobody looks after', () => {
  const alone = (bench: Parameters<NonNullable<Parameters<typeof startWatching>[0]>>[0]) => {
    bench.exchange.say(held);
    bench.delivery.reconcile = async () => 'no_workflow';
  };

  it('are reported after two sightings, once', async () => {
    const { unmanaged, exchange, pass } = startWatching(alone);
    await pass(2_900);
    expect(unmanaged).toEqual([]);
    await pass(200);
    expect(unmanaged, 'as soon as two looks are far enough apart').toEqual([[LONG]]);
    expect(exchange.calls.snapshot).toHaveLength(2);
    await pass(60_000);
    expect(unmanaged).toEqual([[LONG]]);
  });

  it('are reported again when they change, and when they are gone', async () => {
    const { unmanaged, exchange, pass } = startWatching(alone);
    await pass(6_000);
    exchange.say({ positions: [aPosition({ quantity: '9' }), aPosition({ leg: 'short' })] });
    await pass(20_000);
    exchange.say({});
    await pass(20_000);
    expect(unmanaged).toEqual([[LONG], [LONG], [LONG, 'BTC/USDT:USDT short'], []]);
  });

  it('are no longer reported once a workflow listens', async () => {
    const { unmanaged, delivery, journal, told, pass } = startWatching(alone);
    await pass(6_000);
    delivery.reconcile = async () => 'delivered';
    journal.rows = [ROW];
    const before = told.length;
    await pass(6_000);
    expect(unmanaged).toEqual([[LONG], []]);
    expect(told).toHaveLength(before + 1);
  });

  it('are reported again and again until the account hears it', async () => {
    const { unmanaged, delivery, pass } = startWatching((bench) => {
      alone(bench);
      bench.delivery.unmanaged = async () => Promise.reject(new Error('UNAVAILABLE'));
    });
    await pass(30_000);
    delivery.unmanaged = async () => {};
    await pass(30_000);
    expect(unmanaged).toEqual([[LONG]]);
  });

  it('are not reported for orders alone', async () => {
    const { unmanaged, pass } = startWatching((bench) => {
      alone(bench);
      bench.exchange.say({ orders: [anOrder()] });
    });
    await pass(30_000);
    expect(unmanaged).toEqual([]);
  });
});
