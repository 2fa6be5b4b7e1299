import { describe, expect, it } from 'vitest';
import { bucketsOf, ENDPOINTS, limiterRules, type EndpointName } from '../../exchanges/binance/endpoints.ts';
import { routes } from '../../venue/protocols/binance/service.ts';

/** Calls that leave the symbol out, which costs more. */
const WHOLE: readonly EndpointName[] = ['allOpenOrders', 'allOpenAlgoOrders', 'tickers', 'markPrices'];
/** Weighed by how many rows are asked for. */
const LIMITS: Partial<Record<EndpointName, string>> = {
  candles: '1500',
  fewCandles: '1000',
  markCandles: '1500',
};

/** ccxt's name of a method says host, version, verb and path: `fapiPrivateV3GetPositionRisk`. */
const NAME = /^(?:fapi(?:Public|Private)|sapi)(V\d)?(Get|Post|Put|Delete)(.+)$/;

function routeOf(name: EndpointName) {
  const [, version = 'V1', verb = '', path = ''] = NAME.exec(ENDPOINTS[name].method) ?? [];
  return routes.find(
    (route) =>
      route.method === verb.toUpperCase() &&
      route.path.split('/')[2] === version.toLowerCase() &&
      route.path.split('/').slice(3).join('').toLowerCase() === path.toLowerCase(),
  );
}

const names = Object.keys(ENDPOINTS) as EndpointName[]; // the keys are what they were declared to be

describe('the endpoints of Binance', () => {
  it.each(names)('%s is one that the venue serves too, at the weight that it counts', (name) => {
    const route = routeOf(name);
    const params = {
      ...(WHOLE.includes(name) ? {} : { symbol: 'BTCUSDT' }),
      ...(LIMITS[name] === undefined ? {} : { limit: LIMITS[name] }),
    };
    const weight = typeof route?.weight === 'function' ? route.weight(params) : route?.weight;
    expect(weight).toBe(ENDPOINTS[name].weight);
  });

  it('orders count against the limits of orders, everything else by its weight, and cancels before reads', () => {
    expect(bucketsOf('placeOrder')).toEqual(['orders/10s', 'orders/1m']);
    expect(bucketsOf('placeAlgoOrder')).toEqual(['orders/10s', 'orders/1m']);
    expect(bucketsOf('cancelAlgoOrder')).toEqual(['weight/1m']);
    expect(bucketsOf('positions').filter((name) => name === 'weight/1m')).toHaveLength(5);
    const { buckets } = limiterRules('uid');
    expect(buckets['reads/1m']?.limit).toBeLessThan(buckets['weight/1m']?.limit ?? 0);
    expect(limiterRules('off').buckets).toEqual({});
  });
});
