import { describe, expect, it } from 'vitest';
import type { PriceLevel } from '../../../domain/view.ts';
import { aPosition } from '../../support/fake-exchange.ts';
import { startWatching, STARTED_MS } from './bench.ts';

const BTC = 'BTC/USDT:USDT';
const aLevel = (over: Partial<PriceLevel> = {}): PriceLevel => ({
  workflowId: `position/main/${BTC}/long`,
  symbol: BTC,
  levelId: 'e1/t1/stop/49000',
  kind: 'stop',
  direction: 'down',
  price: '49000',
  workingType: 'CONTRACT_PRICE',
  generation: 3,
  ...over,
});
const last = (price: string, afterMs = 0) => ({ symbol: BTC, last: price, atMs: Date.now() + afterMs });
const armed = (...levels: PriceLevel[]) =>
  startWatching(({ journal }) => journal.arm(...(levels.length === 0 ? [aLevel()] : levels)));

describe('a watcher without the position monitor', () => {
  it('subscribes to no price and arms no level, and still reads the account', async () => {
    const bench = startWatching(
      ({ journal, exchange }) => {
        journal.arm(aLevel());
        exchange.say({ positions: [aPosition({ symbol: BTC })] });
      },
      { followPrices: false },
    );
    await bench.pass(100);
    bench.exchange.tick(last('48000'));
    await bench.pass(6_000);
    expect(bench.crossings).toEqual([]);
    expect(bench.exchange.subscribed).toEqual([]);
    expect(bench.told).not.toEqual([]);
  });
});

describe('a crossing', () => {
  it('is one signal, whatever ticks follow', async () => {
    const { exchange, crossings, measured, pass } = armed();
    await pass(100);
    for (const price of ['49000.1', '49000', '48000', '50000', '47000']) {
      exchange.tick(last(price));
      await pass(10);
    }
    const { workflowId, levelId } = aLevel();
    expect(crossings).toEqual([
      {
        workflowId,
        crossingId: `${levelId}@3`,
        levelId,
        generation: 3,
        price: '49000',
        atMs: STARTED_MS + 110,
      },
    ]);
    expect(measured).toContain('crossing stop');
  });

  it('costs no signal while nothing is crossed', async () => {
    const { exchange, crossings, told, pass } = armed();
    for (let i = 0; i < 1_000; i++) exchange.tick(last(`50000.${i}`));
    await pass(1_000);
    expect([crossings, told]).toEqual([[], []]);
  });

  it('goes to every position that has the level, two of the same name included', async () => {
    const { exchange, crossings, pass } = armed(aLevel(), aLevel({ workflowId: 'other' }));
    await pass(100);
    exchange.tick(last('1'));
    await pass(10);
    expect(crossings.map(({ workflowId }) => workflowId).sort()).toEqual(['other', aLevel().workflowId]);
  });

  it('is told until Temporal takes it', async () => {
    const { exchange, crossings, delivery, pass } = armed();
    await pass(100);
    delivery.priceCrossed = async () => Promise.reject(new Error('UNAVAILABLE'));
    exchange.tick(last('48000'));
    await pass(5_000);
    delivery.priceCrossed = async () => 'delivered';
    await pass(10_000);
    expect(crossings).toHaveLength(1);
  });

  it('is history after half a minute: then the price of the moment decides', async () => {
    const { exchange, crossings, delivery, pass } = armed();
    await pass(100);
    delivery.priceCrossed = async () => Promise.reject(new Error('UNAVAILABLE'));
    exchange.tick(last('48000'));
    await pass(60_000);
    delivery.priceCrossed = async () => 'delivered';
    exchange.tick(last('50000'));
    await pass(20_000);
    expect(crossings).toEqual([]);
    exchange.tick(last('48500'));
    await pass(10);
    expect(crossings.map(({ price }) => price)).toEqual(['48500']);
  });

  it.each(['target', 'trail', 'break_even', 'profit'] as const)(
    'of a level that is no stop is told like any other: %s',
    async (kind) => {
      const { exchange, crossings, measured, pass } = armed(aLevel({ kind }));
      await pass(100);
      for (const price of ['49000.1', '49000', '48000']) exchange.tick(last(price));
      await pass(10);
      expect(crossings.map(({ crossingId, price }) => [crossingId, price])).toEqual([
        ['e1/t1/stop/49000@3', '49000'],
      ]);
      expect(measured).toContain(`crossing ${kind}`);
    },
  );

  it('needs nobody: a position that is over answers nothing', async () => {
    const { exchange, crossings, delivery, pass } = armed();
    delivery.priceCrossed = async () => 'no_workflow';
    await pass(100);
    exchange.tick(last('48000'));
    await pass(60_000);
    expect(crossings).toHaveLength(1);
  });
});

