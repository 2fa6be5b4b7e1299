import { describe, expect, it } from 'vitest';
import type { OrderRequest, PlaceOutcome } from '../../domain/exchange-truth.ts';
import { bodiesOf, coded, ok, ORDER_ID, page, PLACE, withBybitStub } from './bybit-setup.ts';
import { entry } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const ACCEPTED = ok({ orderId: ORDER_ID, orderLinkId: '' });

describe('what Bybit would not take, or not now', () => {
  const setup = withBybitStub();

  /** Places `request` against `answer`; returns the outcome and what was sent. */
  async function place(
    answer: StubAnswer,
    request: OrderRequest = entry,
  ): Promise<{ outcome: PlaceOutcome; sent: Record<string, unknown>[] }> {
    setup.stub.on(PLACE, answer);
    const outcome = await setup.exchange.placeOrder(request);
    return { outcome, sent: bodiesOf(setup, PLACE) };
  }

  it.each<[string, StubAnswer, number]>([
    ['10006 without a word on when', coded(10006, 'Too many visits!'), 1_000],
    ['429 with Retry-After', page(429, { 'retry-after': '7' }), 7_000],
    ['trap: 403, an address that asks too often, which ccxt takes for a network fault', page(403), 10_000],
  ])('is refused as rate limited by %s, and says for how long', async (_name, answer, retryAfterMs) => {
    const { outcome, sent } = await place(answer);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited', retryAfterMs });
    expect(sent).toHaveLength(1);
  });

  it('waits until the time that Bybit names with 10006', async () => {
    const reset = { 'X-Bapi-Limit-Reset-Timestamp': String(Date.now() + 3_000) };
    const { outcome } = await place(coded(10006, 'Too many visits!', reset));
    const { retryAfterMs = 0 } = outcome as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(2_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_000);
  });

  it('trap: a storm causes no ban: after a 403 nothing more is sent while it lasts', async () => {
    await place(page(403));
    const { outcome, sent } = await place(ACCEPTED);
    expect(outcome).toMatchObject({ outcome: 'refused', kind: 'rate_limited' });
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<OrderRequest>, RegExp]>([
    ['a quantity off the lot', { quantity: '0.0505' }, /lot 0\.001; nearest: 0\.05/],
    ['a quantity under the minimum', { quantity: '0.0001' }, /under the minimum 0\.001/],
    ['more than a market order may be', { quantity: '120' }, /over the maximum 119/],
    ['a price off the tick', { kind: 'limit', price: '50000.07' }, /tick 0\.1; nearest: 50000\.1/],
    [
      'a trigger off the tick',
      { kind: 'stop_market', triggerPrice: '49000.01' },
      /tick 0\.1; nearest: 49000/,
    ],
    [
      'an order value under the minimum',
      { kind: 'limit', price: '20', quantity: '0.1' },
      /under the minimum 5/,
    ],
    [
      'a price under the lowest',
      { kind: 'limit', price: '9.9', quantity: '1' },
      /under the lowest.*nearest: 10$/,
    ],
    [
      'a trigger over the highest',
      { kind: 'stop_market', triggerPrice: '200000' },
      /over the highest.*nearest: 199999\.8$/,
    ],
    ['a market that settles in another coin', { symbol: 'BTC/USDC:USDC' }, /no market BTC\/USDC/],
  ])('refuses %s here, unsent, and says what would do', async (_name, change, reason) => {
    const { outcome, sent } = await place(ACCEPTED, { ...entry, ...change });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      kind: 'rule',
      reason: expect.stringMatching(reason),
    });
    expect(sent).toHaveLength(0);
  });

  it.each<[OrderRequest['side'], string, RegExp]>([
    ['buy', '52500.1', /over the limit of this moment; nearest: 52500$/],
    ['sell', '47499.9', /under the limit of this moment; nearest: 47500$/],
  ])('refuses a limit to %s beyond what the market takes right now, unsent', async (side, price, reason) => {
    setup.stub.on(
      'GET /v5/market/price-limit',
      ok({ symbol: 'BTCUSDT', buyLmt: '52500.00', sellLmt: '47500.00' }),
    );
    const beyond = await place(ACCEPTED, { ...entry, kind: 'limit', side, price });
    expect(beyond.outcome).toMatchObject({
      outcome: 'refused',
      kind: 'rule',
      reason: expect.stringMatching(reason),
    });
    expect(beyond.sent).toHaveLength(0);
    const within = await place(ACCEPTED, { ...entry, kind: 'limit', side, price: '50000' });
    expect(within.outcome).toMatchObject({ outcome: 'accepted' });
  });

  it('sends a limit order all the same where the limits of the moment are not to be had', async () => {
    setup.stub.on('GET /v5/market/price-limit', { kind: 'hang' });
    const { outcome } = await place(ACCEPTED, { ...entry, kind: 'limit', price: '50000' });
    expect(outcome).toMatchObject({ outcome: 'accepted' });
  });
});
