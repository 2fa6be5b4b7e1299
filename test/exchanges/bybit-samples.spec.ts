/** The bodies that Bybit documents, sent through the whole gateway. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountHint, PriceTick } from '../../exchanges/exchange.ts';
import { readFrame } from '../../exchanges/bybit/frames.ts';
import {
  CANCEL,
  CLOSED,
  ETH,
  EXECUTIONS,
  flat,
  KEY,
  LEVERAGE,
  LIVE,
  list,
  PAST,
  PLACE,
  POSITIONS,
  WALLET,
  withBybitStub,
} from './bybit-setup.ts';
import { BTC, entry } from './stub-setup.ts';
import { bybitSamples, needSamples } from './samples.ts';
import type { StubAnswer } from './stub-server.ts';
import { attachSocketStub } from './stub-socket.ts';

/** Ids and sequences too long for a double are kept as text in the samples. */
const exact = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json).replaceAll(/"__int__(\d+)"/g, '"$1"'));

/** A documented body, by a part of its file's name; of several the one that holds `hint`. */
function sample(file: string, hint = '', kind = 'response/push'): Record<string, unknown> {
  const found = bybitSamples().find(
    (each) =>
      each.file.includes(file) &&
      each.kind === kind &&
      JSON.stringify(each.json).includes(hint) &&
      !isRequest(each.json),
  );
  if (!found) throw new Error(`no sample of ${file}`);
  // Every documented body is an object.
  return exact(found.json) as Record<string, unknown>;
}

const isRequest = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'op' in json && 'args' in json && !('success' in json);

const answer = (body: unknown): StubAnswer => ({ kind: 'json', body });

