/** The port's promises while the venue misbehaves. The venue's books say what really happened. */
import { describe, expect, it } from 'vitest';
import type { PositionMode } from '../../../domain/terms.ts';
import type { FaultPlan } from '../../../venue/control/types.ts';
import {
  booksOf,
  HTTP_MS,
  legsOf,
  marketEntry,
  placed,
  plan,
  restingEntry,
  type Bench,
  type Codes,
  type Operation,
} from './bench.ts';
import { proves } from './cards.ts';

type Fault = Omit<FaultPlan, 'match'>;
/** A fault, or one that needs the exchange's own codes. */
type AnyFault = Fault | ((codes: Codes) => Fault);

const busyButTaken: AnyFault = ({ busy: [code] }) => ({ kind: 'code', params: { code, execute: true } });
const busyNotTaken: AnyFault = ({ busy: [, code] }) => ({ kind: 'code', params: { code } });

/** Ways to lose an answer; whether the order was taken is for the books to tell. */
const LOST_ANSWERS: [name: string, fault: AnyFault][] = [
  ['no answer, not taken', { kind: 'timeout-before', params: { ms: 2_500 } }],
  ['no answer, taken', { kind: 'timeout-after', params: { ms: 2_500 } }],
  ['a late answer', { kind: 'latency', params: { ms: 2_500 } }],
  ['a connection cut before', { kind: 'cut-before' }],
  ['a connection cut after', { kind: 'cut-after' }],
  ['an answer cut in the middle', { kind: 'cut-mid-body' }],
  ['a page of HTML with status 200', { kind: 'html-200' }],
  ['half a JSON', { kind: 'malformed-json' }],
  ['status 500', { kind: 'status', params: { status: 500 } }],
  ['status 503', { kind: 'status', params: { status: 503 } }],
  ['a busy code for an order that was taken', busyButTaken],
  ['a busy code for an order that was not', busyNotTaken],
];

/** Answers that no list may be read from. */
const BROKEN_LISTS: [name: string, fault: AnyFault][] = [
  ['no answer', { kind: 'timeout-before', params: { ms: 2_500 } }],
  ['a cut connection', { kind: 'cut-before' }],
  ['an answer cut in the middle', { kind: 'cut-mid-body' }],
  ['a page of HTML with status 200', { kind: 'html-200' }],
  ['half a JSON', { kind: 'malformed-json' }],
  ['status 502', { kind: 'status', params: { status: 502 } }],
  ['a busy code', busyNotTaken],
  ['nulls for numbers', { kind: 'malformed-numbers' }],
  ['words for numbers', { kind: 'malformed-numbers', params: { value: 'NaN' } }],
];

const isOneOf = (fault: AnyFault, kinds: readonly FaultPlan['kind'][]): boolean =>
  typeof fault !== 'function' && kinds.includes(fault.kind);

const BOUND_MS = HTTP_MS + 1_000;

