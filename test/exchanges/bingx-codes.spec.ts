import { describe, expect, it } from 'vitest';
import { classOfCode, unblockedAtMs } from '../../exchanges/bingx/codes.ts';
import { ENDPOINTS } from '../../exchanges/bingx/endpoints.ts';
import { bingxEndpoints, bingxErrors, needSamples } from './samples.ts';

/** Meanings that money hangs on, by EXCHANGES.md section 3 and the documented texts. */
const MEANINGS: [code: string, text: string, means: string][] = [
  ['101481', 'The clientOrderID has already been used', 'duplicate'],
  ['109201', 'The same order number was submitted more than once', 'duplicate'],
  ['101400', 'duplicate clientOrderID', 'duplicate'],
  ['101400', 'clientOrderID already exists', 'duplicate'],
  ['101400', 'TP/SL price does not match position direction', 'would_trigger'],
  ['101400', 'order amount below minimum', 'rule'],
  ['101400', 'trading pair suspended', 'other'],
  ['100410', 'rate limit exceeded', 'rate_limited'],
  ['109429', '', 'rate_limited'],
  ['109403', '', 'rate_limited'],
  ['101204', 'Insufficient margin', 'insufficient_funds'],
  ['101290', 'A Reduce Only order can only decrease', 'no_position'],
  ['101205', 'No position to close', 'no_position'],
  ['109420', 'position not exist', 'no_position'],
  ['80016', 'order does not exist', 'order_gone'],
  ['109421', 'order not exist', 'order_gone'],
  ['80018', 'order is already filled', 'order_gone'],
  ['110411', '', 'would_trigger'],
  ['110414', '', 'would_trigger'],
  ['110406', '', 'protection_exists'],
  ['110407', '', 'protection_exists'],
  ['110203', 'Available amount for closing is insufficient', 'quantity_locked'],
  ['109400', 'PositionSide must be BOTH in one-way mode', 'position_mode'],
  ['109400', 'timestamp is invalid', 'clock'],
  ['100500', 'System busy', 'busy'],
  ['109500', 'Internal server error', 'busy'],
  ['110500', 'Order system busy', 'busy'],
  ['101214', 'Funding fee settlement is in progress', 'busy'],
  ['100001', 'signature verification failed', 'credentials'],
  ['101202', 'Order value is below the contract minimum', 'rule'],
  ['110422', 'size below the minimum', 'rule'],
  ['110425', 'precision', 'rule'],
];

describe('the codes of BingX', () => {
  it.each(MEANINGS)('reads %s "%s" as %s', (code, text, means) => {
    expect(classOfCode(code, text)).toBe(means);
  });

  it('trap: ccxt calls 100421 BadSymbol and 80017 OrderNotFound; they are the clock and a missing position', () => {
    expect(classOfCode('100421', 'Null timestamp or timestamp mismatch')).toBe('clock');
    expect(classOfCode('80017', 'position not exist')).toBe('no_position');
  });

  it('knows every code that BingX documents', (context) => {
    needSamples(context);
    const unknown = bingxErrors().filter(({ code }) => classOfCode(code, '') === undefined);
    expect(unknown).toEqual([]);
  });

  it('never takes a documented "busy, retry later" for a definite no', (context) => {
    needSamples(context);
    const busy = bingxErrors().filter(({ text }) =>
      /system busy|internal server error|gateway timeout|network request exception/i.test(text),
    );
    expect(busy.map(({ code }) => [code, classOfCode(code, '')])).toEqual(
      busy.map(({ code }) => [code, 'busy']),
    );
  });

  it('leaves a code that nobody listed undecided', () => {
    expect(classOfCode('199999', '')).toBeUndefined();
  });

  it('reads when a ban ends from its text', () => {
    const text =
      'code:100410:The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after 1710818513000';
    expect(unblockedAtMs(text)).toBe(1710818513000);
    expect(unblockedAtMs('rate limit')).toBeUndefined();
  });

  it('keeps the limits that BingX documents, endpoint by endpoint', (context) => {
    needSamples(context);
    const documented = new Map(
      bingxEndpoints().map(({ endpoint, rateLimit }) => [methodOf(endpoint), rateLimit]),
    );
    const perSecond = (method: string, scope: 'UID' | 'IP'): number | undefined => {
      const found = new RegExp(`(\\d+)/s per ${scope}`).exec(documented.get(method) ?? '');
      return found ? Number(found[1]) : undefined;
    };
    const ours: { method: string; uid?: number; ip?: number }[] = Object.values(ENDPOINTS);
    const checked = ours.filter(({ method }) => perSecond(method, 'IP') !== undefined);
    expect(checked.length).toBeGreaterThan(12);
    expect(checked.map(({ method, uid, ip }) => ({ method, uid, ip }))).toEqual(
      checked.map(({ method }) => ({ method, uid: perSecond(method, 'UID'), ip: perSecond(method, 'IP') })),
    );
  });
});

/** ccxt's name of a documented endpoint: `GET /openApi/swap/v2/user/positions` is `swapV2PrivateGetUserPositions`. */
function methodOf(endpoint: string): string {
  const [verb = '', path = ''] = endpoint.split(' /openApi/');
  const [area = '', version = '', ...rest] = path.split('/');
  const access = rest[0] === 'quote' || rest[0] === 'server' ? 'Public' : 'Private';
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return area + capital(version) + access + capital(verb.toLowerCase()) + rest.map(capital).join('');
}
