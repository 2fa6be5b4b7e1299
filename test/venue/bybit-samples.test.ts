/** Documented answers and pushes of Bybit: every member that a sample has, the venue sends too, of the same kind. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bybitClient, bybitSocket, privateSocket } from './bybit-support.ts';
import type { BybitCall } from './bybit-support.ts';
import { differences } from './differences.ts';
import { BTC, testVenue } from './support.ts';

const SAMPLES = join(import.meta.dirname, '../../../shared/exchange-samples/bybit_samples.json');

type Sample = { readonly file: string; readonly section: string; readonly json: Record<string, unknown> };

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: BybitCall;
let samples: readonly Sample[];

/** The documented answer or push of a page; where it shows several, the one for derivatives. */
function documented(
  page: string,
  which: (json: Sample['json']) => boolean = () => true,
): Record<string, unknown> {
  const found = samples.find(
    ({ file, json }) => file === `docs/v5/${page}.mdx` && !('op' in json && 'args' in json) && which(json),
  );
  if (!found) throw new Error(`no sample of ${page}`);
  return found.json;
}

const result = (json: Record<string, unknown>): unknown => json['result'];
const categoryOf = (json: Record<string, unknown>): unknown =>
  (json['result'] as { category?: unknown } | undefined)?.category;
/** Empty text stands where a figure does not apply, in samples as here; spot ids are numbers, others UUIDs. */
const SAME_KIND = /: ("" where|.* where "")|\.(orderId|orderLinkId): "[\w-]+" where/;
const lines = (model: unknown, actual: unknown, unlike = /^$/): string[] =>
  differences(model, actual).filter((line) => !unlike.test(line) && !SAME_KIND.test(line));

