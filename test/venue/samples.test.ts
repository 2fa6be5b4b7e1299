/** Recorded bodies of the exchange: every member that it sent, the venue sends too, with the same kind of value. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from './differences.ts';
import { BTC, signedClient, testVenue } from './support.ts';
import type { Signed } from './support.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/exchange-samples');
const SAMPLES = join(FOLDER, 'bingx_response_selected.json');
const LIMITS = join(FOLDER, 'bingx_endpoints.json');

type Case = {
  readonly method: string;
  readonly description: string;
  readonly httpResponse: { readonly data: Record<string, unknown> | unknown[] };
};

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;
const TRADE = '/openApi/swap/v2/trade';

function cases(): Case[] {
  return (JSON.parse(readFileSync(SAMPLES, 'utf8')) as { cases: Case[] }).cases;
}

const recorded = (part: string): unknown =>
  cases().find((one) => one.description.includes(part))?.httpResponse.data;

describe.skipIf(!existsSync(SAMPLES))(
  'shapes beside recorded answers (skipped where ../shared is absent)',
  () => {
    beforeAll(async () => {
      venue = await testVenue({ hedgeMode: true });
      call = signedClient(venue.url);
    });
    afterAll(() => venue.dispose());

    const order = (params: Record<string, string>) =>
      call('POST', `${TRADE}/order`, { symbol: BTC, quantity: '0.1', ...params });

    it('answers an order like the recordings, without status, filled and average', async () => {
      const placed = await order({ side: 'BUY', positionSide: 'LONG', type: 'MARKET' });
      expect(differences(recorded('swap market buy hedged'), placed.data)).toEqual([]);
      expect(placed.data['order']).not.toHaveProperty('status');
      const target = await order({
        side: 'SELL',
        positionSide: 'LONG',
        type: 'TAKE_PROFIT_MARKET',
        stopPrice: '70000',
      });
      expect(differences(recorded('create takeProfitOrder'), target.data)).toEqual([]);
      const trigger = await order({
        side: 'BUY',
        positionSide: 'LONG',
        type: 'TRIGGER_MARKET',
        stopPrice: '64000',
      });
      expect(differences(recorded('create trigger order'), trigger.data)).toEqual([]);
    });

    it('answers order queries like the recordings', async () => {
      const placed = await order({
        side: 'BUY',
        positionSide: 'LONG',
        type: 'MARKET',
        clientOrderId: 'recorded-one',
      });
      const { orderID } = placed.data['order'] as { orderID: string };
      const queried = await call('GET', `${TRADE}/order`, { symbol: BTC, orderId: orderID });
      expect(differences(recorded('reduceOnly with client id'), queried.data)).toEqual([]);
      const stop = await order({
        side: 'SELL',
        positionSide: 'LONG',
        type: 'STOP_MARKET',
        stopPrice: '60000',
      });
      const { orderID: stopId } = stop.data['order'] as { orderID: string };
      const dormant = await call('GET', `${TRADE}/order`, { symbol: BTC, orderId: stopId });
      expect(
        differences(recorded('swap stopLoss order'), dormant.data).filter(
          (line) => !line.includes('cumQuote'),
        ),
      ).toEqual([]);
      const history = await call('GET', `${TRADE}/allOrders`, { symbol: BTC, limit: 1 });
      expect(
        differences(recorded('Swap closed order'), history.data).filter(
          (line) => !/stopPrice|leverage/.test(line),
        ),
      ).toEqual([]);
    });

    it('answers positions, history, ticker and margin mode like the recordings', async () => {
      const positions = await call('GET', '/openApi/swap/v2/user/positions');
      expect(differences(recorded('fetch position'), positions.data)).toEqual([]);
      await call('POST', `${TRADE}/closeAllPositions`);
      const history = await call('GET', '/openApi/swap/v1/trade/positionHistory', { symbol: BTC });
      expect(differences(recorded('fetch position history'), history.data)).toEqual([]);
      const ticker = await call('GET', '/openApi/swap/v2/quote/ticker', { symbol: BTC });
      expect(differences(recorded('swap ticker'), ticker.data)).toEqual([]);
      const margin = await call('GET', `${TRADE}/marginType`, { symbol: BTC });
      expect(differences(recorded('margin mode'), margin.data)).toEqual([]);
    });

    it('answers the account like the documented samples', async () => {
      const read = readFileSync(join(FOLDER, 'bingx_samples.json'), 'utf8');
      const { samples } = JSON.parse(read) as { samples: { endpoint?: string; json: { data?: unknown } }[] };
      const documented = (path: string) =>
        samples.find((sample) => sample.endpoint?.includes(path))?.json.data;
      await venue.control.fund({ rate: '0.001' });
      await order({ side: 'BUY', positionSide: 'LONG', type: 'MARKET' });
      for (const path of [
        '/openApi/swap/v3/user/balance',
        '/openApi/swap/v2/user/positions',
        '/openApi/swap/v2/user/commissionRate',
        '/openApi/swap/v2/user/income',
      ]) {
        // Documents hide digits of ids behind stars.
        const found = differences(documented(path), (await call('GET', path)).data).filter(
          (line) => !line.includes('*'),
        );
        expect(found).toEqual([]);
      }
    });

    it('holds the documented limits on every endpoint it has', async () => {
      const { routes } = await import('../../venue/protocols/bingx/rest.ts');
      const documented = JSON.parse(readFileSync(LIMITS, 'utf8')) as {
        endpoint: string;
        rateLimit: string;
      }[];
      const wrong = documented.flatMap(({ endpoint, rateLimit }) => {
        const route = routes.find((one) => `${one.method} ${one.path}` === endpoint);
        if (!route || !/\d\/s per/.test(rateLimit)) return [];
        const per = (unit: string) => new RegExp(`(\\d+)/s per ${unit}`).exec(rateLimit)?.[1];
        const same =
          String(route.limits.ip) === String(per('IP')) && String(route.limits.uid) === String(per('UID'));
        return same ? [] : [`${endpoint}: ${rateLimit} ${JSON.stringify(route.limits)}`];
      });
      expect(wrong).toEqual([]);
    });
  },
);
