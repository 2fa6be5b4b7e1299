/** What `holdfast up` shows: several accounts on one screen, at 80 and 120 columns. */
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { screen } from '../../client/cli/up/screen.ts';
import { statusLines, statusScreen, type StatusFacts } from '../../client/cli/up/status.ts';
import type { AccountReport, AccountStatus } from '../../config/serving.ts';
import { configOf } from './config-of.ts';
import { view } from './views.ts';

const colors = createColors(false);
const NOW = Date.parse('2026-01-01T00:00:00Z');
const all = configOf('demo: all');

const tranche = (stop: string, target: string) => [
  {
    id: 't1',
    quantity: '1',
    stopLoss: { price: stop, orderId: '1', state: 'live' as const },
    takeProfit: { price: target, orderId: '2', state: 'live' as const },
  },
];
const ETH = { symbol: 'ETH/USDT:USDT', quantity: '0.468', entryPrice: '3199.02' };
const views = [
  view({ account: 'binance', exchange: 'binance', ...ETH, tranches: tranche('3173.43', '3237.41') }),
  view({
    account: 'bybit',
    exchange: 'bybit',
    leg: 'long',
    ...ETH,
    exchangePositionId: null,
    tranches: tranche('3173.43', '3237.41'),
  }),
  view({
    account: 'bybit',
    exchange: 'bybit',
    leg: 'short',
    side: 'short',
    ...ETH,
    exchangePositionId: null,
    tranches: tranche('3224.61', '3160.63'),
  }),
];

const sinceAt = new Date(NOW).toISOString();
const reportOf = (account: string, status: AccountStatus): [string, AccountReport] => [
  account,
  { account, status, checkedAt: null, limits: null, watch: null },
];
const serving = (account: string, notes: string[] = []) =>
  reportOf(account, { state: 'serving', sinceAt, notes });
const sick = reportOf('bingx', {
  state: 'not_served',
  sinceAt,
  reason: 'bingx does not accept the keys: Incorrect apiKey',
  remedy: 'Check key and secret',
  retryAt: new Date(NOW + 8_000).toISOString(),
});

const facts = (change: Partial<StatusFacts> = {}): StatusFacts => ({
  accounts: Object.values(all.accounts),
  reports: new Map([serving('bingx'), serving('bybit'), serving('binance')]),
  views,
  prices: new Map([['ETH/USDT:USDT', '3205.1']]),
  parts: new Map([
    ['temporal', { stage: 'running', pid: 11, restarts: 0 }],
    ['worker', { stage: 'running', pid: 13, restarts: 0 }],
  ]),
  ...change,
});
const shown = (width: number, change?: Partial<StatusFacts>): string =>
  statusScreen(facts(change), { colors, width, now: () => NOW }).join('\n');
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('the positions of several accounts', () => {
  it('stand under their accounts, with exchange, mode and money, within 80 columns', () => {
    const text = shown(80);
    expect(text).toMatchInlineSnapshot(`
      "  SYMBOL         SIDE     QTY    ENTRY  PROFIT     STOP   TARGET  STATE
      bingx    BingX, one-way, paper  no position is open
      bybit    Bybit, hedge, paper
        ETH/USDT:USDT  long   0.468  3199.02   +2.85  3173.43  3237.41  covered
        ETH/USDT:USDT  short  0.468  3199.02   -2.85  3224.61  3160.63  covered
      binance  Binance, one-way, paper
        ETH/USDT:USDT  long   0.468  3199.02   +2.85  3173.43  3237.41  covered

      up Temporal 11   up worker 13"
    `);
    expect(widest(text)).toBeLessThanOrEqual(80);
  });

  it('say more at 120 columns', () => {
    const text = shown(120);
    expect(text).toMatchInlineSnapshot(`
      "  SYMBOL         SIDE     QTY    ENTRY   PRICE  PROFIT     STOP   TARGET  STATE    POSITION ID
      bingx    BingX, one-way, paper  no position is open
      bybit    Bybit, hedge, paper
        ETH/USDT:USDT  long   0.468  3199.02  3205.1   +2.85  3173.43  3237.41  covered  -
        ETH/USDT:USDT  short  0.468  3199.02  3205.1   -2.85  3224.61  3160.63  covered  -
      binance  Binance, one-way, paper
        ETH/USDT:USDT  long   0.468  3199.02  3205.1   +2.85  3173.43  3237.41  covered  1742968678528512999

      up Temporal 11   up worker 13"
    `);
    expect(widest(text)).toBeLessThanOrEqual(120);
  });

  it('show an account that is not served, and why, beside the others', () => {
    const text = shown(120, { reports: new Map([sick, serving('bybit'), serving('binance', ['hedge!'])]) });
    expect(text).toContain('bingx    BingX, one-way, paper  not served');
    expect(text).toContain(
      'bingx is not served: bingx does not accept the keys: Incorrect apiKey; again in 8 s',
    );
    expect(text).toContain('binance  Binance, one-way, paper  served, see below');
    expect(text).toContain('binance: hedge!');
  });

  it('of an account that is configured no more are not passed over in silence', () => {
    const { accounts } = configOf('');
    const text = shown(80, { accounts: Object.values(accounts), views: [view({ account: 'gone' })] });
    expect(text).toContain('gone  not configured here: nobody looks after it');
  });

  it('name their account in a log, where a sick one has its line too', () => {
    const lines = statusLines(facts({ reports: new Map([sick]) }), colors).map(({ line }) => line);
    expect(lines[0]).toMatch(/^binance {2}ETH/);
    expect(lines.at(-1)).toBe('bingx is not served: bingx does not accept the keys: Incorrect apiKey');
  });
});

describe('the positions of one account', () => {
  it('need no heading', () => {
    const one = configOf('');
    const text = shown(80, { accounts: Object.values(one.accounts), views: [view()], reports: new Map() });
    expect(text).toMatchInlineSnapshot(`
      "SYMBOL         SIDE   QTY    ENTRY  PRICE  PROFIT   STOP  TARGET  STATE
      BTC/USDT:USDT  long  0.05  43000.5      -       -  42500   44000  covered

      up Temporal 11   up worker 13"
    `);
  });
});

describe('the first screen', () => {
  it('lists every account with its exchange, mode and money', () => {
    const text = screen({ config: all, withVenue: true, demo: true, workerPid: 13, resumed: 3 }, colors);
    const accounts = text.split('\n').filter((line) => / mode, /.test(line));
    expect(accounts).toEqual([
      '  accounts   bingx    BingX, one-way mode, paper money',
      '             bybit    Bybit, hedge mode, paper money',
      '             binance  Binance, one-way mode, paper money',
    ]);
    expect(text).toContain('(BingX, Bybit and Binance), random walk');
    expect(text).toContain('--account bingx');
    expect(text).toContain('3 open positions resumed.');
  });
});