describe('a price', () => {
  it.each([
    ['older than ten seconds', -10_001],
    ['from the future', 10_001],
  ])('never acts when it is %s', async (_, afterMs) => {
    const { exchange, crossings, pass } = armed();
    await pass(100);
    exchange.tick(last('1', afterMs));
    await pass(100);
    expect(crossings).toEqual([]);
    exchange.tick(last('48000'));
    await pass(100);
    expect(crossings).toHaveLength(1);
  });

  it('never acts when a newer one was seen before it', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(5_000);
    exchange.tick(last('50000'));
    exchange.tick(last('48000', -1));
    await pass(100);
    expect(crossings).toEqual([]);
  });

  it('does not act for the other kind of price', async () => {
    const { exchange, crossings, pass } = armed(aLevel({ workingType: 'MARK_PRICE' }));
    await pass(100);
    exchange.tick(last('48000'));
    await pass(100);
    expect(crossings).toEqual([]);
    exchange.tick({ symbol: BTC, mark: '48000', atMs: Date.now() });
    await pass(100);
    expect(crossings).toHaveLength(1);
  });

  it('does no harm when it is none', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(100);
    exchange.tick(last('NaN'));
    exchange.tick(last(''));
    exchange.tick(last('48000'));
    await pass(100);
    expect(crossings).toHaveLength(1);
  });
});

describe('levels', () => {
  it('are armed at once when this process publishes them', async () => {
    const { exchange, journal, levelChanges, crossings, pass } = armed();
    await pass(1_100);
    journal.arm(aLevel({ price: '49900', levelId: 'new', generation: 4 }));
    levelChanges.announce('other');
    exchange.tick(last('49500'));
    await pass(5);
    expect(crossings).toEqual([]);
    levelChanges.announce('main');
    await pass(5);
    exchange.tick(last('49500'));
    await pass(5);
    expect(crossings.map(({ crossingId }) => crossingId)).toEqual(['new@4']);
  });

  it('of another process are found within a second', async () => {
    const { exchange, journal, crossings, pass } = armed();
    await pass(100);
    journal.arm(aLevel({ price: '49900', levelId: 'new' }));
    await pass(1_000);
    exchange.tick(last('49500'));
    await pass(5);
    expect(crossings).toHaveLength(1);
  });

  it('are read only when their version has changed', async () => {
    const { journal, pass } = armed();
    await pass(30_000);
    expect(journal.reads.levels).toBe(1);
  });

  it('take a tenth of the time at most, however fast they change and however long reading takes', async () => {
    const { journal, levelChanges, pass } = armed();
    const plain = journal.levels;
    journal.levels = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return plain();
    };
    await pass(1_000);
    const before = journal.reads.levels;
    for (let change = 0; change < 100; change++) {
      journal.arm(aLevel({ generation: change + 10 }));
      levelChanges.announce('main');
      await pass(20);
    }
    const read = journal.reads.levels - before;
    // The last one, too, has to end.
    await pass(1_000);
    expect(read).toBeGreaterThanOrEqual(9);
    expect(read).toBeLessThanOrEqual(11);
  });

  it('that were crossed stay crossed when they are read anew', async () => {
    const { exchange, journal, crossings, pass } = armed();
    await pass(100);
    exchange.tick(last('48000'));
    journal.arm(aLevel(), aLevel({ workflowId: 'other', symbol: 'ETH/USDT:USDT' }));
    await pass(2_000);
    exchange.tick(last('48000'));
    await pass(100);
    expect(crossings).toHaveLength(1);
  });

  it('survive a journal that is away', async () => {
    const { exchange, journal, crossings, warnings, pass } = armed();
    await pass(100);
    journal.failing = true;
    await pass(5_000);
    exchange.tick(last('48000'));
    await pass(100);
    expect(crossings).toHaveLength(1);
    expect(warnings).toContain('the price levels could not be read');
  });
});

