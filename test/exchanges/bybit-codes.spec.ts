import { describe, expect, it } from 'vitest';
import { classOfCode, isAlreadySet } from '../../exchanges/bybit/codes.ts';
import { bucketsOf, limiterRules, type EndpointName } from '../../exchanges/bybit/endpoints.ts';
import { bybitErrors, needSamples } from './samples.ts';

/** Meanings that money hangs on, by EXCHANGES.md section 3 and the documented texts. */
const MEANINGS: [code: string, text: string, means: string][] = [
  ['110072', 'OrderLinkedID is duplicate', 'duplicate'],
  ['10014', 'Invalid duplicate request.', 'duplicate'],
  ['110030', 'Duplicate orderId', 'duplicate'],
  ['10006', 'Too many visits!', 'rate_limited'],
  ['10018', 'Exceeded the IP Rate Limit.', 'rate_limited'],
  ['10429', 'System level frequency protection', 'rate_limited'],
  ['20003', 'Too frequent requests under the same session', 'rate_limited'],
  ['10002', 'invalid request, please check your server timestamp or recv_window param', 'clock'],
  ['10003', 'API key is invalid.', 'credentials'],
  ['10004', 'Error sign', 'credentials'],
  ['10005', 'Permission denied', 'credentials'],
  ['33004', 'Your api key has expired', 'credentials'],
  ['110004', '', 'insufficient_funds'],
  ['110007', 'ab not enough for new order', 'insufficient_funds'],
  ['110012', '', 'insufficient_funds'],
  ['110044', '', 'insufficient_funds'],
  ['110045', '', 'insufficient_funds'],
  ['110052', '', 'insufficient_funds'],
  ['110017', 'current position is zero, cannot fix reduce-only order qty', 'no_position'],
  ['110034', 'There is no net position', 'no_position'],
  ['110001', 'order not exists or too late to cancel', 'order_gone'],
  ['110008', '', 'order_gone'],
  ['110010', '', 'order_gone'],
  ['110092', 'expect Rising, but trigger_price[1] <= current[2]??laste', 'would_trigger'],
  ['110093', 'expect Falling, but trigger_price[2] >= current[1]??last', 'would_trigger'],
  ['34040', 'not modified', 'protection_exists'],
  ['10001', 'position idx not match position mode', 'position_mode'],
  ['10001', 'Qty invalid', 'rule'],
  ['10001', 'params error: symbol invalid XXXUSDT', 'unknown_symbol'],
  ['10001', 'StopLoss:1 set for Buy position should lower than base_price:2??LastPrice', 'would_trigger'],
  ['10001', 'something else', 'other'],
  ['110094', 'Order notional value below the lower limit', 'rule'],
  ['110003', 'Order price exceeds the allowable range', 'rule'],
  ['110013', 'Cannot set leverage due to risk limit level.', 'rule'],
  ['10000', 'Server Timeout', 'busy'],
  ['10016', 'Server error.', 'busy'],
  ['10019', 'ws trade service is restarting', 'busy'],
  ['110079', 'The order is processing and can not be operated', 'busy'],
  ['170007', 'Timeout waiting for response from backend server.', 'busy'],
  ['170146', 'Order creation timeout', 'busy'],
];

describe('the codes of Bybit', () => {
  it.each(MEANINGS)('reads %s "%s" as %s', (code, text, means) => {
    expect(classOfCode(code, text)).toBe(means);
  });

  it('trap: unmapped error codes: knows every code that Bybit documents, where ccxt leaves 413 of 670', (context) => {
    needSamples(context);
    const documented = bybitErrors();
    expect(new Set(documented.map(({ code }) => code)).size).toBe(670);
    expect(documented.filter(({ code }) => classOfCode(code, '') === undefined)).toEqual([]);
  });

  it('never takes a documented "timeout, internal error, try later" of an order for a definite no', (context) => {
    needSamples(context);
    const doubtful = bybitErrors().filter(
      ({ code, text }) =>
        /^(10\d{3}|110\d{3}|170\d{3})$/.test(code) &&
        /(server|internal|system|network) error|timeout|restarting|is processing/i.test(text),
    );
    expect(doubtful.length).toBeGreaterThan(8);
    expect(doubtful.map(({ code }) => [code, classOfCode(code, '')])).toEqual(
      doubtful.map(({ code }) => [code, 'busy']),
    );
  });

  it('leaves a code that nobody listed undecided', () => {
    expect(classOfCode('199999', '')).toBeUndefined();
  });

  it('takes what is already set for set', () => {
    expect(['110043', '110025', '110026', '110007'].map((code) => isAlreadySet({ code }))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the limits of Bybit', () => {
  it('are those documented for linear on a unified account, a second and per account', () => {
    const { buckets } = limiterRules('uid');
    const limitOf = (name: EndpointName) => buckets[`${name}/uid`]?.limit;
    expect(limitOf('placeOrder')).toBe(10);
    expect(limitOf('cancelOrder')).toBe(10);
    expect(limitOf('leverage')).toBe(10);
    expect(limitOf('keyPermissions')).toBe(10);
    for (const read of [
      'positions',
      'liveOrders',
      'pastOrders',
      'executions',
      'closedPnl',
      'balance',
    ] as const)
      expect(limitOf(read)).toBe(50);
    expect(buckets['ip']).toBeUndefined();
  });

  it('keep 600 requests in 5 s of an address, of which reads never take the last', () => {
    const { buckets } = limiterRules('uid-and-ip');
    expect(buckets['ip']).toEqual({ limit: 600, windowMs: 5_100 });
    expect(buckets['reads/ip']?.limit).toBeLessThan(600);
    expect(bucketsOf('placeOrder')).not.toContain('reads/ip');
    expect(bucketsOf('positions')).toContain('reads/ip');
    expect(limiterRules('uid').strictBuckets).toHaveProperty('ip');
  });
});
