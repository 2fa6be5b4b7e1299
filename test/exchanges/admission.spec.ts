/** Whether an account may be served, by what its exchange says of it. */
import { describe, expect, it } from 'vitest';
import {
  examineAccount,
  objections,
  type AdmissionRules,
  type Examination,
} from '../../exchanges/admission.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Exchange, ExchangeHealth } from '../../exchanges/exchange.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const live: AdmissionRules = {
  exchange: 'bybit',
  mode: 'live',
  positionMode: 'one-way',
  allowUnknownKeyPermissions: false,
};
const healthy: ExchangeHealth = {
  reachable: true,
  clockSkewMs: 0,
  positionMode: 'one-way',
  permissions: { trade: true, withdraw: false },
  problems: [],
};
const seen = (
  health: Partial<ExchangeHealth>,
  credentials: Examination['credentials'] = { state: 'accepted' },
): Examination => ({ health: { ...healthy, ...health }, credentials });
const without = <Key extends keyof ExchangeHealth>(key: Key): Examination => {
  const { [key]: _, ...rest } = healthy;
  return { health: rest as ExchangeHealth, credentials: { state: 'accepted' } }; // only an optional key is left out
};
const verdict = (rules: Partial<AdmissionRules>, examined: Examination) =>
  objections({ ...live, ...rules }, examined).map(({ kind, blocks }) => [kind, blocks]);

describe('in live mode', () => {
  it('a key that can trade and not withdraw is served', () => {
    expect(verdict({}, seen({}))).toEqual([]);
  });

  it('a key that can withdraw is refused, whatever the configuration allows', () => {
    const rich = seen({ permissions: { trade: true, withdraw: true } });
    expect(verdict({}, rich)).toEqual([['can_withdraw', 'account']]);
    expect(verdict({ allowUnknownKeyPermissions: true }, rich)).toEqual([['can_withdraw', 'account']]);
  });

  it.each([
    ['the exchange does not tell', seen({ permissions: { trade: true, withdraw: 'unknown' } })],
    ['it could not be asked', without('permissions')],
  ])('a key of which nobody knows is refused unless the configuration allows it: %s', (_, examined) => {
    expect(verdict({}, examined)).toEqual([['permissions_unknown', 'account']]);
    expect(verdict({ allowUnknownKeyPermissions: true }, examined)).toEqual([
      ['permissions_unknown', 'nothing'],
    ]);
  });

  it('an exchange that does not answer is waited for: nothing is known of the key', () => {
    expect(verdict({}, seen({ reachable: false }))).toEqual([['unreachable', 'account']]);
  });
});

describe.each(['paper', 'demo'] as const)('in %s mode', (mode) => {
  it('a key that can withdraw is worth a word, one of which nobody knows is not', () => {
    expect(verdict({ mode }, seen({ permissions: { trade: true, withdraw: true } }))).toEqual([
      ['can_withdraw', 'nothing'],
    ]);
    expect(verdict({ mode }, without('permissions'))).toEqual([]);
  });

  it('an account is served before its exchange answers', () => {
    expect(verdict({ mode }, seen({ reachable: false }))).toEqual([['unreachable', 'nothing']]);
  });
});

describe('in every mode', () => {
  it('keys that the exchange refuses are not served', () => {
    const refused = seen({}, { state: 'refused', reason: 'Incorrect apiKey' });
    expect(objections({ ...live, mode: 'paper' }, refused)).toMatchObject([
      { kind: 'credentials', blocks: 'account', text: expect.stringContaining('Incorrect apiKey') },
    ]);
  });

  it('what only concerns entries keeps no position from being looked after', () => {
    const examined = seen({ positionMode: 'hedge', permissions: { trade: false, withdraw: false } });
    expect(verdict({}, examined)).toEqual([
      ['cannot_trade', 'entries'],
      ['position_mode', 'entries'],
    ]);
  });

  it('every objection says what to do', () => {
    const examined = seen({ positionMode: 'hedge', permissions: { trade: false, withdraw: true } });
    for (const { remedy } of objections(live, examined)) expect(remedy).not.toBe('');
  });
});

describe('an examination', () => {
  const fake = (change: Partial<Exchange>): Exchange => ({
    ...createFakeExchange({ account: 'a', clock: { now: () => 0 } }),
    health: async () => healthy,
    balance: async () => ({ asset: 'USDT', equity: '1', available: '1', atMs: 0 }),
    ...change,
  });

  it('tells keys that are refused from an exchange that cannot answer', async () => {
    const failing = (kind: 'auth' | 'timeout') =>
      fake({ balance: () => Promise.reject(new ExchangeFault(kind, `balance: ${kind}`)) });
    expect((await examineAccount(failing('auth'))).credentials).toEqual({
      state: 'refused',
      reason: 'balance: auth',
    });
    expect((await examineAccount(failing('timeout'))).credentials).toEqual({ state: 'unknown' });
  });

  it('never throws, and ends where a gateway hangs', async () => {
    const broken = fake({ health: () => Promise.reject(new Error('broken')) });
    expect((await examineAccount(broken)).health).toEqual({ reachable: false, problems: ['broken'] });
    const hanging = fake({ health: () => new Promise(() => undefined) });
    expect((await examineAccount(hanging, 20)).health).toMatchObject({ reachable: false });
  });
});