describe('the subscription', () => {
  it('follows symbols with levels and symbols of open positions, as they come and go', async () => {
    const { exchange, journal, pass } = startWatching((bench) => {
      bench.journal.arm(aLevel());
      bench.exchange.say({ positions: [aPosition({ symbol: 'ETH/USDT:USDT' })] });
    });
    await pass(100);
    expect(exchange.subscribed).toEqual([BTC, 'ETH/USDT:USDT']);
    journal.arm();
    exchange.say({});
    await pass(6_000);
    expect(exchange.subscribed).toEqual([]);
    expect(exchange.calls.refresh).toBeLessThanOrEqual(4);
  });
});

describe('the price socket', () => {
  it('is opened again after the configured delay, and silent soon enough to be bridged within five seconds', async () => {
    const { exchange, pass } = startWatching(undefined, { reconnectDelayMs: 2_500 });
    await pass(100);
    // The gateway looks every half of it: see price-silence.spec.ts.
    expect(exchange.timings).toEqual({ reconnectDelayMs: 2_500, silenceMs: 3_000 });
  });
});

describe('a gap in the stream', () => {
  const gapped = (price: string, sinceMs: number) => ({ ...last(price), lastUnseenSinceMs: sinceMs });
  const answer = (exchange: ReturnType<typeof armed>['exchange'], low: string) =>
    exchange.ranges.push({
      query: { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: 0, untilMs: 0 },
      answer: { high: '50100', low },
    });

  it('however short: what the price did since the stream told it last counts, whatever REST saw meanwhile', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(1_000);
    exchange.tick(last('50000'));
    answer(exchange, '48990');
    for (const price of ['49900', '49800']) {
      await pass(1_500);
      exchange.tick(last(price));
    }
    await pass(1_000);
    exchange.tick(gapped('50000', STARTED_MS + 1_000));
    await pass(2_000);
    expect(exchange.calls.range).toEqual([
      {
        symbol: BTC,
        workingType: 'CONTRACT_PRICE',
        sinceMs: STARTED_MS + 1_000,
        untilMs: STARTED_MS + 5_000,
      },
    ]);
    expect(crossings.map(({ price }) => price)).toEqual(['48990']);
  });

  it('of the mark price is looked up as such', async () => {
    const { exchange, pass } = armed(aLevel({ workingType: 'MARK_PRICE' }));
    await pass(1_000);
    exchange.tick({ symbol: BTC, mark: '50000', atMs: Date.now(), markUnseenSinceMs: STARTED_MS });
    await pass(2_000);
    expect(exchange.calls.range).toMatchObject([{ workingType: 'MARK_PRICE', sinceMs: STARTED_MS }]);
  });

  it('is looked into again where the exchange does not answer, for a minute', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(1_000);
    exchange.rangeFails = true;
    exchange.tick(gapped('50000', STARTED_MS));
    await pass(10_000);
    expect(crossings).toEqual([]);
    exchange.rangeFails = false;
    answer(exchange, '48990');
    await pass(10_000);
    expect(crossings).toHaveLength(1);

    exchange.rangeFails = true;
    exchange.tick(gapped('50000', Date.now() - 1_000));
    await pass(120_000);
    exchange.rangeFails = false;
    const asked = exchange.calls.range.length;
    await pass(120_000);
    expect(exchange.calls.range).toHaveLength(asked);
  });

  it('of a price that no level waits for costs no read', async () => {
    const { exchange, pass } = armed(aLevel({ workingType: 'MARK_PRICE' }));
    await pass(1_000);
    exchange.tick(gapped('50000', STARTED_MS));
    await pass(5_000);
    expect(exchange.calls.range).toEqual([]);
  });
});

