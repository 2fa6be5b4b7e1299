/** What `doctor` says of an account, from what its exchange and its workers say. */
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { lookAtAccount, type AccountLook } from '../../client/cli/doctor/account.ts';
import { unknownDetails, type AccountDetails } from '../../client/cli/doctor/account-details.ts';
import type { Finding } from '../../client/cli/doctor/finding.ts';
import { report } from '../../client/cli/doctor/render.ts';
import type { AccountReport, AccountStatus } from '../../config/serving.ts';
import type { Exchange, ExchangeHealth } from '../../exchanges/exchange.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { createFakeExchange, type FakeExchange } from '../support/fake-exchange.ts';
import { configOf } from './config-of.ts';
import { view } from './views.ts';

const BTC = 'BTC/USDT:USDT';
const { accounts } = configOf('accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S } }');
const main = accounts['main'];
if (!main) throw new Error('there is no account main');

const healthy: ExchangeHealth = {
  reachable: true,
  clockSkewMs: 12,
  positionMode: 'one-way',
  permissions: { trade: true, withdraw: false },
  limits: [{ name: 'orders', used: 1, limit: 10, windowMs: 1_000 }],
  problems: [],
};

/** An account in order, changed by each test in one way. */
function look(change: Partial<Exchange> = {}, more: Partial<AccountLook> = {}): AccountLook {
  const fake: FakeExchange = createFakeExchange({ account: 'main', clock: { now: Date.now } });
  const exchange: Exchange = {
    ...fake,
    health: async () => healthy,
    balance: async () => ({ asset: 'USDT', equity: '1', available: '1', atMs: 0 }),
    symbols: async () => ['ETH/USDT:USDT', BTC],
    marketRules: async () => ({
      symbol: BTC,
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      minNotional: '5',
    }),
    close: async () => undefined,
    ...change,
  };
  return {
    account: main as NonNullable<typeof main>, // checked above, once for all tests
    open: async () => exchange,
    report: reported({ state: 'serving', sinceAt: '', notes: [] }),
    views: async () => [],
    entries: async () => ({ paused: false, pausedReason: null, halted: null }),
    isDown: false,
    ...more,
  };
}
const reported = (status: AccountStatus): AccountReport => ({
  account: 'main',
  status,
  checkedAt: null,
  limits: null,
  watch: null,
});
const health = (change: Partial<ExchangeHealth>) => ({ health: async () => ({ ...healthy, ...change }) });