describe('documented bodies of Bybit', () => {
  const setup = withBybitStub();
  beforeEach(needSamples);

  it('the time is in every answer, to the millisecond', async () => {
    setup.stub.on('GET /v5/market/time', answer(sample('market/time')));
    const { clockSkewMs = 0 } = await setup.exchange.health();
    expect(Math.abs(Date.now() + clockSkewMs - 1_688_639_403_423)).toBeLessThan(2_000);
  });

  it('an instrument has its steps, its minimum and its largest market order', async () => {
    setup.stub.on('GET /v5/market/instruments-info', answer(sample('account/instrument', 'LinearPerpetual')));
    const symbol = '1000000BABYDOGE/USDT:USDT';
    expect(await setup.exchange.symbols()).toEqual([symbol]);
    expect(await setup.exchange.marketRules(symbol)).toEqual({
      symbol,
      tickSize: '0.0000001',
      lotSize: '100',
      minQuantity: '100',
      minNotional: '5',
      maxQuantity: '12000000',
    });
  });

  it.each(['"option"', '"spot"'])('instruments of %s are no perpetuals', async (hint) => {
    setup.stub.on('GET /v5/market/instruments-info', answer(sample('market/instrument', hint)));
    await expect(setup.exchange.symbols()).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('a placement is answered with ids alone, a cancellation too', async () => {
    setup.stub.on(PLACE, answer(sample('order/create-order')));
    const linked = { ...entry, clientOrderId: 'spot-test-postonly' };
    expect(await setup.exchange.placeOrder(linked)).toMatchObject({
      outcome: 'accepted',
      orderId: '1321003749386327552',
    });
    setup.stub.on(CANCEL, answer(sample('order/cancel-order')));
    expect(
      await setup.exchange.cancelOrder({ symbol: BTC, orderId: 'c6f055d9-7f21-4079-913d-e6523a9cfffa' }),
    ).toMatchObject({ outcome: 'cancelled' });
  });

  it('an open limit order with an attached stop is an ordinary entry', async () => {
    setup.stub.on(LIVE, ({ params }) => (params['cursor'] ? list([]) : answer(sample('order/open-order'))));
    const { complete, orders } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(orders).toEqual([
      {
        orderId: 'fd4300ae-7847-404e-b947-b46980a4d140',
        clientOrderId: 'test-000005',
        symbol: ETH,
        leg: 'long',
        side: 'buy',
        kind: 'limit',
        status: 'open',
        quantity: '0.1',
        filledQuantity: '0',
        price: '1600',
        reduceOnly: false,
        closePosition: false,
        createdAtMs: 1_684_738_540_559,
        updatedAtMs: 1_684_738_540_561,
      },
    ]);
  });

  it('a cancelled post-only order of the history is found as cancelled', async () => {
    setup.stub.on(PAST, ({ params }) => (params['cursor'] ? list([]) : answer(sample('order/order-list'))));
    const query = { symbol: BTC, orderId: '14bad3a1-6454-43d8-bcf2-5345896cf74d' };
    expect(await setup.exchange.findOrder(query)).toMatchObject({
      found: 'one',
      order: { status: 'cancelled', leg: 'long', kind: 'limit', quantity: '0.003', filledQuantity: '0' },
    });
  });

  it('an execution has its fee, also where closedSize is blank', async () => {
    setup.stub.on(EXECUTIONS, ({ params }) =>
      params['cursor'] ? list([]) : answer(sample('order/execution')),
    );
    expect(
      await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: Date.now() - 60_000 }),
    ).toMatchObject([
      {
        fillId: 'e0cbe81d-0f18-5866-9415-cf319b5dab3b',
        orderId: '8c065341-7b52-4ca9-ac2c-37e31ac55c94',
        side: 'buy',
        price: '1190.15',
        quantity: '0.1',
        fee: '0.071409',
        atMs: 1_672_282_722_429,
      },
    ]);
  });

  it('closedPnl is gross less both fees, as the executions of the same order add up to', async () => {
    const record = sample('position/close-pnl');
    setup.stub.on(CLOSED, ({ params }) => (params['cursor'] ? list([]) : answer(record)));
    // 3 ETH in at 1194.97516667 and out at 1180.59833333 on average, at a fee of 0.0006 each way.
    const at = 1_672_214_887_231;
    const row = { symbol: 'ETHPERP', execType: 'Trade', execQty: '3', execTime: String(at) };
    const opening = {
      ...row,
      execId: 'in',
      orderId: 'in',
      side: 'Buy',
      execPrice: '1194.97516667',
      execFee: '2.1509553',
    };
    const closing = {
      ...row,
      execId: 'out',
      orderId: '5a373bfe-188d-4913-9c81-d57ab5be8068',
      side: 'Sell',
      execPrice: '1180.59833333',
      execFee: '2.125077',
      closedSize: '3',
    };
    setup.stub.on(EXECUTIONS, list([closing, { ...opening, closedSize: '0' }]));
    const [closed] = await setup.exchange.closedPositions({
      symbol: ETH,
      sinceMs: at - 60_000,
      untilMs: at + 60_000,
    });
    expect(Number(closed?.netPnl)).toBeCloseTo(-47.4065323, 6);
  });

  it('a position has the short side of its leg; a deleted one has size 0', async () => {
    setup.stub.on(POSITIONS, answer(sample('position/position', '"size"')));
    expect((await setup.exchange.snapshot()).positions).toMatchObject([
      {
        leg: 'net',
        side: 'short',
        quantity: '300',
        entryPrice: '27464.50441675',
        markPrice: '28224.5',
        leverage: '10',
      },
    ]);
    const [pushed] = sample('private/position', '"position"')['data'] as object[];
    setup.stub.on(POSITIONS, list([{ ...flat(2), ...pushed }]));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true, positions: [] });
  });

  it('a wallet without the coin has none of it, and what is free is told for the account', async () => {
    setup.stub.on(WALLET, answer(sample('account/wallet-balance')));
    expect(await setup.exchange.balance()).toMatchObject({ equity: '0', available: '3.00326056' });
  });

  it('a read-only key can neither trade nor withdraw, whatever else it may', async () => {
    setup.stub.on(KEY, answer(sample('user/apikey-info')));
    expect(await setup.exchange.health()).toMatchObject({ permissions: { trade: false, withdraw: false } });
  });

  it('a leverage is set by an empty result', async () => {
    setup.stub.on(LEVERAGE, answer(sample('position/leverage')));
    await expect(setup.exchange.setLeverage(BTC, '6', 'long')).resolves.toBeUndefined();
  });

  it('a ticker tells both prices', async () => {
    const { result } = sample('market/tickers', 'BTCUSD') as { result: { list: object[] } };
    setup.stub.on('GET /v5/market/tickers', list([{ ...result.list[0], symbol: 'BTCUSDT' }]));
    expect(await setup.exchange.price(BTC)).toMatchObject({ last: '120635.5', mark: '114898.43' });
  });

  it('every documented answer to a ping is one, and the others are answers to what was asked', () => {
    const frames = bybitSamples()
      .filter(({ file, json }) => file.includes('wss-authentication') && !isRequest(json))
      .map(({ json }) => readFrame(Buffer.from(JSON.stringify(json))));
    expect(frames.filter(({ kind }) => kind === 'pong').length).toBeGreaterThanOrEqual(2);
    expect(frames).toContainEqual({ kind: 'answer', op: 'auth', success: true, text: '' });
    expect(frames).toContainEqual({ kind: 'answer', op: 'subscribe', success: true, text: 'subscribe' });
  });

  it('documented pushes are hints and prices', async () => {
    const sockets = attachSocketStub(setup.stub.server, {
      gzip: false,
      answer: (text) => ({ success: true, ret_msg: '', op: (JSON.parse(text) as { op: string }).op }),
    });
    const hints: AccountHint[] = [];
    const ticks: PriceTick[] = [];
    const timings = { reconnectDelayMs: 50, silenceMs: 2_000 };
    const account = setup.exchange.streamAccount({ onHint: (hint) => hints.push(hint), ...timings });
    const prices = setup.exchange.streamPrices({
      symbols: () => [BTC],
      onTick: (tick) => ticks.push(tick),
      ...timings,
    });
    await vi.waitFor(() => expect(account.state()).toBe('live'));
    for (const topic of ['execution', 'order', 'position', 'wallet'])
      sockets.push(sample(`private/${topic}.`, '"data"'));
    sockets.push({ ...sample('public/ticker', 'tickers.BTCUSDT'), ts: Date.now() });
    await vi.waitFor(() => expect(ticks).toMatchObject([{ symbol: BTC, last: '21109.77' }]));
    await vi.waitFor(() =>
      expect(hints.map(({ kind }) => kind).sort()).toEqual(['balance', 'order', 'order', 'position']),
    );
    await Promise.all([account.stop(), prices.stop()]);
  });
});