describe.skipIf(!existsSync(SAMPLES))(
  'shapes beside documented answers of Bybit (skipped where ../shared is absent)',
  () => {
    beforeAll(async () => {
      samples = (JSON.parse(readFileSync(SAMPLES, 'utf8')) as { samples: Sample[] }).samples;
      venue = await testVenue();
      call = bybitClient(venue.url);
      const order = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.1' };
      await call('POST', '/v5/order/create', { ...order, orderLinkId: 'documented-1' });
      await call('POST', '/v5/order/create', { ...order, side: 'Sell', qty: '0.04', reduceOnly: true });
      await call('POST', '/v5/order/create', {
        ...order,
        orderType: 'Limit',
        price: '60000',
        orderLinkId: 'documented-2',
        stopLoss: '55000',
        takeProfit: '75000',
      });
    });
    afterAll(() => venue.dispose());

    const get = async (path: string, params: object = {}) =>
      (await call('GET', path, params)).result as unknown;

    it.each([
      ['account/account-info', '/v5/account/info', {}],
      ['account/wallet-balance', '/v5/account/wallet-balance', { accountType: 'UNIFIED' }],
      ['user/apikey-info', '/v5/user/query-api', {}],
      ['market/time', '/v5/market/time', {}],
      ['order/execution', '/v5/execution/list', {}],
      ['order/open-order', '/v5/order/realtime', { symbol: 'BTCUSDT' }],
      ['order/order-list', '/v5/order/history', {}],
      ['position/close-pnl', '/v5/position/closed-pnl', { limit: 1 }],
      ['position/position', '/v5/position/list', { symbol: 'BTCUSDT' }],
    ])('%s', async (page, path, params) => {
      // MNT is the coin that the documented account pays its fees with.
      const unlike = /availableTo(Withdraw|Borrow)|cumFeeDetail\.MNT|permissions\.|\.ips/;
      expect(lines(result(documented(page)), await get(path, params), unlike)).toEqual([]);
    });

    it('market/tickers and account/instrument', async () => {
      const inverse = (json: Record<string, unknown>) => categoryOf(json) === 'inverse';
      const linear = (json: Record<string, unknown>) => categoryOf(json) === 'linear';
      const ticker = await get('/v5/market/tickers', { symbol: 'BTCUSDT' });
      expect(lines(result(documented('market/tickers', inverse)), ticker)).toEqual([]);
      const instruments = await get('/v5/market/instruments-info', { symbol: 'BTCUSDT' });
      expect(lines(result(documented('account/instrument', linear)), instruments)).toEqual([]);
    });

    it('the answers of writing requests', async () => {
      const order = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.01', price: '50000' };
      const post = async (path: string, params: object) => call('POST', path, params);
      const plain = (page: string) => ({ result: documented(page)['result'] });
      const created = await post('/v5/order/create', order);
      expect(lines(plain('order/create-order'), created)).toEqual([]);
      const id = { symbol: 'BTCUSDT', orderId: created.result['orderId'] };
      expect(
        lines(plain('order/amend-order'), await post('/v5/order/amend', { ...id, qty: '0.02' })),
      ).toEqual([]);
      expect(lines(plain('order/cancel-order'), await post('/v5/order/cancel', id))).toEqual([]);
      const batch = (page: string) => ({
        result: documented(page)['result'],
        retExtInfo: documented(page)['retExtInfo'],
      });
      const made = await post('/v5/order/create-batch', { request: [order, order] });
      expect(lines(batch('order/batch-place'), made)).toEqual([]);
      const request = made.result.list?.map(({ orderId }) => ({ symbol: 'BTCUSDT', orderId }));
      expect(lines(batch('order/batch-cancel'), await post('/v5/order/cancel-batch', { request }))).toEqual(
        [],
      );
      await post('/v5/order/create', order);
      const all = await post('/v5/order/cancel-all', { symbol: 'BTCUSDT' });
      expect(lines(plain('order/cancel-all'), all)).toEqual([]);
      const leverage = { symbol: 'BTCUSDT', buyLeverage: '8', sellLeverage: '8' };
      expect(await post('/v5/position/set-leverage', leverage)).toMatchObject({ retCode: 0, result: {} });
    });

    it('the pushes of the private topics', async () => {
      const socket = await privateSocket(venue.url, [
        'order',
        'execution',
        'position',
        'wallet',
        'execution.fast',
      ]);
      const order = { symbol: 'BTCUSDT', side: 'Sell', orderType: 'Market', qty: '0.06', reduceOnly: true };
      await call('POST', '/v5/order/create', order);
      for (const [page, topic] of [
        ['execution', 'execution'],
        ['fast-execution', 'execution.fast'],
        ['order', 'order'],
        ['position', 'position'],
        ['wallet', 'wallet'],
      ] as const) {
        const pushed = (json: Record<string, unknown>) => json['topic'] === topic;
        const model = documented(`websocket/private/${page}`, pushed);
        const unlike = /MNT|availableToWithdraw|topic|extraFees/;
        const last = [...socket.messages].findLast((message) => message.topic === topic);
        expect(lines(model, last ?? {}, unlike)).toEqual([]);
      }
      socket.ws.terminate();
    });

    it('the control messages of sockets', async () => {
      const socket = await bybitSocket(venue.url, '/v5/public/linear');
      socket.send({ op: 'ping' });
      const pong = await socket.next((message) => message['ret_msg'] === 'pong');
      expect(pong).toMatchObject({ success: true, op: 'ping', conn_id: expect.any(String) as string });
      socket.send({ op: 'subscribe', req_id: '10001', args: ['tickers.BTCUSDT'] });
      const ack = await socket.next((message) => message['op'] === 'subscribe');
      expect(ack).toMatchObject({ success: true, ret_msg: 'subscribe', req_id: '10001' });
      const snapshot = await socket.next((message) => message.topic === 'tickers.BTCUSDT');
      expect(snapshot).toMatchObject({ type: 'snapshot', data: { symbol: 'BTCUSDT', lastPrice: '65000' } });
      await venue.control.setPrice({ symbol: BTC, last: '65001' });
      const delta = await socket.next((message) => message['type'] === 'delta');
      expect(Object.keys(delta.data ?? {})).toEqual(
        expect.arrayContaining(['symbol', 'lastPrice', 'markPrice']),
      );
      expect(delta.data).not.toHaveProperty('fundingRate');
      socket.ws.terminate();
    });
  },
);
