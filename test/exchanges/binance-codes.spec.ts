import { describe, expect, it } from 'vitest';
import { classOfCode, codeOfBody, unbannedAtMs } from '../../exchanges/binance/codes.ts';
import { createCcxtClient } from '../../exchanges/ccxt/load.ts';
import { ERRORS } from '../../venue/protocols/binance/codes.ts';

/** Meanings that money hangs on, by EXCHANGES.md section 3 and the documented texts. */
const MEANINGS: [code: string, text: string, means: string][] = [
  ['-4116', 'ClientOrderId is duplicated.', 'duplicate'],
  ['-20132', 'The client algo id is duplicated', 'duplicate'],
  ['-2010', 'Duplicate order sent.', 'duplicate'],
  ['-2010', 'NEW_ORDER_REJECTED', 'other'],
  ['-1003', 'Too many requests', 'rate_limited'],
  ['-1015', 'Too many new orders', 'rate_limited'],
  ['-1008', 'Request throttled by system-level protection', 'rate_limited'],
  ['-2018', 'Balance is insufficient.', 'insufficient_funds'],
  ['-2019', 'Margin is insufficient.', 'insufficient_funds'],
  ['-2022', 'ReduceOnly Order is rejected.', 'no_position'],
  ['-2024', 'Position is not sufficient.', 'no_position'],
  [
    '-4118',
    'ReduceOnly Order Failed. Please check your existing position and open orders',
    'quantity_locked',
  ],
  ['-2011', 'Unknown order sent.', 'order_gone'],
  ['-2013', 'Order does not exist.', 'order_gone'],
  ['-2021', 'Order would immediately trigger.', 'would_trigger'],
  ['-4142', 'REJECT: take profit or stop order will be triggered immediately', 'would_trigger'],
  ['-4130', 'An open stop or take profit order with GTE and closePosition', 'protection_exists'],
  ['-4061', "Order's position side does not match user's setting.", 'position_mode'],
  ['-1106', "Parameter 'reduceonly' sent when not required.", 'position_mode'],
  ['-1106', "Parameter 'price' sent when not required.", 'other'],
  ['-4164', "Order's notional must be no smaller than 50", 'rule'],
  ['-4014', 'Price not increased by tick size.', 'rule'],
  ['-4131', "The counterparty's best price does not meet the PERCENT_PRICE filter limit", 'rule'],
  ['-4045', 'Reach max stop order limit.', 'rule'],
  ['-1021', 'Timestamp for this request is outside of the recvWindow.', 'clock'],
  ['-5028', 'Timestamp for this request is outside of the ME recvWindow.', 'clock'],
  ['-1000', 'An unknown error occurred while processing the request.', 'busy'],
  ['-1001', 'Internal error', 'busy'],
  ['-1006', 'Execution status unknown.', 'busy'],
  ['-1007', 'Send status unknown; execution status unknown.', 'busy'],
  ['-4117', 'stop order is triggering', 'busy'],
  ['-2015', 'Invalid API-key, IP, or permissions for action.', 'credentials'],
  ['-1022', 'Signature for this request is not valid.', 'credentials'],
  ['-1121', 'Invalid symbol.', 'unknown_symbol'],
];

/** Codes that ccxt lists for other products of Binance: margin, options, lending, transfers. */
const OTHER_PRODUCTS = /^-(3\d{3}|[6-9]\d{3}|1[0-3]\d{3}|18\d{3}|2[01]\d{3}|[1-9]\d{5,})$/;

describe('the codes of Binance USDT-M', () => {
  it.each(MEANINGS)('reads %s "%s" as %s', (code, text, means) => {
    expect(classOfCode(code, text)).toBe(means);
  });

  it('trap: ccxt leaves many codes without a meaning; every one that it lists for linear markets has one here', async () => {
    const { exceptions } = await createCcxtClient('binanceusdm', {}).then(
      // ccxt's tables are in no type.
      (client) => client as unknown as { exceptions: Record<string, { exact?: Record<string, unknown> }> },
    );
    const listed = [exceptions['linear']?.exact, exceptions['exact']]
      .flatMap((table) => Object.keys(table ?? {}))
      .filter((code) => /^-\d+$/.test(code) && !OTHER_PRODUCTS.test(code));
    expect(listed.length).toBeGreaterThan(100);
    expect(listed.filter((code) => classOfCode(code, '') === undefined)).toEqual([]);
  });

  it('knows every code that the venue answers with', () => {
    const codes = Object.values(ERRORS).map(({ code }) => String(code));
    expect(codes.filter((code) => classOfCode(code, '') === undefined)).toEqual([]);
  });

  it('never takes "execution status unknown" for a definite no', () => {
    for (const code of ['-1000', '-1001', '-1006', '-1007']) expect(classOfCode(code, '')).toBe('busy');
  });

  it('leaves a code that nobody listed undecided', () => {
    expect(classOfCode('-987654', '')).toBeUndefined();
  });

  it('takes code 200 and a body without a code for no refusal', () => {
    expect(codeOfBody({ code: 200, msg: 'success' })).toBeUndefined();
    expect(codeOfBody({ code: '200' })).toBeUndefined();
    expect(codeOfBody({ orderId: '1' })).toBeUndefined();
    expect(codeOfBody({ code: '-2013', msg: 'x' })).toEqual({ code: '-2013', text: 'x' });
  });

  it('reads when a ban ends from its text', () => {
    expect(unbannedAtMs('Way too many requests; IP banned until 1710818513000. Please')).toBe(
      1_710_818_513_000,
    );
    expect(unbannedAtMs('Too many requests')).toBeUndefined();
  });
});
