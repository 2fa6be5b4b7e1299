/**
 * A storm of reads against a venue that keeps the exchange's documented limits. What is asserted is the venue's
 * own log: nothing was too much for it, and what protects or closes did not wait for the reads.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { RateLimitMode } from '../../exchanges/connection.ts';
import type { RequestRecord } from '../../venue/control/types.ts';
import {
  booksOf,
  legsOf,
  marketClose,
  marketEntry,
  placed,
  restingEntry,
  stopLoss,
  type Bench,
} from './conformance/bench.ts';
import { eventually } from '../support/eventually.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

const EXCHANGES = ['bingx', 'bybit', 'binance'] as const;
const MODES: readonly RateLimitMode[] = ['uid', 'uid-and-ip'];
const CASES = EXCHANGES.flatMap((exchange) => MODES.map((mode) => ({ exchange, mode })));

/** Requests that a gateway may have under way: so many may reach the venue before an order that waits for none. */
const IN_FLIGHT = 64;
/** Of a read that is given back unsent. */
const MOST_TRIES = 10;
const TIMEOUTS = { httpMs: 3_000, orderWaitMs: 1_500, readWaitMs: 3_000 };

const [sides = { leg: 'net', open: 'buy', close: 'sell' }] = legsOf('one-way');

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

describe.each(CASES)('a storm of reads on $exchange, limits kept: $mode', ({ exchange, mode }) => {
  it('is none to the exchange; closes, stops and cancels overtake it, and nothing starves', async () => {
    const { bench, resting } = await setUp(exchange, mode);
    const perAccount = mode === 'uid';
    const storm = readsOf(bench, resting).map(async ({ kind, read }) => ({
      kind,
      end: await endOf(read, perAccount ? MOST_TRIES : 1),
    }));
    await underWay(bench, perAccount ? 100 : 10);

    const asked = await lastSeq(bench);
    const orders = [stopLoss, marketClose, stopLoss, marketClose].map((make) =>
      bench.exchange.placeOrder(make(bench, sides)),
    );
    const cancel = bench.exchange.cancelOrder({ symbol: bench.symbol, orderId: resting });
    const outcomes = (await Promise.all([...orders, cancel])).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'cancelled']);
    const ends = await Promise.all(storm);

    const log = await logOf(bench);
    expect(log.filter((request) => isTooMuch(bench, request))).toEqual([]);
    expect(Math.max(...readsBeforeOrders(log, asked))).toBeLessThanOrEqual(IN_FLIGHT);
    expect(log.at(-1)?.method, 'the storm outlasts the orders').toBe('GET');
    const { positions, orders: booked } = await booksOf(bench);
    expect(positions).toMatchObject([{ quantity: '0.4' }]);
    expect(booked.filter(({ state, reduceOnly }) => state === 'new' && reduceOnly)).toHaveLength(2);

    const answered = ends.filter(({ end }) => end === 'answered');
    if (perAccount) expect(answered).toHaveLength(ends.length);
    // By address some are given back unsent: three requests a second are the exchange's own limit there.
    expect(new Set(answered.map(({ kind }) => kind))).toEqual(new Set(ends.map(({ kind }) => kind)));
  }, 60_000);
});

it("reads beyond Binance's weight of a minute are given back unsent, and closes, stops and cancels go on", async () => {
  const { bench, resting } = await setUp('binance', 'uid');
  const ends = await Promise.all(Array.from({ length: 500 }, () => endOf(() => bench.exchange.balance(), 1)));
  expect(new Set(ends)).toEqual(new Set(['answered', 'given back']));
  const outcomes = [
    await bench.exchange.placeOrder(stopLoss(bench, sides)),
    await bench.exchange.placeOrder(marketClose(bench, sides)),
    await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId: resting }),
  ];
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'cancelled']);
  const log = await logOf(bench);
  expect(log.filter((request) => isTooMuch(bench, request))).toEqual([]);
}, 30_000);

async function setUp(exchange: (typeof EXCHANGES)[number], mode: RateLimitMode) {
  const ipLimits = mode === 'uid-and-ip';
  const venue = await startVenueUnderTest(exchange, 'one-way', { ipLimits });
  stop = venue.stop;
  const account = 'storm';
  const gateway = await venue.open(account, { rateLimits: mode, timeouts: TIMEOUTS });
  stop = async () => {
    await gateway.stop();
    await venue.stop();
  };
  const bench: Bench = { ...venue, exchange: gateway.exchange, account };
  await placed(bench, marketEntry(bench, sides, '0.5'));
  const resting = await placed(bench, restingEntry(bench, sides));
  return { bench, resting };
}

type Read = { kind: string; read: () => Promise<unknown> };

/** Three hundred reads of what a watched account is asked for, most of them lookups. */
function readsOf({ symbol, exchange }: Bench, orderId: string): Read[] {
  const sinceMs = Date.now() - 60_000;
  const lookup: Read = { kind: 'lookup', read: () => exchange.findOrder({ symbol, orderId }) };
  const mix: Read[] = [
    ...Array.from({ length: 6 }, () => lookup),
    { kind: 'balance', read: () => exchange.balance() },
    { kind: 'fills', read: () => exchange.fills({ symbol, leg: sides.leg, sinceMs }) },
    { kind: 'snapshot', read: () => exchange.legSnapshot({ symbol, leg: sides.leg }) },
    { kind: 'history', read: () => exchange.closedPositions({ symbol, sinceMs }) },
  ];
  return Array.from({ length: 30 }, () => mix).flat();
}

/** Asks again when the gateway says it is worth it; any other failure is one of the test. */
async function endOf(read: () => Promise<unknown>, tries: number): Promise<'answered' | 'given back'> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      await read();
      return 'answered';
    } catch (error) {
      if (!(error instanceof ExchangeFault) || error.kind !== 'rate_limited') throw error;
      expect(error.message).toContain('not sent');
      if (left > 1) await delay(error.retryAfterMs ?? 0);
    }
  }
  return 'given back';
}

/** How many reads reached the venue between the asking and each order and cancellation. */
function readsBeforeOrders(log: readonly RequestRecord[], asked: number): number[] {
  const since = log.filter(({ seq }) => seq > asked);
  return since.flatMap(({ method }, index) =>
    method === 'GET' ? [] : [since.slice(0, index).filter((one) => one.method === 'GET').length],
  );
}

const logOf = (bench: Bench): Promise<RequestRecord[]> => bench.control.requests({ limit: 5_000 });

const lastSeq = async (bench: Bench): Promise<number> => (await logOf(bench)).at(-1)?.seq ?? 0;

const underWay = (bench: Bench, requests: number): Promise<void> =>
  eventually(async () => {
    if ((await lastSeq(bench)) < requests) throw new Error('the storm has hardly begun');
  });

/** Binance has a code of its own for weight, beside that for orders. */
const isTooMuch = ({ codes }: Bench, { httpStatus, code }: RequestRecord): boolean =>
  [403, 418, 429].includes(httpStatus ?? 0) || [codes.tooMany, -1003].includes(code ?? 0);