export function describeFaults(bench: Bench, mode: PositionMode): void {
  const [sides] = legsOf(mode);
  if (!sides) return;
  const planFault = (operation: Operation, fault: AnyFault): Promise<unknown> =>
    plan(bench, operation, typeof fault === 'function' ? fault(bench.codes) : fault);

  describe('placements that lose their answer', () => {
    it.each(LOST_ANSWERS)(
      'are unknown after %s, at once, and the lookup tells what became of them',
      proves('lostPlacement'),
      async (_name, fault) => {
        await planFault('place', fault);
        const request = restingEntry(bench, sides);
        const outcome = await bench.exchange.placeOrder(request);
        expect(outcome).toMatchObject({ outcome: 'unknown' });
        expect(outcome.answeredAtMs - outcome.sentAtMs).toBeLessThan(BOUND_MS);
        const { orders } = await booksOf(bench);
        const lookup = await bench.exchange.findOrder({
          symbol: bench.symbol,
          clientOrderId: request.clientOrderId,
          sinceMs: outcome.sentAtMs,
        });
        expect(lookup.found).toBe(orders.length === 1 ? 'one' : 'none');
      },
    );

    it(
      'send one request each, whatever happens: nothing is repeated inside the gateway',
      proves('oneRequest'),
      async () => {
        const slow: readonly FaultPlan['kind'][] = ['timeout-before', 'latency'];
        const quick = LOST_ANSWERS.filter(([, fault]) => !isOneOf(fault, slow));
        for (const [, fault] of quick) {
          await planFault('place', fault);
          await bench.exchange.placeOrder(restingEntry(bench, sides));
        }
        const requests = await bench.control.requests({ ...bench.operations.place, account: bench.account });
        expect(requests).toHaveLength(quick.length);
      },
    );

    it('are found by client id or by shape when they are conditional', proves('lostStop'), async () => {
      await placed(bench, marketEntry(bench, sides));
      await planFault('placeConditional', { kind: 'cut-after' });
      const shape = {
        ...marketEntry(bench, sides),
        side: sides.close,
        kind: 'stop_market',
        triggerPrice: sides.open === 'buy' ? '49000' : '51000',
        reduceOnly: true,
      } as const;
      const outcome = await bench.exchange.placeOrder(shape);
      expect(outcome.outcome).toBe('unknown');
      const query = {
        symbol: bench.symbol,
        clientOrderId: shape.clientOrderId,
        shape,
        sinceMs: outcome.sentAtMs,
      };
      expect(await bench.exchange.findOrder(query)).toMatchObject({
        found: 'one',
        order: { kind: 'stop_market' },
      });
    });
  });

  describe('placements that are turned away', () => {
    it.each<[string, AnyFault]>([
      ['status 429', { kind: 'status', params: { status: 429 } }],
      ['a rate-limit code', ({ tooMany: code }) => ({ kind: 'code', params: { code } })],
    ])(
      'are refused as rate limited by %s, nothing is on the books, and the same order goes through later',
      proves('turnedAway'),
      async (_name, fault) => {
        await planFault('place', fault);
        const request = restingEntry(bench, sides);
        const outcome = await bench.exchange.placeOrder(request);
        expect(outcome).toMatchObject({
          outcome: 'refused',
          kind: 'rate_limited',
          retryAfterMs: expect.any(Number),
        });
        expect((await booksOf(bench)).orders).toEqual([]);
        expect(await bench.exchange.placeOrder(request)).toMatchObject({ outcome: 'accepted' });
      },
    );

    it("are refused with the exchange's own code", proves('ownCode'), async () => {
      const { kind, ...params } = bench.codes.refusal;
      await planFault('place', { kind: 'code', params });
      expect(await bench.exchange.placeOrder(restingEntry(bench, sides))).toMatchObject({
        outcome: 'refused',
        kind,
        code: String(params.code),
      });
    });
  });

  describe('cancellations that lose their answer', () => {
    it.each<[string, Fault]>([
      ['no answer', { kind: 'timeout-after', params: { ms: 2_500 } }],
      ['a cut connection', { kind: 'cut-after' }],
      ['a page of HTML', { kind: 'html-200' }],
      ['status 500', { kind: 'status', params: { status: 500 } }],
    ])('are unknown after %s', proves('lostCancel'), async (_name, fault) => {
      const orderId = await placed(bench, restingEntry(bench, sides));
      await planFault('cancel', fault);
      expect(await bench.exchange.cancelOrder({ symbol: bench.symbol, orderId })).toMatchObject({
        outcome: 'unknown',
      });
      const { orders } = await booksOf(bench);
      const truth = orders[0]?.state === 'cancelled' ? 'cancelled' : 'open';
      expect(await bench.exchange.findOrder({ symbol: bench.symbol, orderId })).toMatchObject({
        order: { status: truth },
      });
    });
  });

  describe.each([
    ['positions', 'brokenPositions'],
    ['openOrders', 'brokenOrders'],
  ] as const)('snapshots whose %s fail', (operation, card) => {
    it.each(BROKEN_LISTS)(
      'are incomplete after %s, in time, and say why',
      proves(card),
      async (_name, fault) => {
        await placed(bench, marketEntry(bench, sides));
        await placed(bench, restingEntry(bench, sides));
        await planFault(operation, fault);
        const askedAtMs = Date.now();
        const reading = await bench.exchange.snapshot();
        expect(reading).toMatchObject({
          complete: false,
          problems: expect.arrayContaining([expect.any(String)]),
        });
        expect(Date.now() - askedAtMs).toBeLessThan(BOUND_MS);
        expect(await bench.exchange.snapshot()).toMatchObject({ complete: true, positions: [{}] });
      },
    );
  });

  describe('lookups', () => {
    it.each<Operation>(['order', 'openOrders', 'allOrders'])(
      'throw rather than say none while %s fails',
      proves('brokenLookup'),
      async (operation) => {
        const others: readonly FaultPlan['kind'][] = ['malformed-numbers', 'timeout-before'];
        for (const [, fault] of BROKEN_LISTS.filter(([, each]) => !isOneOf(each, others))) {
          await planFault(operation, fault);
          const lookup = bench.exchange.findOrder({
            symbol: bench.symbol,
            clientOrderId: 'hfnone',
            sinceMs: Date.now() - 1_000,
          });
          await expect(lookup).rejects.toMatchObject({ name: 'ExchangeFault' });
        }
      },
    );
  });

  it('throws a fault for every other read that fails', proves('brokenReads'), async () => {
    await planFault('balance', { kind: 'html-200' });
    await expect(bench.exchange.balance()).rejects.toMatchObject({
      name: 'ExchangeFault',
      kind: 'bad_answer',
    });
    await planFault('fills', { kind: 'timeout-before', params: { ms: 2_500 } });
    await expect(
      bench.exchange.fills({ symbol: bench.symbol, leg: sides.leg, sinceMs: 0 }),
    ).rejects.toMatchObject({ kind: 'timeout' });
    await planFault('history', { kind: 'cut-mid-body' });
    await expect(bench.exchange.closedPositions({ symbol: bench.symbol, sinceMs: 0 })).rejects.toMatchObject({
      name: 'ExchangeFault',
    });
  });

  it(
    'goes on after the clocks went apart, and dates what it reads by its own',
    proves('clocks'),
    async () => {
      await bench.control.setClockSkew(-600_000);
      try {
        const placedAtMs = Date.now();
        const request = restingEntry(bench, sides);
        const first = await bench.exchange.placeOrder(request);
        expect(first).toMatchObject({ outcome: 'refused', kind: 'clock' });
        expect(await bench.exchange.placeOrder(request)).toMatchObject({ outcome: 'accepted' });
        const { orders } = await bench.exchange.snapshot();
        expect(Math.abs((orders[0]?.createdAtMs ?? 0) - placedAtMs)).toBeLessThan(3_000);
      } finally {
        await bench.control.setClockSkew(0);
      }
    },
  );
}