describe('an account', () => {
  it('in order is looked at in full and has no problem', async () => {
    expect(await lookAtAccount(look())).toEqual({
      name: 'main',
      exchange: 'bingx',
      mode: 'live',
      served: 'serving',
      reachable: true,
      clockSkewMs: 12,
      keys: 'accepted',
      permissions: { trade: true, withdraw: false },
      positionMode: 'one-way',
      configuredPositionMode: 'one-way',
      markets: 2,
      sockets: { prices: 'live', account: 'live' },
      limits: healthy.limits ?? null,
      positions: 0,
      drift: [],
      entries: { paused: false, pausedReason: null, halted: null },
      truth: null,
      problems: [],
    } satisfies AccountDetails);
  });

  it.each<[string, AccountLook, Partial<AccountDetails>, RegExp]>([
    [
      'without a gateway',
      look({}, { open: () => Promise.reject(new Error('no keys')) }),
      { reachable: null },
      /no keys/,
    ],
    [
      'out of reach',
      look(health({ reachable: false, problems: ['late'] })),
      { markets: null },
      /does not answer: late/,
    ],
    [
      'with a key that can withdraw',
      look(health({ permissions: { trade: true, withdraw: true } })),
      { drift: [] },
      /can withdraw/,
    ],
    [
      'in another position mode',
      look(health({ positionMode: 'hedge' })),
      { positionMode: 'hedge' },
      /hedge mode/,
    ],
    ['with a clock far off', look(health({ clockSkewMs: -6_000 })), { clockSkewMs: -6_000 }, /6000 ms off/],
    [
      'without market rules',
      look({ symbols: () => Promise.reject(new ExchangeFault('bad_answer', 'contracts: html')) }),
      { markets: null, sockets: null, drift: [] },
      /market rules: contracts: html/,
    ],
    [
      'that its worker does not serve',
      look(
        {},
        {
          report: reported({
            state: 'not_served',
            sinceAt: '',
            reason: 'banned',
            remedy: 'wait',
            retryAt: null,
          }),
        },
      ),
      { served: 'not_served' },
      /does not serve it: banned/,
    ],
    [
      'of which both sides differ',
      look({}, { views: async () => [view({ account: 'main' })] }),
      { positions: 0 },
      /Holdfast holds long 0.05, the exchange holds nothing/,
    ],
    [
      'whose account could not be read whole',
      look({ snapshot: () => Promise.reject(new ExchangeFault('timeout', 'positions: late')) }),
      { drift: null, markets: 2 },
      /positions: late/,
    ],
  ])('%s is wrong, and the rest of it is still looked at', async (_, sick, details, text) => {
    const found = await lookAtAccount(sick);
    expect(found).toMatchObject(details);
    expect(found.problems[0]).toMatchObject({ state: 'wrong', text: expect.stringMatching(text) });
    expect(found.problems[0]?.remedy).not.toBe('');
  });

  it('of a copy that is down may differ: that is worth a note', async () => {
    const found = await lookAtAccount(
      look({}, { views: async () => [view({ account: 'main' })], isDown: true, report: undefined }),
    );
    expect(found.problems.map(({ state }) => state)).toEqual(['note', 'note']);
  });

  it('whose entries are halted is wrong, paused worth a note, and both say how to go on', async () => {
    const halted = { reason: 'strange orders', atMs: 0, orderIds: ['71'] };
    const entries = async () => ({ paused: true, pausedReason: 'lunch', halted });
    const remedy = 'holdfast resume --account main';
    expect((await lookAtAccount(look({}, { entries }))).problems).toMatchObject([
      {
        state: 'wrong',
        text: expect.stringMatching(/^entries are halted: strange orders \(71, since/),
        remedy,
      },
      { state: 'note', text: 'entries are paused: lunch', remedy },
    ]);
  });

  it('whose workflow does not answer is not examined less for it', async () => {
    const silent = look({}, { entries: () => Promise.reject(new Error('no answer')) });
    expect(await lookAtAccount(silent)).toMatchObject({ entries: null, problems: [] });
  });

  it('near a limit is worth a note', async () => {
    const found = await lookAtAccount(
      look(health({ limits: [{ name: 'orders', used: 9, limit: 10, windowMs: 1_000 }] })),
    );
    expect(found.problems).toMatchObject([{ state: 'note', text: '9 of 10 requests of orders are used up' }]);
  });
});

describe('the report', () => {
  const findings = async (): Promise<Finding[]> => [
    { what: 'Node', state: 'ok', text: '24' },
    { what: '', state: 'ok', text: '', account: await lookAtAccount(look()) },
    {
      what: '',
      state: 'wrong',
      text: '',
      account: {
        ...unknownDetails('broken'),
        problems: [{ state: 'wrong', text: 'no such setting', remedy: 'Remove it' }],
      },
    },
  ];
  const plain = createColors(false);

  it('is lines, one table of accounts, and what to do', async () => {
    expect(report(await findings(), { colors: plain, width: 130 }).join('\n')).toMatchInlineSnapshot(`
      "ok    Node               24

      ACCOUNT  EXCHANGE  MODE  SERVED  REACHED  CLOCK  KEY    POSITION MODE  MARKETS  SOCKETS  LIMITS       TRUTH  RECONCILED  DRIFT
      main     BingX     LIVE  yes     yes      12 ms  trade  one-way              2  live     orders 1/10  -               -  none
      broken   -         -     -       -            -  -      -                    -  -        -            -               -  -

      wrong broken: no such setting
            Remove it"
    `);
  });

  it('fits 80 columns', async () => {
    const lines = report(await findings(), { colors: plain, width: 80 })
      .join('\n')
      .split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).toMatch(/ACCOUNT.*SERVED.*REACHED.*KEY.*DRIFT/);
  });
});
