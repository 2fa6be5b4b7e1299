/** `holdfast protect` through real gateways, judged by the venue's own books. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planAccount, execute, type Protecting } from '../../client/cli/protection/protect-account.ts';
import { readProtection } from '../../client/cli/protection/reading.ts';
import type { PositionMode } from '../../domain/terms.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { FaultPlan, Leg, OrderRow } from '../../venue/control/types.ts';
import { configOf } from '../client/config-of.ts';
import { startVenueUnderTest } from './venue-under-test.ts';
import { START_PRICE } from './conformance/bench.ts';

const { accounts } = configOf(`
accounts:
  main: { symbols: { btc: { stop_loss_pct: 5, take_profit_pct: 4 } } }
`);
const main = accounts['main'];
if (!main) throw new Error('there is no account main');

const atOnce = async (): Promise<void> => {};
/** The venue takes no request late: what it did not take at once, it never will. */
const PATIENCE = { withinMs: 10_000, askEveryMs: 50, receiveWindowMs: 200 };

const LOST_ANSWERS: [name: string, fault: Omit<FaultPlan, 'match'>][] = [
  ['no answer, taken', { kind: 'timeout-after', params: { ms: 2_500 } }],
  ['a connection cut before', { kind: 'cut-before' }],
  ['a connection cut after', { kind: 'cut-after' }],
  ['an answer cut in the middle', { kind: 'cut-mid-body' }],
  ['a page of HTML with status 200', { kind: 'html-200' }],
  ['status 503', { kind: 'status', params: { status: 503 } }],
  ['status 429', { kind: 'status', params: { status: 429 } }],
];

const SUBJECTS: [exchange: 'bingx' | 'bybit' | 'binance', mode: PositionMode, leg: Leg][] = [
  ['bingx', 'one-way', 'net'],
  ['bingx', 'hedge', 'long'],
  ['bybit', 'one-way', 'net'],
  ['bybit', 'hedge', 'long'],
  ['binance', 'one-way', 'net'],
  ['binance', 'hedge', 'long'],
];

describe.each(SUBJECTS)('positions on %s in %s mode', (name, mode, leg) => {
  let venue: Awaited<ReturnType<typeof startVenueUnderTest>>;
  let exchange: Exchange;
  let account: string;
  let stop: () => Promise<void>;
  let count = 0;

  beforeAll(async () => {
    venue = await startVenueUnderTest(name, mode);
  });
  afterAll(() => venue.stop());
  beforeEach(async () => {
    account = `protected${(count += 1)}`;
    await venue.control.clearFaults();
    await price(START_PRICE);
    ({ exchange, stop } = await venue.open(account));
  });
  afterEach(() => stop());

  const price = (last: string) => venue.control.setPrice({ symbol: venue.marketId, last, unpinMark: true });
  const byHand = (trade: { action: 'open'; quantity: string; leg?: Leg; direction?: 'long' | 'short' }) =>
    venue.control.trade({ account, symbol: venue.marketId, leg, direction: 'long', ...trade });
  const protecting = (): Protecting => ({
    account: main,
    exchange,
    keeps: async () => false,
    patience: PATIENCE,
  });
  /** Once through: read, plan, place. */
  async function protect() {
    const reading = await readProtection(exchange, atOnce);
    const done = await execute(protecting(), await planAccount(protecting(), reading), reading);
    return done.map(({ order, placed }) => ({ role: order.role, outcome: placed.outcome }));
  }
  const resting = async (): Promise<OrderRow[]> =>
    (await venue.control.books(account)).orders.filter(({ state }) => state === 'new');
  const shapes = async () =>
    (await resting()).map(({ type, stopPrice, quantity, side }) => ({ type, stopPrice, quantity, side }));

  const STOP = { type: 'STOP_MARKET', stopPrice: '47500', quantity: '0.05', side: 'sell' };
  const TARGET = { type: 'TAKE_PROFIT_MARKET', stopPrice: '52000', quantity: '0.05', side: 'sell' };
  const PLACED = [
    { role: 'stop', outcome: 'live' },
    { role: 'target', outcome: 'live' },
  ];

  it('that are naked get a stop and the configured target, and a second run places nothing', async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    expect(await protect()).toEqual(PLACED);
    expect(await shapes()).toEqual([STOP, TARGET]);
    expect((await readProtection(exchange, atOnce)).legs).toMatchObject([
      { cover: 'covered', stopQuantity: '0.05', stopPrices: ['47500'], targetPrices: ['52000'] },
    ]);
    expect(await protect()).toEqual([]);
    expect(await resting()).toHaveLength(2);
  });

  it("that somebody's stop covers in part get the quantity that is missing", async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    await exchange.placeOrder({
      clientOrderId: 'foreign1',
      symbol: venue.symbol,
      leg,
      side: 'sell',
      kind: 'stop_market',
      quantity: '0.02',
      triggerPrice: '49000',
      workingType: 'CONTRACT_PRICE',
      reduceOnly: true,
    });
    await protect();
    expect(await shapes()).toEqual([
      { ...STOP, quantity: '0.02', stopPrice: '49000' },
      { ...STOP, quantity: '0.03' },
      TARGET,
    ]);
    expect(await protect()).toEqual([]);
  });

  it('whose stop would trigger at once get it measured from the present price', async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    await price('45000');
    await protect();
    expect(await shapes()).toEqual([{ ...STOP, stopPrice: '42750' }, TARGET]);
  });

  it('get another stop when the price passes the planned one before it is sent', async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    const reading = await readProtection(exchange, atOnce);
    const plans = await planAccount(protecting(), reading);
    await price('47000');
    await execute(protecting(), plans, reading);
    expect(await shapes()).toEqual([{ ...STOP, stopPrice: '44650' }, TARGET]);
  });

  it('whose stop was cancelled by hand get another one, under another id', async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    await protect();
    const [first] = await resting();
    await venue.control.cancelOrder(account, first?.orderId ?? '');
    expect((await protect()).at(0)).toEqual({ role: 'stop', outcome: 'live' });
    expect(await shapes()).toEqual([TARGET, STOP]);
  });

  // What is lost on the way knows of no position mode.
  it.each(mode === 'one-way' ? LOST_ANSWERS : [])('get exactly one stop after %s', async (_name, fault) => {
    await byHand({ action: 'open', quantity: '0.05' });
    const match = { ...venue.operations.placeConditional, account };
    await venue.control.planFault({ ...fault, match });
    expect(await protect()).toEqual(PLACED);
    expect(await shapes()).toEqual([STOP, TARGET]);
    const ids = (await venue.control.books(account)).orders.flatMap(
      ({ clientOrderId }) => clientOrderId ?? [],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(mode === 'hedge' ? (['short'] as const) : [])(
    'long and %s of one symbol are two positions, each with its own',
    async (other) => {
      await byHand({ action: 'open', quantity: '0.05' });
      await byHand({ action: 'open', quantity: '0.05', leg: other });
      await protect();
      expect(await shapes()).toEqual(
        expect.arrayContaining([
          STOP,
          TARGET,
          { ...STOP, side: 'buy', stopPrice: '52500' },
          { ...TARGET, side: 'buy', stopPrice: '48000' },
        ]),
      );
    },
  );

  it('are not judged by a reading that is not whole', async () => {
    await byHand({ action: 'open', quantity: '0.05' });
    const match = { ...venue.operations.openOrders, account };
    await venue.control.planFault({ kind: 'html-200', match, count: null });
    await expect(protect()).rejects.toThrow(/did not answer in full/);
    expect(await resting()).toEqual([]);
  });
});