describe('what happened while no watcher ran', () => {
  const DIED_MS = STARTED_MS - 20_000;
  /** Taken over from an attempt that died, of a position that was written down at `writtenMs`. */
  const takenOver = (writtenMs: number, pricesSeenAtMs = DIED_MS) =>
    startWatching(
      ({ journal, exchange }) => {
        const [workflowId, updatedAt] = [aLevel().workflowId, new Date(writtenMs).toISOString()];
        journal.rows = [{ symbol: BTC, leg: 'long', epoch: 'e1', workflowId, updatedAt }];
        journal.arm(aLevel());
        exchange.ranges.push({
          query: { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: 0, untilMs: 0 },
          answer: { high: '50100', low: '48990' },
        });
      },
      { pricesSeenAtMs },
    );

  it('counts for levels that were there before: a crossing is told by the extreme of that time', async () => {
    const { exchange, crossings, pass } = takenOver(DIED_MS - 60_000);
    await pass(500);
    exchange.tick(last('50000'));
    await pass(2_000);
    expect(exchange.calls.range).toEqual([
      { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: DIED_MS, untilMs: STARTED_MS + 500 },
    ]);
    expect(crossings.map(({ price }) => price)).toEqual(['48990']);
  });

  it('means nothing to a level that may have come after it began', async () => {
    const { exchange, crossings, pass } = takenOver(DIED_MS - 4_000);
    await pass(500);
    exchange.tick(last('50000'));
    await pass(2_000);
    expect(crossings).toEqual([]);
  });

  it('is left alone after more than an hour, and for a symbol that is first watched later', async () => {
    const long = takenOver(0, STARTED_MS - 3_600_001);
    await long.pass(500);
    long.exchange.tick(last('50000'));
    await long.pass(2_000);
    expect(long.exchange.calls.range).toEqual([]);
    const later = takenOver(0);
    await later.pass(61_000);
    later.exchange.tick(last('50000'));
    await later.pass(2_000);
    expect(later.exchange.calls.range).toEqual([]);
  });

  it('is handed on by an attempt that dies before it has seen every price', async () => {
    const { exchange, journal, heartbeats, pass } = takenOver(0);
    journal.arm(aLevel(), aLevel({ symbol: 'ETH/USDT:USDT', workflowId: 'eth' }));
    await pass(2_000);
    exchange.tick(last('50000'));
    await pass(1_500);
    expect(heartbeats.at(-1)?.pricesSeenAtMs).toBe(DIED_MS);
    exchange.tick({ symbol: 'ETH/USDT:USDT', last: '1', atMs: Date.now() });
    await pass(1_000);
    expect(heartbeats.at(-1)?.pricesSeenAtMs).toBe(STARTED_MS + 2_000);
  });
});

describe('a silent price', () => {
  it('is asked for by REST, and acts', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(1_000);
    exchange.tick(last('50000'));
    await pass(14_000);
    expect(exchange.calls.price).toEqual([]);
    exchange.prices.set(BTC, last('48000', 2_000));
    await pass(2_000);
    expect(exchange.calls.price).toEqual([BTC]);
    expect(crossings.map(({ price }) => price)).toEqual(['48000']);
  });

  it('is compared over the time that nobody saw, once it is back', async () => {
    const { exchange, crossings, pass } = armed();
    await pass(1_000);
    exchange.tick(last('50000'));
    exchange.ranges.push({
      query: { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: 0, untilMs: 0 },
      answer: { high: '50100', low: '48900' },
    });
    exchange.streamState = 'down';
    await pass(60_000);
    exchange.tick(last('50050'));
    await pass(2_000);
    expect(exchange.calls.range).toEqual([
      expect.objectContaining({ symbol: BTC, sinceMs: STARTED_MS + 1_000, untilMs: STARTED_MS + 61_000 }),
    ]);
    expect(crossings.map(({ price }) => price)).toEqual(['48900']);
  });

  it('means nothing to a level that was armed in between', async () => {
    const { exchange, journal, crossings, pass } = startWatching((bench) =>
      bench.exchange.say({ positions: [aPosition()] }),
    );
    await pass(1_000);
    exchange.tick(last('50000'));
    await pass(30_000);
    journal.arm(aLevel());
    await pass(2_000);
    exchange.ranges.push({
      query: { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: 0, untilMs: 0 },
      answer: { high: '50100', low: '48900' },
    });
    exchange.tick(last('50050'));
    await pass(2_000);
    expect(exchange.calls.range).toHaveLength(1);
    expect(crossings).toEqual([]);
  });

  it('that gives no answer does not keep the others from being asked, two in a second', async () => {
    const symbols = Array.from({ length: 6 }, (_, i) => `S${i}/USDT:USDT`);
    const { exchange, pass, warnings } = armed(
      ...symbols.map((symbol) => aLevel({ symbol, workflowId: symbol })),
    );
    for (const symbol of symbols.slice(2))
      exchange.prices.set(symbol, { symbol, last: '50000', atMs: STARTED_MS + 17_000 });
    await pass(25_000);
    expect([...new Set(exchange.calls.price)].sort()).toEqual(symbols);
    expect(exchange.calls.price.length).toBeLessThanOrEqual(12);
    expect(warnings).toContain('a silent price could not be read');
  });
});
